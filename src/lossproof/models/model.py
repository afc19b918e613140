"""What a model is: frames to predictions, with an id and a weights hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32

from lossproof.records import Frames


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a model when it is opened.

    ``num_classes`` is the dataset's, 0 where there are none; ``classes`` are their names where they
    are known. ``device`` is ``cpu``, ``cuda`` or
    ``cuda:N``. ``threads`` is how many threads of the processor a prediction may use, None for all.
    ``settings`` are those given with its name, as text.
    """

    task: str
    num_classes: int
    classes: tuple[str, ...] = ()
    device: str = "cpu"
    threads: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.num_classes < 0:
            raise ValueError(f"num_classes is {self.num_classes}; 0 or more are allowed")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads is {self.threads}; 1 or more, or None for all, are allowed")


class Model(Protocol):
    """A network with its own preprocessing and postprocessing.

    Opening one is cheap; weights are loaded on the first ``predict``. ``weights`` is a hash of
    everything that decides its predictions. ``batch_size`` is the most frames that ``predict``
    should be given at once. ``predict`` is called from several threads; a model that takes one
    batch at a time lets the others wait.
    """

    name: str
    weights: str
    batch_size: int

    def predict(self, frames: Sequence[Frames]) -> Sequence[Any]:
        """One prediction per frame or clip, in order, in the form that predictions.py states."""
        ...


def company_of(model: Model) -> int:
    """How many frames decide on one another's predictions: ``company`` where a model names it, as
    one does that takes many frames and gives each to its network alone; else its batch."""
    return int(getattr(model, "company", model.batch_size))


@runtime_checkable
class BoxedModel(Protocol):
    """A model that is shown one person at a time, and told where people are.

    A model whose ``wants_boxes`` is true is called by ``predict_in_boxes`` in place of ``predict``;
    a model without that attribute wants none. The usual protocol gives it the target's boxes.
    """

    wants_boxes: bool

    def predict_in_boxes(
        self, frames: Sequence[Frames], boxes: Sequence[Float32[np.ndarray, "_ 4"]]
    ) -> Sequence[Any]:
        """One prediction per frame, of the people in its boxes, in the order of the boxes.

        A box is x1, y1, x2, y2 in pixels of the frame; a frame may have none.
        """
        ...


def refuse_settings(name: str, settings: Mapping[str, str]) -> None:
    """Raises ValueError when a model that has no settings is given some."""
    if settings:
        raise ValueError(f"{name} has no settings, but {', '.join(settings)} were given")


def named_with(name: str, settings: Mapping[str, str]) -> str:
    """The name of a model with the settings that it was given: ``openpose threshold=0.2``."""
    return " ".join([name, *(f"{key}={value}" for key, value in settings.items())])
