"""Future work: hyper-parameters of retraining searched for each level.

    lossproof study studies/tuned_retraining.py --data tinytown

The small SegNet of the zoo on tinytown under JPEG: at each of three levels Optuna tries five
learning rates and weight decays, of which the first is the untuned one. The untuned networks are
those of studies/cross_quality.py, which are not trained again in the same store.

Run: 12 minutes after cross_quality.py, beside other work. Tuned mIoU is 60.6%, 56.6% and 48.7% at
15, 10 and 5, and 59.8%, 58.1% and 48.6% as it is.
"""

from dataclasses import replace

from lossproof.studies import (
    Ladder,
    Measured,
    Range,
    Search,
    Study,
    Training,
    retraining,
    zoo_network,
)
from lossproof.training import Schedule

LADDER = Ladder(codec="jpeg", levels=(95, 15, 10, 5))
AGAIN = Schedule(optimiser="adam", learning_rate=1e-3, batch_size=4, iterations=100, drop_every=75)
SEARCH = Search(
    trials=5,
    ranges={
        "learning_rate": Range(low=1e-4, high=1e-2, log=True),
        "weight_decay": Range(low=0.0, high=1e-3),
    },
)


def study(data: str = "tinytown") -> Study:
    plain = Study(
        name="tuned_retraining",
        title="small SegNet on tinytown, retrained with and without a search",
        task="segmentation",
        data=data,
    )
    found = retraining(plain, zoo_network("segnet_tinytown", data=data, again=AGAIN), LADDER)
    tuned = {level: f"tuned {level}" for level in LADDER.levels[1:]}
    recipes = {one.name: one.recipe for one in found.trainings}
    (untuned,) = found.comparisons
    searched = {level: (name,) for level, name in tuned.items()}
    return replace(
        found,
        trainings=(
            *found.trainings,
            *(
                Training(name=name, recipe=recipes[f"retrain {level}"], search=SEARCH)
                for level, name in tuned.items()
            ),
        ),
        models={**found.models, **{name: f"{{{name}}}" for name in tuned.values()}},
        measured=(
            *found.measured,
            *(
                Measured(models=(name,), points=(LADDER.point(level),))
                for level, name in tuned.items()
            ),
        ),
        comparisons=(
            replace(
                untuned,
                title="as it is, and retrained by a search for each level",
                after={**untuned.after, "tuned": searched},
            ),
        ),
    )
