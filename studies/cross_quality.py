"""Future work: a network retrained for every level, tested at every level.

    lossproof study studies/cross_quality.py --data camvid:CamVid

A narrow SegNet on CamVid at 240x180 under JPEG; the answer is a matrix. The models are those of
studies/small/table_1_segmentation.py, which are not trained again in the same store; measuring them
took 3 minutes on two cores. The baseline was best at 15, 10 and 5 (mIoU 0.242 to 0.240).
"""

from dataclasses import replace

from lossproof.studies import Ladder, Measured, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(240, 180))


def study(data: str = "camvid:data/camvid") -> Study:
    segnet = preset("segnet", "small", data=data)
    again = replace(segnet.schedule, learning_rate=0.01, iterations=300, drop_every=200)
    plain = Study(
        name="cross_quality",
        title="narrow SegNet on CamVid at 240x180, every training level at every test level",
        task="segmentation",
        data=data,
    )
    found = retraining(plain, network(segnet, again), LADDER, methods=["retrain"])
    everywhere = Measured(models=tuple(found.models), points=LADDER.points()[1:])
    return replace(found, measured=(everywhere,))
