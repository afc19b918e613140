"""The demo's five studies: the networks of the zoo on tinytown, at the paper's levels."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from lossproof.records import Setting
from lossproof.studies import BASELINE, Ladder, Network, Study, retraining, zoo_network
from lossproof.training import Schedule

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
    "segmentation": ("segnet_tinytown", _short("adam", 1e-3, 4, 20)),
    "depth": ("depth_gan_tinytown", replace(_short("own", 5e-4, 4, 20), momentum=0.5)),
    "detection": ("faster_rcnn_mobilenet_v3_tinytown", _short("own", 5e-3, 4, 10)),
    "pose": ("openpose_tinytown", _short("own", 5e-5, 4, 12)),
}
"""The network and the schedule of retraining, of each task on stills."""
_SETTINGS: Mapping[str, Mapping[str, Setting]] = {"depth": {"error": "absolute"}}
"""Table II is of the error in metres, which the network was not trained for first of all."""
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
    for task, (name, schedule) in _STILL.items():
        yield task, zoo_network(name, data=data, again=schedule, settings=_SETTINGS.get(task)), JPEG
    yield "action", zoo_network("two_stream_tinytown", data=data, again=_STREAM), H264
