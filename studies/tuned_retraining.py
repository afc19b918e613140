"""Future work: hyper-parameters of retraining searched for each level.

    lossproof study studies/tuned_retraining.py --data camvid:CamVid

A narrow SegNet on CamVid at 240x180 under JPEG: at each of three levels Optuna tries five learning
rates and weight decays for 150 iterations each, of which the first is the untuned one.

Run: 9 minutes after small/table_1_segmentation.py. mIoU is 22.5% at JPEG 5 tuned and 22.4% as it
is; the baseline has 24.0%.
"""

from dataclasses import replace

from lossproof.studies import (
    Comparison,
    Ladder,
    Measured,
    Range,
    Search,
    Study,
    Training,
    network,
    retraining,
)
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 15, 10, 5), frame_size=(240, 180))
SEARCH = Search(
    trials=5,
    ranges={
        "learning_rate": Range(low=1e-3, high=1e-1, log=True),
        "weight_decay": Range(low=1e-5, high=1e-2, log=True),
    },
)


def study(data: str = "camvid:data/camvid") -> Study:
    segnet = preset("segnet", "small", data=data)
    again = replace(segnet.schedule, learning_rate=0.01, iterations=150, drop_every=100)
    plain = Study(
        name="tuned_retraining",
        title="narrow SegNet on CamVid at 240x180",
        task="segmentation",
        data=data,
    )
    found = retraining(plain, network(segnet, again), LADDER, methods=["retrain"])
    tuned = {level: f"tuned {level}" for level in LADDER.levels[1:]}
    recipes = {one.name: one.recipe for one in found.trainings}
    (untuned,) = found.comparisons
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
            Comparison(
                title="retrained as it is, and with hyper-parameters searched for each level",
                codec=LADDER.codec,
                before=untuned.before,
                after={
                    "retrain": untuned.after["retrain"],
                    "tuned": {level: (name,) for level, name in tuned.items()},
                },
            ),
        ),
    )
