"""Hyper-parameters by name: the paper's, and small ones that fit two processor cores."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lossproof.records import Setting
from lossproof.tables import by_name, look_up
from lossproof.training.recipe import Augmentation, Compression, Recipe, Schedule


@dataclass(frozen=True)
class Preset:
    """``name`` is ``FAMILY/PRESET``."""

    name: str
    schedule: Schedule
    augmentation: Augmentation = field(default_factory=Augmentation)
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return self.name.partition("/")[0]


_STREAM = Schedule(learning_rate=1e-3, momentum=0.9, batch_size=12, epochs=500)
_IMAGENET: Mapping[str, Setting] = {"backbone": "vgg16", "start": "imagenet"}
# Of UCF101's 240 rows the share that 224 is of 256, as two-stream networks are trained.
_UCF101 = Augmentation(flip=True, crop=(210, 210))
_SMALL_STREAM = Schedule(
    learning_rate=0.03,
    momentum=0.9,
    weight_decay=5e-4,
    batch_size=32,
    iterations=1600,
    drop_every=1200,
    validate_every=4,
)
_SMALL: Mapping[str, Setting] = {"backbone": "small", "width": 0.5, "side": 64}
_TINYTOWN_STREAM: Mapping[str, Setting] = {"backbone": "small", "width": 0.5, "side": 96}


def _faster_rcnn(name: str, **network: Setting) -> tuple[Preset, Preset]:
    """The paper's, and one of a network that begins from its seed."""
    # The paper names no batch; one picture is what its learning rate goes with in published code.
    paper = Schedule(
        learning_rate=1e-3, momentum=0.9, weight_decay=5e-4, batch_size=1, iterations=60_000
    )
    small = Schedule(
        learning_rate=0.02,
        momentum=0.9,
        weight_decay=5e-4,
        batch_size=4,
        iterations=800,
        drop_every=600,
        validate_every=5,
    )
    flip = Augmentation(flip=True)
    pretrained: dict[str, Setting] = {"start": "imagenet", "norm": "frozen", "trainable_stages": 3}
    return (
        Preset(f"{name}/paper", paper, flip, pretrained),
        Preset(f"{name}/small", small, flip, {**network, "regions": 64, "clip": 5.0}),
    )


def _tinytown(learning_rate: float, batch_size: int, iterations: int, **changes: Any) -> Schedule:
    """The rate falls once, in the last quarter."""
    return Schedule(
        learning_rate=learning_rate,
        batch_size=batch_size,
        iterations=iterations,
        drop_every=iterations * 3 // 4,
        **changes,
    )


_MOBILE: Mapping[str, Setting] = {"min_size": 192, "max_size": 256, "anchor_size": 16, "width": 0.5}

