"""Future work at small scale: does a mobile backbone notice compression sooner than a large one?

    lossproof study studies/small/mobile_networks.py --data frame_clips:ucf101_10class_3frame

Spatial streams on ten classes of UCF101 under H.264, with MobileNetV3 and with ResNet-18, each
trained from scratch on the source for 400 iterations and made ready for CRF 40 and 50, by training
for an epoch. Their frames have 64 pixels a side.

Run: 45 minutes on two cores beside other work, 31 of them training. At CRF 50 the spatial stream on
ResNet-18 falls from 57.4% to 25.0%, on MobileNetV3 from 59.3% to 32.3%.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="h264", levels=(23, 40, 50))
BACKBONES = ("resnet18", "mobilenet_v3_large")


def study(data: str = "frame_clips:data/ucf101_10class_3frame") -> Study:
    found = Study(
        name="small_mobile_networks",
        title="spatial streams on ten classes of UCF101",
        task="action",
        data=data,
        split="val",
    )
    for backbone in BACKBONES:
        recipe = preset(
            "two_stream", "small", data=data, settings={"backbone": backbone, "width": 1.0}
        )
        start = replace(recipe.schedule, iterations=400, drop_every=300)
        again = replace(recipe.schedule, learning_rate=1e-3, epochs=1, iterations=None)
        one = network(replace(recipe, schedule=start), again, name=backbone)
        found = retraining(found, one, LADDER)
    return found
