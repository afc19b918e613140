"""What a model is: frames to predictions, with an id and a weights hash."""

from collections.abc import Sequence
from typing import Any, Protocol

from lossproof.records import Frames


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
        """One prediction per frame or clip, in order, in the form that records.py states."""
        ...
