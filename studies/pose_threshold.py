"""Future work: the confidence of detection tuned for each level, as the paper suggests for pose.

    lossproof study studies/pose_threshold.py --data tinytown

The small OpenPose of the zoo on tinytown, at several thresholds of a part's peak: that which scores
best on the validation pictures at a level is measured on the test pictures, against networks that
were made ready for the level.

Run: 30 minutes beside other work on two cores, 8 of them training. At quality 15 AP is 11.1%, 12.1%
with half of the usual threshold, 17.4% retrained and 19.0% distilled.
"""

from dataclasses import replace

from lossproof.studies import BASELINE, Ladder, Measured, Study, retraining, zoo_network
from lossproof.training import Schedule

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
NETWORK = "openpose_tinytown"
USUAL = 0.1
THRESHOLDS = (0.02, 0.05, 0.2, 0.3)
AGAIN = Schedule(learning_rate=5e-4, batch_size=8, iterations=60, validate_every=3)


def study(data: str = "tinytown") -> Study:
    plain = Study(name="pose_threshold", title="small OpenPose on tinytown", task="pose", data=data)
    found = retraining(plain, zoo_network(NETWORK, data=data, again=AGAIN), LADDER)
    models = {f"threshold {value}": f"{NETWORK},threshold={value}" for value in THRESHOLDS}
    every, points = (BASELINE, *models), LADDER.points()[1:]
    (made,) = found.comparisons
    compared = replace(
        made,
        title=f"threshold {USUAL}, another for each level, and networks made ready for it",
        after={"tuned threshold": dict.fromkeys(LADDER.levels, every), **made.after},
        chosen_on="val",
    )
    return replace(
        found,
        models={**found.models, **models},
        measured=(
            *found.measured,
            Measured(models=every, points=points, split="val"),
            Measured(models=tuple(models), points=points),
        ),
        comparisons=(compared,),
    )
