"""The small depth GAN of the zoo, trained on tinytown.

    lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills --precision bf16

What was learned with the discriminator is refined without it, which is twice as fast: on half of
the stills first, then on all, until it joins again at the end. Run time and score: see docs/zoo.md.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, Training, baseline, network
from lossproof.training import Schedule, preset

HALF = 9600
"""Of the stills."""
FINER = Schedule(
    learning_rate=1.5e-3,
    momentum=0.5,
    batch_size=4,
    iterations=36_000,
    drop_every=6_000,
    drop_to=0.6,
    validate_every=2,
)
FINEST = replace(
    FINER, learning_rate=1e-3, iterations=24_000, drop_every=4_000, drop_to=0.5, validate_every=5
)


def study(data: str = "tinytown") -> Study:
    usual = replace(preset("depth_gan", "tinytown", data=data, validation="val"), limit=HALF)
    begun = Training(name="begun", recipe=usual)
    alone = {**usual.settings, "disc_start": FINER.iterations}
    finer = Training(
        name="finer", recipe=replace(usual, parent=begun.name, schedule=FINER, settings=alone)
    )
    joined = {**usual.settings, "disc_start": FINEST.iterations - 2_000}
    finest = replace(usual, parent=finer.name, schedule=FINEST, settings=joined, limit=None)
    plain = Study(
        name="zoo_depth_gan",
        title="small depth GAN on tinytown",
        task="depth",
        data=data,
        trainings=(begun, finer),
    )
    return baseline(plain, network(finest), Ladder(codec="jpeg", levels=(95,)))
