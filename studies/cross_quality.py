"""Future work: a network retrained for every level, tested at every level.

    lossproof study studies/cross_quality.py --data tinytown

The small SegNet of the zoo on tinytown under JPEG, by each way of making it ready for a level; the
answer is a matrix.

Run: 21 minutes on two cores beside other work, 7 of them training. Retrained for 5 mIoU is 48.6%
there instead of 37.8%, and 62.7% at 95 instead of 69.4%.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Measured, Study, retraining, zoo_network
from lossproof.training import Schedule

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
AGAIN = Schedule(optimiser="adam", learning_rate=1e-3, batch_size=4, iterations=100, drop_every=75)


def study(data: str = "tinytown") -> Study:
    plain = Study(
        name="cross_quality",
        title="small SegNet on tinytown, every training level at every test level",
        task="segmentation",
        data=data,
    )
    found = retraining(plain, zoo_network("segnet_tinytown", data=data, again=AGAIN), LADDER)
    everywhere = Measured(models=tuple(found.models), points=LADDER.points()[1:])
    return replace(found, measured=(everywhere,))
