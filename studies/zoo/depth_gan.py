"""The small depth GAN of the zoo, trained on tinytown.

    lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills

What was learned with the discriminator is refined without it, which is twice as fast. It is
measured on as many stills as the other networks. Run time and score: see docs/zoo.md.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, Training, baseline, network
from lossproof.training import Schedule, preset

FIRST = 9600
"""Of the stills, those that it begins with."""
MEASURED = 800
REFINED = Schedule(
    learning_rate=1.5e-3,
    momentum=0.5,
    batch_size=4,
    iterations=30_000,
    drop_every=3_000,
    drop_to=0.7,
    validate_every=100,
)


def study(data: str = "tinytown") -> Study:
    usual = preset("depth_gan", "tinytown", data=data, validation="val")
    begun = Training(name="begun", recipe=replace(usual, limit=FIRST))
    alone = {**usual.settings, "disc_start": REFINED.iterations}
    refined = replace(usual, parent=begun.name, schedule=REFINED, settings=alone)
    plain = Study(
        name="zoo_depth_gan",
        title="small depth GAN on tinytown",
        task="depth",
        data=data,
        trainings=(begun,),
        limit=MEASURED,
    )
    return baseline(plain, network(refined), Ladder(codec="jpeg", levels=(95,)))
