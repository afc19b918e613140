"""Table IV at small scale: a narrow OpenPose on the small set of COCO keypoints under JPEG.

    lossproof study studies/small/table_4_pose.py --data coco_keypoints:coco_mini_keypoints

28 pictures train, 32 test: far too few to generalise. An OpenPose a quarter as wide, of two stages
and with batch normalisation, 900 iterations at the start and 100 more at each of five levels.

Run: 44 minutes on two cores beside other work. AP is 0.0%: the network learnt nothing here.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(320, 240))


def study(data: str = "coco_keypoints:data/coco_mini_keypoints") -> Study:
    openpose = preset("openpose", "small", data=data, split="train2017_people")
    again = replace(openpose.schedule, learning_rate=2e-3, iterations=100, drop_every=None)
    plain = Study(
        name="small_table_4_pose",
        title="narrow OpenPose on the small COCO keypoints at 320x240",
        task="pose",
        data=data,
        split="val2017_people",
    )
    return retraining(plain, network(openpose, again), LADDER, table=4)
