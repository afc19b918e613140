"""Table III at small scale: a small Faster R-CNN on the 128 pictures of COCO under JPEG.

    lossproof study studies/small/table_3_detection.py --data yolo:coco128

128 pictures of val2017 train, 64 of train2017 test: far too few for 80 classes, so what is learnt
is near nothing, and reported as that.

Run: 27 minutes on two cores beside other work. AP50 is 0.1%: the network learnt nothing here.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(320, 240))


def study(data: str = "yolo:data/coco128") -> Study:
    rcnn = preset("faster_rcnn", "small", data=data, split="val")
    again = replace(rcnn.schedule, iterations=100, drop_every=None)
    plain = Study(
        name="small_table_3_detection",
        title="small Faster R-CNN on coco128 at 320x240",
        task="detection",
        data=data,
        split="train",
    )
    return retraining(plain, network(rcnn, again), LADDER, table=3)
