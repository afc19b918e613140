"""Future work: the confidence of detection tuned for each level, as the paper suggests for pose.

    lossproof study studies/pose_threshold.py --data coco_keypoints:coco_mini_keypoints

A narrow OpenPose, not retrained, at several thresholds of a part's peak; that which scores best on
the training pictures at a level is measured on the others.

Run: 2 minutes after small/table_4_pose.py. AP is 0.0% at every threshold.
"""

from dataclasses import replace

from lossproof.studies import Comparison, Ladder, Measured, Study, Training
from lossproof.training import Compression, preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(320, 240))
SOURCE = Compression(frame_size=LADDER.frame_size)
THRESHOLDS = (0.02, 0.05, 0.2)
USUAL = "threshold 0.1"


def study(data: str = "coco_keypoints:data/coco_mini_keypoints") -> Study:
    openpose = preset("openpose", "small", data=data, split="train2017_people")
    models = {
        USUAL: "{baseline}",
        **{f"threshold {value}": f"{{baseline}},threshold={value}" for value in THRESHOLDS},
    }
    points = LADDER.points()[1:]
    return Study(
        name="pose_threshold",
        title="narrow OpenPose on the small COCO keypoints at 320x240",
        task="pose",
        data=data,
        split="val2017_people",
        trainings=(Training(name="baseline", recipe=replace(openpose, compression=SOURCE)),),
        models=models,
        measured=(
            Measured(models=tuple(models), points=points, split="train2017_people"),
            Measured(models=tuple(models), points=points),
        ),
        comparisons=(
            Comparison(
                title="threshold chosen for each level on the training pictures",
                codec=LADDER.codec,
                before=USUAL,
                after={"tuned threshold": {level: tuple(models) for level in LADDER.levels}},
                chosen_on="train2017_people",
            ),
        ),
    )
