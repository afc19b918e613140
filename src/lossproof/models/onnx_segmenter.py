"""A declared ONNX network as a model: frames in, class maps out."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, final

import cv2
import numpy as np
from jaxtyping import Shaped

from lossproof.models.batches import batches
from lossproof.models.once import Once
from lossproof.models.onnx_answer import answered_class_map
from lossproof.models.onnx_declaration import Declaration
from lossproof.models.onnx_graph import Port
from lossproof.records import ClassMap, Frame

_MOST_LANES = 8
# Batches per lane in one call: enough that lanes seldom wait for each other.
_BATCHES_AHEAD = 4
_INTERPOLATIONS = {
    "nearest": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
}


class Network(NamedTuple):
    """An ONNX file, its ports that are used, and the dataset's number of classes."""

    path: Path
    input: Port
    output: Port
    num_classes: int


@final
class OnnxSegmenter:
    """Frames to class maps at the network's own resolution; safe to call from several threads.

    With several threads it runs as many networks side by side, on one thread each: on two cores
    that is quicker than one network on two threads, and a picture's prediction does not depend on
    those beside it as long as ``batch_size`` in the declaration is 1.
    """

    def __init__(
        self,
        declaration: Declaration,
        network: Network,
        *,
        weights: str,
        device: str,
        threads: int | None,
    ) -> None:
        threads = threads or os.cpu_count() or 1
        lanes = min(threads, _MOST_LANES) if device == "cpu" else 1
        self.name = declaration.name
        self.weights = weights
        self._declaration = declaration
        self._network = network
        self._providers = _providers(device)
        self._fixed_batch = (network.input.shape or (None,))[0]
        self._batch = self._fixed_batch or declaration.batch_size
        self.batch_size = self._batch * (lanes * _BATCHES_AHEAD if lanes > 1 else 1)
        self._normalisation = declaration.input.normalisation
        # Lanes are threads of the caller's; the session adds its own to them.
        self._session = Once(lambda: self._load(num_threads=threads - lanes + 1))
        self._map = map if lanes == 1 else ThreadPoolExecutor(lanes, "onnx").map

    def predict(self, frames: Sequence[Frame]) -> list[ClassMap]:
        """One class map (H, W) of ``uint8`` or another integer type per frame.

        Raises ValueError when the network cannot be loaded, fails, or answers in another form than
        the declared one.
        """
        places = list(batches(frames, size=self._batch))
        session = self._session()
        answers = self._map(
            lambda batch: self._run(session, [frames[place] for place in batch]), places
        )
        class_maps: dict[int, ClassMap] = {}
        for batch, answer in zip(places, answers, strict=True):
            class_maps.update(zip(batch, answer, strict=True))
        return [class_maps[place] for place in range(len(frames))]

    def _run(self, session: Any, frames: Sequence[Frame]) -> list[ClassMap]:
        images = self._images(frames)
        try:
            (values,) = session.run([self._network.output.name], {self._network.input.name: images})
        except Exception as error:
            raise ValueError(
                f"model {self.name}: the network fails on input of shape {images.shape}: "
                f"{_first_line(error)}"
            ) from error
        if np.shape(values)[:1] != images.shape[:1]:
            raise ValueError(
                f"model {self.name}: the network answers {np.shape(values)} to {images.shape}; "
                "one answer per picture is allowed"
            )
        num_classes = self._network.num_classes
        return [
            answered_class_map(values[place], self._declaration, num_classes=num_classes)
            for place in range(len(frames))
        ]

    def _images(self, frames: Sequence[Frame]) -> Shaped[np.ndarray, "b _ _ _"]:
        images = [self._image(frame) for frame in frames]
        # A network that takes exactly so many gets the last one again, for nothing.
        images += images[-1:] * ((self._fixed_batch or 0) - len(images))
        batch = images[0][None] if len(images) == 1 else np.stack(images)
        return batch.astype(self._network.input.dtype, copy=False)

    def _image(self, frame: Frame) -> Shaped[np.ndarray, "_ _ _"]:
        declared = self._declaration.input
        if declared.size != "native" and frame.shape[1::-1] != declared.size:
            interpolation = _INTERPOLATIONS[declared.interpolation]
            frame = cv2.resize(frame, declared.size, interpolation=interpolation)
        nchw = declared.layout == "NCHW"
        return self._normalisation.planes(frame) if nchw else self._normalisation.pixels(frame)

    def _load(self, *, num_threads: int) -> Any:
        import onnxruntime  # type: ignore[import-untyped,unused-ignore]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = num_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(self._network.path), options, providers=self._providers
            )
        except Exception as error:
            raise ValueError(
                f"ONNX Runtime cannot load {str(self._network.path)!r}: {_first_line(error)}"
            ) from error
        # It falls back to the processor in silence where CUDA does not start.
        if session.get_providers()[: len(self._providers)] != [_name(p) for p in self._providers]:
            raise ValueError(f"ONNX Runtime could not start {_name(self._providers[0])}")
        return session


def _providers(device: str) -> list[Any]:
    if device == "cpu":
        return ["CPUExecutionProvider"]
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    kind, _, index = device.partition(":")
    known = onnxruntime.get_available_providers()
    if kind != "cuda" or not (index or "0").isdecimal() or "CUDAExecutionProvider" not in known:
        raise ValueError(
            f"device {device!r} cannot be had; this ONNX Runtime has {', '.join(known)}"
        )
    return [("CUDAExecutionProvider", {"device_id": int(index or 0)}), "CPUExecutionProvider"]


def _name(provider: Any) -> str:
    return provider if isinstance(provider, str) else str(provider[0])


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
