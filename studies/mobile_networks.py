"""Future work: does a small backbone notice compression sooner than a large one?

    lossproof study studies/mobile_networks.py --data yolo:coco128

torchvision's Faster R-CNN as it was trained on COCO, with ResNet-50, with MobileNetV3, and with
MobileNetV3 at small input: their weights are downloaded. Nothing is trained.

It has not been run to its end yet.
"""

from lossproof.studies import Comparison, Ladder, Measured, Study

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
NETWORKS = {
    "ResNet-50": "faster_rcnn,pretrained=true",
    "MobileNetV3": "faster_rcnn_mobilenet_v3,pretrained=true",
    "MobileNetV3 320": "faster_rcnn_mobilenet_v3_320,pretrained=true,min_size=320",
}


def study(data: str = "yolo:data/coco128") -> Study:
    return Study(
        name="mobile_networks",
        title="Faster R-CNN with large and mobile backbones",
        task="detection",
        data=data,
        models=NETWORKS,
        measured=(Measured(models=tuple(NETWORKS), points=LADDER.points()),),
        comparisons=tuple(
            Comparison(title=name, codec=LADDER.codec, before=name, after={}) for name in NETWORKS
        ),
    )
