"""The small depth GAN of the zoo, trained on tinytown.

    lossproof study studies/zoo/depth_gan.py --data tinytown:zoo-data-stills --precision bf16

Run time and score: see docs/zoo.md.
"""

from lossproof.studies import Ladder, Study, baseline, network
from lossproof.training import preset


def study(data: str = "tinytown") -> Study:
    recipe = preset("depth_gan", "tinytown", data=data, validation="val")
    plain = Study(
        name="zoo_depth_gan", title="small depth GAN on tinytown", task="depth", data=data
    )
    return baseline(plain, network(recipe), Ladder(codec="jpeg", levels=(95,)))
