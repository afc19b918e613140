"""Table I at small scale: a narrow SegNet on CamVid at 240x180 under JPEG.

    lossproof study studies/small/table_1_segmentation.py --data camvid:CamVid

A SegNet an eighth as wide, 1200 iterations at the start and 300 more at each of five levels, took
17 minutes on two cores. mIoU was 0.247 at quality 95, at quality 5 0.240 before retraining and
0.228 after it.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(240, 180))


def study(data: str = "camvid:data/camvid") -> Study:
    segnet = preset("segnet", "small", data=data)
    again = replace(segnet.schedule, learning_rate=0.01, iterations=300, drop_every=200)
    plain = Study(
        name="small_table_1_segmentation",
        title="narrow SegNet on CamVid at 240x180",
        task="segmentation",
        data=data,
    )
    return retraining(plain, network(segnet, again), LADDER, table=1)
