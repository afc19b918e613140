"""A declared ONNX network as a model: frames in, predictions out."""

from collections.abc import Callable, Sequence
from typing import Any, final

from lossproof.models.batches import batches
from lossproof.models.onnx_declaration import Input
from lossproof.models.onnx_input import fitted
from lossproof.models.onnx_runner import OnnxRunner, Outputs
from lossproof.records import Frame, FrameSize

Answer = Callable[[Outputs, FrameSize], Any]
"""From a network's outputs for a frame of that size to the prediction for it."""


@final
class OnnxModel:
    """Frames to what ``answer`` makes of the outputs; safe to call from several threads."""

    def __init__(
        self, name: str, runner: OnnxRunner, *, declared: Input, answer: Answer, weights: str
    ) -> None:
        self.name = name
        self.weights = weights
        self.batch_size = runner.batch_size
        self.company = runner.batch
        self._runner = runner
        self._declared = declared
        self._answer = answer

    def predict(self, frames: Sequence[Frame]) -> list[Any]:
        """One prediction per frame; maps come as large as the network answers them.

        Raises ValueError when the network cannot be loaded, fails, or answers in another form than
        the declared one.
        """
        return self._runner.run(
            list(batches(frames, size=self._runner.batch)),
            lambda place: fitted(frames[place], self._declared),
            lambda place, outputs: self._answer(outputs, _size(frames[place])),
        )


def _size(frame: Frame) -> FrameSize:
    return (frame.shape[1], frame.shape[0])
