"""The demo's five studies: the networks of the zoo on tinytown, at the paper's levels."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from lossproof.models.zoo import ZOO, made_of
from lossproof.studies import Ladder, Network, Part, Study, network, retraining
from lossproof.studies.plans import BASELINE
from lossproof.training import Recipe, Schedule, preset

JPEG = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
H264 = Ladder(codec="h264", levels=(23, 25, 30, 40, 50))
QUICKEST = "depth"
"""The task that is measured soonest."""
_LIMITS = {"segmentation": 60, "depth": 60, "detection": 40, "pose": 30}
"""Of the test pictures, the fewer the slower the network, so that all is done in minutes."""
TITLES = {
    "segmentation": "small SegNet on tinytown",
    "depth": "small depth GAN on tinytown",
    "detection": "small Faster R-CNN on tinytown",
    "pose": "small OpenPose on tinytown",
    "action": "small two-stream on tinytown",
}


def _short(
    optimiser: Literal["own", "adam"], learning_rate: float, batch_size: int, num: int
) -> Schedule:
    """So short that nothing but the end is validated."""
    return Schedule(
        optimiser=optimiser,
        learning_rate=learning_rate,
        batch_size=batch_size,
        iterations=num,
        validate_every=100,
    )


_STILL = {
    "segmentation": ("segnet", _short("adam", 1e-3, 4, 20)),
    "depth": ("depth_gan", replace(_short("own", 2e-4, 4, 20), momentum=0.5)),
    "detection": ("faster_rcnn_mobilenet_v3", _short("own", 5e-3, 4, 10)),
    "pose": ("openpose", _short("own", 5e-5, 4, 12)),
}
"""The family and the schedule of retraining, of each task on stills."""
_STREAM = _short("own", 2e-3, 16, 12)


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
    for task, (family, schedule) in _STILL.items():
        yield task, _still(family, data, schedule), JPEG
    yield "action", _streams(data), H264


def _recipe(
    family: str, data: str, schedule: Schedule, *, weights: str, name: str = "tinytown"
) -> Recipe:
    """What the network is made of is left to its weights."""
    recipe = preset(family, name, data=data, schedule=schedule, validation="val")
    own = {key: value for key, value in recipe.settings.items() if key not in made_of(weights)}
    return replace(recipe, settings=own)


def _still(family: str, data: str, schedule: Schedule) -> Network:
    name = f"{family}_tinytown"
    (part,) = network(_recipe(family, data, schedule, weights=name)).parts
    return Network(parts=(replace(part, trained=name),), trained=name)


def _streams(data: str) -> Network:
    both = ZOO["two_stream_tinytown"]
    return Network(
        parts=tuple(
            Part(
                name=name,
                recipe=_recipe("two_stream", data, _STREAM, weights=file, name=preset_name),
                trained=file,
            )
            for name, preset_name, file in zip(
                ("spatial", "motion"), ("tinytown", "tinytown_motion"), both.files, strict=True
            )
        ),
        model="{spatial},motion={motion}",
        trained=both.name,
    )
