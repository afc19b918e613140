"""COCO's classes by name among the 91 outputs of torchvision's detectors."""

from collections.abc import Sequence
from functools import cache

# VOC's words for what COCO calls otherwise.
_SYNONYMS = {
    "aeroplane": "airplane",
    "diningtable": "dining table",
    "motorbike": "motorcycle",
    "pottedplant": "potted plant",
    "sofa": "couch",
    "tvmonitor": "tv",
}


def coco_outputs(classes: Sequence[str]) -> list[int]:
    """The place of each class among the outputs, of which 0 is the background.

    Raises ValueError for no classes and for one that COCO does not have.
    """
    if not classes:
        raise ValueError("the dataset names no classes; COCO weights are mapped by their names")
    known = _outputs()
    missing = [name for name in classes if _coco_name(name) not in known]
    if missing:
        raise ValueError(f"COCO has no class {', '.join(missing)}; it has {', '.join(known)}")
    return [known[_coco_name(name)] for name in classes]


def _coco_name(name: str) -> str:
    return _SYNONYMS.get(name, name)


@cache
def _outputs() -> dict[str, int]:
    from torchvision.models.detection import (  # type: ignore[import-untyped,unused-ignore]
        FasterRCNN_ResNet50_FPN_Weights,
    )

    names = FasterRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"]
    return {name: place for place, name in enumerate(names) if place and name != "N/A"}