PRESETS = by_name(
    [
        # The paper names no crop; 480x360 is what SegNet itself was trained on.
        Preset(
            "segnet/paper",
            Schedule(learning_rate=0.1, momentum=0.9, batch_size=12, iterations=33_000),
            Augmentation(flip=True, crop=(480, 360)),
            {"encoder": "imagenet", "class_weights": "median_frequency"},
        ),
        Preset(
            "segnet/small",
            Schedule(
                learning_rate=0.05,
                momentum=0.9,
                weight_decay=5e-4,
                batch_size=4,
                iterations=1200,
                drop_every=900,
            ),
            Augmentation(flip=True),
            {"width": 0.125, "class_weights": "median_frequency"},
        ),
        Preset(
            "depth_gan/paper",
            Schedule(learning_rate=1e-4, momentum=0.5, batch_size=10, epochs=10),
            Augmentation(flip=True),
        ),
        Preset(
            "depth_gan/small",
            Schedule(learning_rate=1e-3, momentum=0.5, batch_size=4, epochs=30),
            Augmentation(flip=True),
            {"width": 0.25, "max_depth": 10.0},
        ),
        # OpenPose scales each person by as much, to a share of the crop; here it is the frame.
        Preset(
            "openpose/paper",
            Schedule(learning_rate=1e-3, momentum=0.9, batch_size=8, epochs=40),
            Augmentation(flip=True, crop=(368, 368), height=368, scale=(0.5, 1.1), rotate=40.0),
            {"encoder": "imagenet"},
        ),
        # Without batch normalisation it learns next to nothing from scratch in so short a time.
        Preset(
            "openpose/small",
            Schedule(
                learning_rate=1e-2,
                momentum=0.9,
                batch_size=8,
                iterations=900,
                drop_every=650,
                validate_every=20,
            ),
            Augmentation(flip=True, crop=(184, 184), height=184),
            {"width": 0.25, "stages": 2, "batch_norm": True, "box_size": 184},
        ),
        Preset("two_stream/paper", _STREAM, _UCF101, {"stream": "spatial", **_IMAGENET}),
        Preset("two_stream/paper_motion", _STREAM, _UCF101, {"stream": "motion", **_IMAGENET}),
        Preset(
            "two_stream/small",
            _SMALL_STREAM,
            Augmentation(flip=True),
            {"stream": "spatial", **_SMALL},
        ),
        Preset(
            "two_stream/small_motion",
            _SMALL_STREAM,
            Augmentation(flip=True),
            {"stream": "motion", "stack": 2, **_SMALL},
        ),
        *_faster_rcnn("faster_rcnn", min_size=160, max_size=224, anchor_size=16, width=0.25),
        *_faster_rcnn("faster_rcnn_mobilenet_v3", **_MOBILE),
        *_faster_rcnn("faster_rcnn_mobilenet_v3_320", **_MOBILE),
        # Those of the zoo, on what tinytown shows.
        Preset(
            "segnet/tinytown",
            _tinytown(3e-3, 4, 3000, optimiser="adam"),
            Augmentation(flip=True, crop=(240, 180)),
            {"layout": "basic", "width": 0.5, "kernel": 5, "class_weights": "none"},
        ),
        Preset(
            "depth_gan/tinytown",
            _tinytown(1e-3, 4, 18_000, momentum=0.5),
            Augmentation(flip=True),
            {
                "width": 0.5,
                "most_channels": 64,
                "max_depth": 80.0,
                "steps": "log",
                "error": "relative",
            },
        ),
        Preset(
            "faster_rcnn_mobilenet_v3/tinytown",
            _tinytown(0.02, 4, 4000, weight_decay=5e-4),
            Augmentation(flip=True),
            {
                "min_size": 240,
                "max_size": 320,
                "anchor_size": 10,
                "pyramid": "fine",
                "width": 0.1875,
                "regions": 128,
                "clip": 5.0,
            },
        ),
        Preset(
            "openpose/tinytown",
            _tinytown(2e-3, 8, 6000),
            Augmentation(flip=True, crop=(184, 184), height=368, scale=(0.7, 1.2), around=True),
            {"width": 0.2, "stages": 2, "batch_norm": True, "box_size": 368},
        ),
        Preset(
            "two_stream/tinytown",
            _tinytown(1e-3, 32, 1600, optimiser="adam", weight_decay=1e-3, validate_every=4),
            Augmentation(flip=True, crop=(144, 108)),
            {"stream": "spatial", **_TINYTOWN_STREAM},
        ),
        Preset(
            "two_stream/tinytown_motion",
            _tinytown(1e-3, 32, 3200, optimiser="adam", weight_decay=1e-4, validate_every=4),
            Augmentation(flip=True, crop=(144, 108)),
            {"stream": "motion", "stack": 10, **_TINYTOWN_STREAM},
        ),
    ]
)


def preset(
    family: str,
    name: str,
    *,
    data: str,
    compression: Compression | None = None,
    settings: Mapping[str, Setting] | None = None,
    **changes: Any,
) -> Recipe:
    """The recipe of a family's preset ``name`` for ``data``.

    ``settings`` are put over the preset's; ``changes`` are other fields of ``Recipe``. Raises
    ValueError for an unknown family or preset.
    """
    own = {one.name.partition("/")[2]: one for one in PRESETS.values() if one.family == family}
    if not own:
        look_up({one.family: one for one in PRESETS.values()}, family, kind="family")
    found = look_up(own, name, kind=f"preset of {family}")
    recipe = Recipe(
        family=family,
        data=data,
        schedule=found.schedule,
        augmentation=found.augmentation,
        compression=compression or Compression(),
        settings={**found.settings, **(settings or {})},
        preset=name,
    )
    return replace(recipe, **changes)
