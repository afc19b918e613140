"""The small depth GAN of the zoo, trained on tinytown.

    lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills

What was learned with the discriminator is refined twice without it, which is twice as fast, each
time on more stills. It predicts as in the zoo, with a flip test, and is measured on as many stills
as the other networks. Run time and score: see docs/zoo.md.
"""

from dataclasses import replace

from lossproof.models.zoo import ZOO
from lossproof.studies import Ladder, Study, Training, baseline, network
from lossproof.training import Recipe, Schedule, preset

BEGUN_ON = 9600
REFINED_ON = 12_800
"""Of the stills, those that it begins with, and those that it is first refined on."""
MEASURED = 800
NEVER = 1_000_000
REFINED = Schedule(
    learning_rate=1.5e-3,
    momentum=0.5,
    batch_size=4,
    iterations=30_000,
    drop_every=3_000,
    drop_to=0.7,
    validate_every=100,
)
AGAIN = replace(REFINED, learning_rate=2e-3, iterations=40_000, drop_every=4_000, drop_to=0.65)


def study(data: str = "tinytown") -> Study:
    usual = preset("depth_gan", "tinytown", data=data, validation="val")
    begun = replace(usual, limit=BEGUN_ON)
    refined = replace(_alone(usual, REFINED), parent="begun", limit=REFINED_ON)
    again = replace(_alone(usual, AGAIN), parent="refined")
    plain = Study(
        name="zoo_depth_gan",
        title="small depth GAN on tinytown",
        task="depth",
        data=data,
        trainings=(Training(name="begun", recipe=begun), Training(name="refined", recipe=refined)),
        limit=MEASURED,
    )
    predicting = replace(network(again), model=ZOO["depth_gan_tinytown"].called("{model}"))
    return baseline(plain, predicting, Ladder(codec="jpeg", levels=(95,)))


def _alone(usual: Recipe, schedule: Schedule) -> Recipe:
    """Without the discriminator."""
    return replace(usual, schedule=schedule, settings={**usual.settings, "disc_start": NEVER})
