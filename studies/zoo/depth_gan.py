"""The small depth GAN of the zoo, trained on tinytown.

    lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills --precision bf16

What was learned with the discriminator is refined without it, which is twice as fast: on half of
the stills first, then twice on all, where it joins again at the end. Run time and score: see
docs/zoo.md.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, Training, baseline, network
from lossproof.training import Recipe, Schedule, preset

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
LAST = replace(FINEST, learning_rate=5e-4, iterations=30_000, drop_every=5_000, validate_every=10)


def study(data: str = "tinytown") -> Study:
    usual = preset("depth_gan", "tinytown", data=data, validation="val")
    half = replace(usual, limit=HALF)
    begun = Training(name="begun", recipe=half)
    finer = Training(name="finer", recipe=_further(half, begun.name, FINER, joins_for=0))
    finest = Training(name="finest", recipe=_further(usual, finer.name, FINEST, joins_for=2_000))
    plain = Study(
        name="zoo_depth_gan",
        title="small depth GAN on tinytown",
        task="depth",
        data=data,
        trainings=(begun, finer, finest),
    )
    last = _further(usual, finest.name, LAST, joins_for=2_000)
    return baseline(plain, network(last), Ladder(codec="jpeg", levels=(95,)))


def _further(recipe: Recipe, parent: str, schedule: Schedule, *, joins_for: int) -> Recipe:
    """From the parent on; the discriminator joins for the last iterations."""
    settings = {**recipe.settings, "disc_start": (schedule.iterations or 0) - joins_for}
    return replace(recipe, parent=parent, schedule=schedule, settings=settings)
