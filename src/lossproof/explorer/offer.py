"""What can be chosen on the page, and the opening of it; what is opened is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, final

from lossproof.codecs import CODECS
from lossproof.codecs.codec import CodecClass
from lossproof.codecs.source import Source
from lossproof.datasets import DATASETS, dataset_class, open_dataset
from lossproof.datasets.built_in import FAMILIES, place_of
from lossproof.datasets.dataset import Dataset
from lossproof.explorer.subject import Subject, of_dataset, of_file
from lossproof.models import MODELS, open_model
from lossproof.models.model import Model
from lossproof.models.zoo import ZOO, ZooModel, weights_file
from lossproof.records import MediaKind, Sample
from lossproof.runs.sweep import Machine
from lossproof.tables import look_up
from lossproof.tasks import TASKS, Legend, Task, parse_task

_SUBJECTS_KEPT = 8
_OWN_MODELS_KEPT = 4
_SEPARATORS = ",:="
"""What parts a model from its weights and settings where it is named."""
_WITHOUT_CLASSES = ("depth", "pose")
_BUILT_IN = tuple(one.name for family in FAMILIES.values() for one in family)
_KNOWN = dict.fromkeys((*FAMILIES, *(one.name for one in DATASETS)))
_STEPS = 200


class Choice(NamedTuple):
    """What a person reads, and what it stands for."""

    words: str
    value: str


class Knob(NamedTuple):
    """The levels that can be chosen: the ends, the step, and where it starts."""

    low: float
    high: float
    step: float
    start: float


@final
@dataclass(frozen=True)
class Offer:
    """Datasets as ``NAME:PATH`` or the built-in ``tinytown``, models as ``open_model`` takes them.

    ``runs_code`` says whether a Python file that is dropped in may be a model.

    Raises ValueError for data that no task has a use for.
    """

    data: tuple[str, ...] = ("tinytown",)
    models: tuple[str, ...] = ()
    split: str | None = None
    machine: Machine = field(default_factory=Machine)
    runs_code: bool = True

    def __post_init__(self) -> None:
        for text in self.data:
            _family(text)
        if not self.tasks:
            raise ValueError("there is no data to explore; tinytown is allowed")

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """Those that there is data for."""
        return tuple(kind.name for kind in TASKS if self.data_for(kind.name))

    @cached_property
    def first_tasks(self) -> dict[str, str]:
        """The first task for each dataset; folders that were named come before what is made."""
        found: dict[str, str] = {}
        for task in self.tasks:
            for data in self.data_for(task):
                found.setdefault(data, task)
        made = {data for data, task in found.items() if place_of(data, task=task) is not None}
        return {data: found[data] for data in sorted(found, key=made.__contains__)}

    def data_for(self, task: str) -> list[str]:
        """The datasets for a task, as ``open_dataset`` takes them; fidelity can use any."""
        named = [named for text in self.data if (named := _named(text, task)) is not None]
        return list(dict.fromkeys(named))

    def models_for(self, task: str, data: str) -> list[Choice]:
        """The zoo's, where they know the classes, and those that were given; else untrained ones.

        The zoo's come first for the world on which they were trained.
        """
        own = [Choice(short(spec), spec) for spec in self.models]
        if task == "fidelity":
            return [Choice("identity", "identity"), *own]
        at_home = data.partition(":")[0] in _BUILT_IN
        trained = [Choice(one.name, one.name) for one in ZOO.values() if _is_there(one, task)]
        if at_home:
            found = [*trained, *own]
        else:
            found = [*own, *(trained if task in _WITHOUT_CLASSES else [])]
        return found or [
            Choice(f"{one.name} (untrained)", one.name)
            for one in MODELS.values()
            if one.task == task
        ]

    @cache  # noqa: B019 - there is one offer, for as long as the page is served
    def dataset(self, data: str, task: str) -> Dataset:
        """Raises ValueError as ``open_dataset`` does."""
        return open_dataset(data, task=task)

    @cache  # noqa: B019
    def samples(self, data: str, task: str) -> dict[str, Sample]:
        """Those of the split, by their ids. Raises ValueError for a split that is not there."""
        dataset = self.dataset(data, task)
        return {one.id: one for one in dataset.samples(self.split or dataset.default_split)}

    @lru_cache(maxsize=_SUBJECTS_KEPT)  # noqa: B019
    def subject(self, data: str, task: str, sample: str) -> Subject:
        """Raises ValueError for an unknown sample, and DamagedSample."""
        samples = self.samples(data, task)
        if sample not in samples:
            raise ValueError(f"sample {sample!r} is not there; such as {next(iter(samples))}")
        return of_dataset(self.dataset(data, task), samples[sample], parse_task(task))

    @lru_cache(maxsize=_SUBJECTS_KEPT)  # noqa: B019
    def own_subject(self, file: Path, data: str, task: str) -> Subject:
        """A file of one's own, as the samples of a dataset are. Raises ValueError."""
        return of_file(file, parse_task(task), self.dataset(data, task).media)

    @cache  # noqa: B019
    def model(self, spec: str, data: str, task: str) -> Model:
        """For the classes of a dataset. Raises ValueError and ImportError as ``open_model``."""
        return self._opened(spec, data, task)

    @lru_cache(maxsize=_OWN_MODELS_KEPT)  # noqa: B019
    def own_model(self, spec: str, data: str, task: str) -> Model:
        """One that was dropped in, as those that are offered are."""
        return self._opened(spec, data, task)

    def _opened(self, spec: str, data: str, task: str) -> Model:
        classes = self.dataset(data, task).classes if task != "fidelity" else ()
        return open_model(
            spec,
            task=task,
            num_classes=len(classes),
            classes=classes,
            device=self.machine.device,
            threads=self.machine.threads,
        )

    def legend(self, data: str, task: str) -> Legend:
        """The classes of a dataset and their colours. Raises ValueError as ``open_dataset``."""
        dataset = self.dataset(data, task)
        return Legend(dataset.classes, dataset.palette)


