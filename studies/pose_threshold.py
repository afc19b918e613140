"""Future work: the confidence of detection tuned for each level, as the paper suggests for pose.

    lossproof study studies/pose_threshold.py --data tinytown

The small OpenPose of the zoo on tinytown, not retrained, at several thresholds of a part's peak;
that which scores best on the validation pictures at a level is measured on the test pictures.

Run: 7 minutes on two cores. At quality 15 AP is 11.1%, and 12.1% with half of the usual threshold.
"""

from lossproof.studies import Comparison, Ladder, Measured, Study

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
THRESHOLDS = (0.02, 0.05, 0.2, 0.3)
NETWORK = "openpose_tinytown"
USUAL = "threshold 0.1"


def study(data: str = "tinytown") -> Study:
    models = {
        USUAL: NETWORK,
        **{f"threshold {value}": f"{NETWORK},threshold={value}" for value in THRESHOLDS},
    }
    points = LADDER.points()[1:]
    return Study(
        name="pose_threshold",
        title="small OpenPose on tinytown",
        task="pose",
        data=data,
        split="test",
        models=models,
        measured=(
            Measured(models=tuple(models), points=points, split="val"),
            Measured(models=tuple(models), points=points),
        ),
        comparisons=(
            Comparison(
                title="threshold chosen for each level on the validation pictures",
                codec=LADDER.codec,
                before=USUAL,
                after={"tuned threshold": {level: tuple(models) for level in LADDER.levels}},
                chosen_on="val",
            ),
        ),
    )
