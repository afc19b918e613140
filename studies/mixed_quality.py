"""Future work: one network for all levels, against one for each.

    lossproof study studies/mixed_quality.py --data camvid:CamVid

A narrow SegNet on CamVid at 240x180 under JPEG: retrained for 300 iterations at each level, and
once, as long as all five together, at a level drawn anew for every picture. The last took 17
minutes beside other work on two cores; the others are those of
studies/small/table_1_segmentation.py. mIoU at quality 5 was 0.229 for the one network, and 0.228
for that of the level.
"""

from dataclasses import replace

from lossproof.studies import Comparison, Ladder, Measured, Study, Training, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5), frame_size=(240, 180))
LOWER = LADDER.levels[1:]


def study(data: str = "camvid:data/camvid") -> Study:
    segnet = preset("segnet", "small", data=data)
    again = replace(segnet.schedule, learning_rate=0.01, iterations=300, drop_every=200)
    plain = Study(
        name="mixed_quality",
        title="narrow SegNet on CamVid at 240x180",
        task="segmentation",
        data=data,
    )
    found = retraining(plain, network(segnet, again), LADDER, methods=["retrain"])
    mixed = Training(
        name="mixed",
        recipe=replace(
            segnet,
            parent="baseline",
            compression=LADDER.compression(*LOWER),
            schedule=replace(again, iterations=1500, drop_every=1000),
        ),
    )
    (each,) = found.comparisons
    both = Comparison(
        title="one network for all levels against one for each",
        codec=LADDER.codec,
        before="baseline",
        after={
            "retrain": each.after["retrain"],
            "one for all levels": dict.fromkeys(LOWER, ("mixed",)),
        },
    )
    return replace(
        found,
        trainings=(*found.trainings, mixed),
        models={**found.models, "mixed": "{mixed}"},
        measured=(*found.measured, Measured(models=("mixed",), points=LADDER.points())),
        comparisons=(both,),
    )
