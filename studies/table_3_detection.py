"""Table III: Faster R-CNN on VOC 2007 under JPEG, before and after retraining at each quality.

    lossproof study studies/table_3_detection.py --data voc:/data/VOCdevkit/VOC2007 --device cuda

The paper's hyper-parameters: 60000 iterations at the start and again at each of five levels; days
on one GPU. It has not been run to its end. The paper's mAP falls from 0.703 at quality 95 to 0.187
at 5, and to 0.559 when retrained.
"""

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))


def study(data: str = "voc:data/VOCdevkit/VOC2007") -> Study:
    rcnn = preset("faster_rcnn", "paper", data=data, split="trainval")
    plain = Study(
        name="table_3_detection",
        title="Faster R-CNN on VOC 2007",
        task="detection",
        data=data,
        split="test",
    )
    return retraining(plain, network(rcnn), LADDER, table=3)
