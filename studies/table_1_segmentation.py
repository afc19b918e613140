"""Table I: SegNet on Cityscapes under JPEG, before and after retraining at each quality.

    lossproof study studies/table_1_segmentation.py --data cityscapes:/data/cityscapes --device cuda

The paper's hyper-parameters: 33000 iterations at the start and again at each of five levels, and as
many for distillation; days on one GPU. It has not been run to its end. The paper's mIoU falls from
0.454 at quality 95 to 0.265 at 5, and to 0.374 when retrained.
"""

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))


def study(data: str = "cityscapes:data/cityscapes") -> Study:
    segnet = preset("segnet", "paper", data=data)
    plain = Study(
        name="table_1_segmentation",
        title="SegNet on Cityscapes",
        task="segmentation",
        data=data,
    )
    return retraining(plain, network(segnet), LADDER, table=1)
