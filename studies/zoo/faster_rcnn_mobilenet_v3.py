"""The small Faster R-CNN of the zoo, trained on tinytown.

    lossproof study studies/zoo/faster_rcnn_mobilenet_v3.py --data tinytown:zoo-data

Run time and score: see docs/zoo.md.
"""

from lossproof.studies import Ladder, Study, baseline, network
from lossproof.training import preset


def study(data: str = "tinytown") -> Study:
    recipe = preset("faster_rcnn_mobilenet_v3", "tinytown", data=data, validation="val")
    plain = Study(
        name="zoo_faster_rcnn_mobilenet_v3",
        title="small Faster R-CNN on tinytown",
        task="detection",
        data=data,
    )
    return baseline(plain, network(recipe), Ladder(codec="jpeg", levels=(95,)))
