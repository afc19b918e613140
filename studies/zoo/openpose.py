"""The small OpenPose of the zoo, trained on tinytown.

    lossproof study studies/zoo/openpose.py --data tinytown:zoo-data --precision bf16

Run time and score: see docs/zoo.md.
"""

from lossproof.studies import Ladder, Study, baseline, network
from lossproof.training import preset


def study(data: str = "tinytown") -> Study:
    recipe = preset("openpose", "tinytown", data=data, split="train_people", validation="val")
    plain = Study(name="zoo_openpose", title="small OpenPose on tinytown", task="pose", data=data)
    return baseline(plain, network(recipe), Ladder(codec="jpeg", levels=(95,)))
