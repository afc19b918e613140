"""From what a person picked to a scene; what does not fit becomes the first that does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lossproof.codecs import codec_class
from lossproof.codecs.codec import CodecClass
from lossproof.explorer.offer import (
    Choice,
    Knob,
    Offer,
    codecs_for,
    knob_of,
    own_model,
    short,
)
from lossproof.explorer.scene import Scene, open_scene
from lossproof.explorer.subject import MODEL_EXTENSIONS, Subject
from lossproof.models.model import Model
from lossproof.records import FrameSize
from lossproof.resizing import frame_size_of
from lossproof.tasks import parse_task

_PARTS = (2, 4)
_LEAST_SIDE = 16
_FIRST_CODEC = {"picture": "jpeg", "clip": "h264"}


class Picked(NamedTuple):
    """What the controls hold; empty where nothing is picked yet.

    ``files`` were dropped in; among the samples and models they stand before all others.
    """

    task: str = ""
    data: str = ""
    sample: str = ""
    model: str = ""
    codec: str = ""
    size: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What can be picked now, what is picked of it, and the scene that this gives.

    ``later`` has the desk that took its place, once there is one: nothing more is made for this one
    then. ``asked`` is what the page said when it was picked.
    """

    picked: Picked
    data: Sequence[Choice]
    samples: Sequence[Choice]
    models: Sequence[Choice]
    codecs: Sequence[Choice]
    sizes: Sequence[Choice]
    scene: Scene
    later: list["Desk"] = field(default_factory=list)
    asked: tuple[Any, ...] = ()

    @property
    def codec(self) -> CodecClass:
        return codec_class(self.picked.codec)

    @property
    def knob(self) -> Knob | None:
        return knob_of(self.codec)


def arrange(offer: Offer, picked: Picked, before: Scene | None = None) -> Desk:
    """The scene that was picked; the one before it is kept where it is the same.

    Where no model is picked it is the first that can take the subject. Raises ValueError, OSError
    or ImportError for files and models that cannot be used.
    """
    task = _one_of(picked.task, offer.tasks)
    data = _one_of(picked.data, offer.data_for(task))
    samples, models = _with_own(offer, picked.files, data, task)
    sample = _one_of(picked.sample, _values(samples))
    subject = _subject(offer, data, task, sample, picked.files)
    codecs = [Choice(one.name, one.name) for one in codecs_for(subject.kind)]
    codec = _one_of(picked.codec, _values(codecs), otherwise=_FIRST_CODEC[subject.kind])
    sizes = _sizes(subject)
    size = _one_of(picked.size, _values(sizes))
    found = Picked(task, data, sample, picked.model, codec, size, picked.files)
    model, scene = _opened(offer, found, _values(models), subject, before)
    return Desk(
        picked=found._replace(model=model),
        data=[Choice(short(one), one) for one in offer.data_for(task)],
        samples=samples,
        models=models,
        codecs=codecs,
        sizes=sizes,
        scene=scene,
    )


def with_dropped(offer: Offer, picked: Picked) -> Picked:
    """What is picked once files were dropped in: they are. Raises ValueError."""
    media, network = _parted([Path(file) for file in picked.files])
    own = own_model(network, parse_task(picked.task), runs_code=offer.runs_code)
    return picked._replace(sample=str(media[0]) if media else "", model=own or "")


def _with_own(
    offer: Offer, dropped: Sequence[str], data: str, task: str
) -> tuple[list[Choice], list[Choice]]:
    """Samples and models that can be picked, those of the files first."""
    media, network = _parted([Path(file) for file in dropped])
    own = own_model(network, parse_task(task), runs_code=offer.runs_code)
    samples = [Choice(f"your {one.name}", str(one)) for one in media]
    samples += [Choice(name, name) for name in offer.samples(data, task)]
    models = [Choice(f"your {network[0].name}", own)] if own else []
    return samples, [*models, *offer.models_for(task, data)]


def _subject(offer: Offer, data: str, task: str, sample: str, dropped: Sequence[str]) -> Subject:
    if sample in dropped:
        return offer.own_subject(Path(sample), data, task)
    return offer.subject(data, task, sample)


def _opened(
    offer: Offer, picked: Picked, models: Sequence[str], subject: Subject, before: Scene | None
) -> tuple[str, Scene]:
    """The model that was picked, else the first that can take the subject, and its scene."""
    if picked.model in models:
        return picked.model, _scene(offer, picked, subject, before)
    *others, last = models
    for model in others:
        try:
            return model, _scene(offer, picked._replace(model=model), subject, before)
        except (ValueError, OSError, ImportError):
            continue
    return last, _scene(offer, picked._replace(model=last), subject, before)


def _scene(offer: Offer, picked: Picked, subject: Subject, before: Scene | None) -> Scene:
    offered = _values(offer.models_for(picked.task, picked.data))
    opened = offer.model if picked.model in offered else offer.own_model
    model: Model = opened(picked.model, picked.data, picked.task)
    size = _parsed(picked.size)
    if (
        before is not None
        and before.subject is subject
        and before.model is model
        and (before.task.name, before.frame_size) == (picked.task, size)
    ):
        return before
    legend = offer.legend(picked.data, picked.task)
    return open_scene(parse_task(picked.task), subject, model, legend, size)


def _values(choices: Sequence[Choice]) -> list[str]:
    return [one.value for one in choices]


def _parted(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The picture or clip, and the files of a model. Raises ValueError for two pictures."""
    model = [file for file in files if file.suffix.lower() in MODEL_EXTENSIONS]
    media = [file for file in files if file not in model]
    if len(media) > 1:
        names = ", ".join(file.name for file in media)
        raise ValueError(f"{names} are dropped; one picture or clip is allowed")
    return media, model


def _one_of(picked: str, there: Sequence[str], *, otherwise: str | None = None) -> str:
    if picked in there:
        return picked
    return there[0] if otherwise is None else otherwise


def _sizes(subject: Subject) -> list[Choice]:
    """The source's own size, its half and its quarter."""
    width, height = frame_size_of(subject.media.frames)
    sizes = [(width // part, height // part) for part in _PARTS]
    words = [f"{wide}x{high}" for wide, high in sizes if min(wide, high) >= _LEAST_SIDE]
    return [Choice(f"{width}x{height} (native)", "native"), *(Choice(w, w) for w in words)]


def _parsed(size: str) -> FrameSize | None:
    if size == "native":
        return None
    width, _, height = size.partition("x")
    return int(width), int(height)
