"""The small SegNet of the zoo, trained on tinytown.

    lossproof study studies/zoo/segnet.py --data tinytown:zoo-data --precision bf16

Run time and score: see docs/zoo.md.
"""

from lossproof.studies import Ladder, Study, baseline, network
from lossproof.training import preset


def study(data: str = "tinytown") -> Study:
    recipe = preset("segnet", "tinytown", data=data, validation="val")
    plain = Study(
        name="zoo_segnet", title="small SegNet on tinytown", task="segmentation", data=data
    )
    return baseline(plain, network(recipe), Ladder(codec="jpeg", levels=(95,)))
