"""What is to be measured: a sweep, and the work on each of its datasets."""

from collections.abc import Iterator
from dataclasses import dataclass

from lossproof.codecs.codec import Codec
from lossproof.records import FrameSize, Labels, Level


@dataclass(frozen=True)
class Point:
    """A codec at one setting, on frames of one size (None: the size of the source)."""

    codec: Codec
    frame_size: FrameSize | None = None

    @property
    def level(self) -> Level:
        return self.codec.level


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A task measured on datasets, for models, at codec points.

    ``data`` are ``NAME:PATH``; ``models`` are what ``open_model`` takes; ``split`` None is each
    dataset's own. Every model is measured at every point, ``source`` among them if it is listed.
    With ``labels`` of the model each is scored against its own predictions on the source.
    """

    task: str
    data: tuple[str, ...]
    models: tuple[str, ...]
    points: tuple[Point, ...]
    split: str | None = None
    limit: int | None = None
    seed: int = 0
    labels: Labels = "dataset"

    def __post_init__(self) -> None:
        for name in ("data", "models", "points"):
            if not getattr(self, name):
                raise ValueError(f"a sweep needs {name}; none were given")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit is {self.limit}; 1 or more samples are allowed")

    def works(self) -> Iterator["Work"]:
        """The work on each dataset by itself: what is decoded together is measured together."""
        for data in self.data:
            yield Work(
                task=self.task,
                data=data,
                models=self.models,
                points=tuple(dict.fromkeys(self.points)),
                split=self.split,
                limit=self.limit,
                seed=self.seed,
                labels=self.labels,
            )


Key = tuple[int, int]
"""A point and a model, by their places in a work."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything a worker must know to measure a dataset; small, so that it travels."""

    task: str
    data: str
    models: tuple[str, ...]
    points: tuple[Point, ...]
    split: str | None
    limit: int | None
    seed: int
    labels: Labels = "dataset"


@dataclass(frozen=True)
class Machine:
    """What a worker may use: threads of its processor, and where the model runs."""

    threads: int = 1
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.threads < 1:
            raise ValueError(f"threads is {self.threads}; 1 or more are allowed")
