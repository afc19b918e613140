"""The demo's five studies: the networks of the zoo on tinytown, at the paper's levels."""

from collections.abc import Iterator
from dataclasses import replace

from lossproof.models.zoo import ZOO
from lossproof.studies import Ladder, Network, Part, Study, network, retraining
from lossproof.studies.plans import BASELINE
from lossproof.training import Recipe, Schedule, preset

JPEG = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
H264 = Ladder(codec="h264", levels=(23, 25, 30, 40, 50))
QUICKEST = "depth"
"""The task that is measured soonest."""
_LIMITS = {"detection": 60, "pose": 60}
"""Of the slow networks' test pictures, so that all is done in minutes."""
TITLES = {
    "segmentation": "small SegNet on tinytown",
    "depth": "small depth GAN on tinytown",
    "detection": "small Faster R-CNN on tinytown",
    "pose": "small OpenPose on tinytown",
    "action": "small two-stream on tinytown",
}


def demo_studies(data: str = "tinytown") -> tuple[Study, ...]:
    """Of the paper's five tables, in their order."""
    return tuple(
        retraining(_plain(task, data), one, ladder, methods=["retrain"], table=number)
        for number, (task, one, ladder) in enumerate(_networks(data), start=1)
    )


def first_half(study: Study) -> Study:
    """The same without retraining: table (A), which is there much sooner."""
    (comparison,) = study.comparisons
    return replace(
        study,
        trainings=(),
        models={BASELINE: study.models[BASELINE]},
        measured=study.measured[:1],
        comparisons=(replace(comparison, after={}),),
    )


def _plain(task: str, data: str) -> Study:
    name, limit = f"demo_{task}", _LIMITS.get(task)
    return Study(name=name, title=TITLES[task], task=task, data=data, limit=limit)


def _networks(data: str) -> Iterator[tuple[str, Network, Ladder]]:
    segnet = _recipe("segnet", data, _short(0.01, batch_size=4, iterations=30))
    yield "segmentation", _still(segnet), JPEG
    depth_gan = _recipe("depth_gan", data, _short(2e-4, batch_size=4, iterations=30, momentum=0.5))
    yield "depth", _still(depth_gan), JPEG
    faster_rcnn = _recipe(
        "faster_rcnn_mobilenet_v3", data, _short(2e-3, batch_size=4, iterations=30)
    )
    yield "detection", _still(faster_rcnn), JPEG
    openpose = _recipe("openpose", data, _short(1e-3, batch_size=4, iterations=30))
    yield "pose", _still(openpose), JPEG
    yield "action", _streams(data), H264


def _short(
    learning_rate: float, *, batch_size: int, iterations: int, momentum: float = 0.9
) -> Schedule:
    return Schedule(
        learning_rate=learning_rate,
        momentum=momentum,
        batch_size=batch_size,
        iterations=iterations,
        validate_every=100,
    )


def _recipe(family: str, data: str, schedule: Schedule, *, name: str = "tinytown") -> Recipe:
    return preset(family, name, data=data, schedule=schedule, validation="val")


def _still(recipe: Recipe) -> Network:
    name = f"{recipe.family}_tinytown"
    (part,) = network(recipe).parts
    return Network(parts=(replace(part, trained=name),), trained=name)


def _streams(data: str) -> Network:
    schedule = _short(2e-3, batch_size=16, iterations=30)
    both = ZOO["two_stream_tinytown"]
    return Network(
        parts=tuple(
            Part(
                name=name,
                recipe=_recipe("two_stream", data, schedule, name=preset_name),
                trained=file,
            )
            for name, preset_name, file in zip(
                ("spatial", "motion"), ("tinytown", "tinytown_motion"), both.files, strict=True
            )
        ),
        model="{spatial},motion={motion}",
        trained=both.name,
    )
