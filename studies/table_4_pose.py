"""Table IV: OpenPose on COCO under JPEG, before and after retraining at each quality.

    lossproof study studies/table_4_pose.py --data coco_keypoints:/data/coco --device cuda

The paper's hyper-parameters: 40 epochs at the start and again at each of five levels; weeks on one
GPU. It has not been run to its end. The paper's mAP falls from 0.711 at quality 95 to 0.098 at 5,
and to 0.454 when retrained. Scores of pictures with people alone stand beside those of all.
OpenPose has no batch normalisation, so there is nothing to recalibrate.
"""

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))


def study(data: str = "coco_keypoints:data/coco") -> Study:
    openpose = preset("openpose", "paper", data=data, split="train2017_people")
    plain = Study(
        name="table_4_pose", title="OpenPose on COCO", task="pose", data=data, split="val2017"
    )
    return retraining(plain, network(openpose), LADDER, methods=("retrain", "distil"), table=4)
