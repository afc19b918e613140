"""What a model says of the source, as the target of what it says of everything else."""

from typing import Any

from lossproof.records import Media, Sample
from lossproof.resizing import frame_size_of
from lossproof.runs.workbench import Workbench

UNNAMED_CLASSES = 100
"""How many classes there may be where nobody has named them."""


def labelled(bench: Workbench, place: int, sample: Sample, media: Media) -> Any:
    """The target that the model at ``place`` makes of a source, at its native size.

    Raises ValueError for predictions that can be no target.
    """
    found = bench.own_targets.get((place, sample.id))
    if found is None:
        found = _made(bench, place, sample, media)
        bench.own_targets.put((place, sample.id), found)
    return found


def _made(bench: Workbench, place: int, sample: Sample, media: Media) -> Any:
    model, task = bench.models[place], bench.task
    assert task.as_target is not None
    try:
        (prediction,) = model.predict([media.frames])
    except ValueError as error:
        raise ValueError(f"model {model.name}, source of sample {sample.id}: {error}") from error
    try:
        num_classes = len(bench.classes) or UNNAMED_CLASSES
        return task.as_target(prediction, frame_size_of(media.frames), num_classes)
    except ValueError as error:
        hint = "" if bench.classes else "; classes.txt in the folder may name the classes"
        raise ValueError(
            f"model {model.name}, source of sample {sample.id}: {error}{hint}"
        ) from error