def codecs_for(media: MediaKind) -> list[CodecClass]:
    """All that code pictures, or clips, but ``source``."""
    return [one for one in CODECS if media in one.media and one is not Source]


def knob_of(codec: CodecClass) -> Knob | None:
    """From a fifth of the lowest of the ladder to twice its highest, within the codec's range.

    It starts in the middle of the ladder. None for a codec without levels.
    """
    levels = [level for level in codec.ladder if level is not None]
    if codec.level_range is None:
        return None
    low, high = codec.level_range
    low, high = max(low, min(levels) / 5), min(high, 2 * max(levels))
    whole = codec.level_type is int
    if whole:
        low, high = round(low), round(high)
    step = max(1, round((high - low) / _STEPS)) if whole else 0.1
    return Knob(low, high, step, levels[len(levels) // 2])


def own_model(files: Sequence[Path], task: Task, *, runs_code: bool = True) -> str | None:
    """What ``open_model`` takes for the files of one model; None where there are none.

    A ``.py`` file must have a function ``load``; a ``.toml`` declaration comes with its ``.onnx``
    network; ``.safetensors`` are weights of the architecture that they name, or of the task's
    first. Raises ValueError for other combinations.
    """
    for file in files:
        if set(file.name) & set(_SEPARATORS):
            raise ValueError(f"{file.name} has , : or = in its name; others are allowed")
    by_kind = {file.suffix.lower(): file for file in files}
    if len(by_kind) < len(files):
        raise ValueError(f"{len(files)} files of one kind are dropped; one model is allowed")
    match sorted(by_kind):
        case []:
            return None
        case [".py"] if not runs_code:
            raise ValueError(
                f"{by_kind['.py'].name} is a program; where other machines can reach the page, "
                "a .toml with its .onnx, or .safetensors is allowed"
            )
        case [".py"]:
            return f"{by_kind['.py']}:load"
        case [".onnx", ".toml"]:
            return f"{by_kind['.toml']}:{by_kind['.onnx']}"
        case [".safetensors"]:
            return _weights(by_kind[".safetensors"], task)
    names = ", ".join(file.name for file in files)
    raise ValueError(
        f"{names} are no model; a .py file, a .toml with its .onnx, or .safetensors is allowed"
    )


def _weights(file: Path, task: Task) -> str:
    from lossproof.models.weights_file import read_metadata

    known = [one.name for one in MODELS.values() if one.task == task.name]
    arch = read_metadata(file).get("arch", known[0])
    if arch not in MODELS:
        raise ValueError(f"{file.name} has arch {arch!r}; {', '.join(MODELS)} are allowed")
    return f"{arch}:{file}"


def _is_there(model: ZooModel, task: str) -> bool:
    return model.task == task and all(weights_file(file).is_file() for file in model.files)


def short(spec: str) -> str:
    """A model or dataset without its folders and settings: ``camvid:CamVid``."""
    return ":".join(Path(part).name for part in spec.partition(",")[0].split(":"))


def _family(text: str) -> str:
    """The name before the colon, which must be known. Raises ValueError."""
    name, colon, path = text.partition(":")
    look_up(_KNOWN, name, kind="dataset")
    if name not in FAMILIES and name not in _BUILT_IN and not (colon and path):
        raise ValueError(f"--data is {text!r}; NAME:PATH or tinytown is allowed")
    return name


def _named(text: str, task: str) -> str | None:
    """The data as a task opens it; None where it is not for that task."""
    name, colon, path = text.partition(":")
    if name not in FAMILIES:
        return text if task in ("fidelity", dataset_class(name).task) else None
    by_task = {one.task: one.name for one in FAMILIES[name]}
    if task == "fidelity":
        return f"{FAMILIES[name][0].name}{colon}{path}"
    return f"{by_task[task]}{colon}{path}" if task in by_task else None
