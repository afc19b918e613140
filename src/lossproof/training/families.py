"""The families that recipes can train: one file under ``loops``, one line in the table.

A family is imported when it is first asked for, since its network needs torch.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from lossproof.tables import by_name, look_up
from lossproof.training.family import Family


@dataclass(frozen=True)
class Place:
    """``value`` is ``module:NAME`` of the ``Family``."""

    name: str
    value: str


FAMILIES = by_name(
    [
        Place("segnet", "lossproof.training.loops.segnet:SEGNET"),
        Place("depth_gan", "lossproof.training.loops.depth_gan:DEPTH_GAN"),
        Place("openpose", "lossproof.training.loops.openpose:OPENPOSE"),
        Place("two_stream", "lossproof.training.loops.two_stream:TWO_STREAM"),
        *(
            Place(name, f"lossproof.training.loops.faster_rcnn:{name.upper()}")
            for name in (
                "faster_rcnn",
                "faster_rcnn_mobilenet_v3",
                "faster_rcnn_mobilenet_v3_320",
            )
        ),
    ]
)


def family_of(name: str) -> Family:
    """The family called ``name``. Raises ValueError with the known names."""
    module, _, value = look_up(FAMILIES, name, kind="family").value.partition(":")
    return cast(Family, getattr(import_module(module), value))
