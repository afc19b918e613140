"""ONNX Runtime as it is used here: networks side by side, on batches of pictures."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Shaped

from lossproof.models.denormals import denormals_as_zero
from lossproof.models.once import Once
from lossproof.models.onnx_graph import Port
from lossproof.models.weights_hash import check_unchanged

_MOST_LANES = 8
# Batches per lane in one call: enough that lanes seldom wait for each other.
_BATCHES_AHEAD = 4

Outputs = Sequence[Shaped[np.ndarray, "..."]]
"""What a network answers to one picture: its outputs that are used, without their batch axis."""


class Network(NamedTuple):
    """An ONNX file, the digests of all files that hold its weights, and its ports that are used."""

    path: Path
    contents: Mapping[Path, str]
    input: Port
    outputs: tuple[Port, ...]


class Where(NamedTuple):
    """The device and the number of threads that a network may use, None for all."""

    device: str
    threads: int | None


@final
class OnnxRunner:
    """Pictures to outputs; safe to call from several threads.

    With several threads it runs as many networks side by side, on one thread each: on two cores
    that is quicker than one network on two threads, and what comes of a picture does not depend on
    those beside it as long as ``batch`` is 1. A network with a fixed batch gets that one.
    ``batch_size`` is how many pictures keep all lanes busy.

    Denormals count as 0 in all threads that it runs on; see ``models/denormals.py``.
    """

    def __init__(self, name: str, network: Network, *, batch: int, where: Where) -> None:
        threads = where.threads or os.cpu_count() or 1
        lanes = min(threads, _MOST_LANES) if where.device == "cpu" else 1
        self._name = name
        self._network = network
        self._providers = _providers(where.device)
        self._fixed_batch = (network.input.shape or (None,))[0]
        self.batch = self._fixed_batch or batch
        self.batch_size = self.batch * (lanes * _BATCHES_AHEAD if lanes > 1 else 1)
        # Lanes are threads of the caller's; the session adds its own to them.
        self._session = Once(lambda: self._load(num_threads=threads - lanes + 1))
        self._map = map if lanes == 1 else ThreadPoolExecutor(lanes, "onnx").map

    def run(
        self,
        places: Sequence[list[int]],
        image: Callable[[int], Shaped[np.ndarray, "_ _ _"]],
        answer: Callable[[int, Outputs], Any],
    ) -> list[Any]:
        """What ``answer`` makes of the outputs for each place, in the order of places.

        ``places`` are 0 to n - 1 in batches, ``image`` gives the network's input for one. Raises
        ValueError when the network cannot be loaded, fails, or answers in another number.
        """
        session = self._session()
        batches = self._map(lambda batch: self._batch(session, batch, image, answer), places)
        found: dict[int, Any] = {}
        for batch, answers in zip(places, batches, strict=True):
            found.update(zip(batch, answers, strict=True))
        return [found[place] for place in range(len(found))]

    def _batch(
        self,
        session: Any,
        places: Sequence[int],
        image: Callable[[int], Shaped[np.ndarray, "_ _ _"]],
        answer: Callable[[int, Outputs], Any],
    ) -> list[Any]:
        images = self._images([image(place) for place in places])
        names = [port.name for port in self._network.outputs]
        try:
            with denormals_as_zero():
                outputs = session.run(names, {self._network.input.name: images})
        except Exception as error:
            raise ValueError(
                f"model {self._name}: the network fails on input of shape {images.shape}: "
                f"{_first_line(error)}"
            ) from error
        for values in outputs:
            if np.shape(values)[:1] != images.shape[:1]:
                raise ValueError(
                    f"model {self._name}: the network answers {np.shape(values)} to "
                    f"{images.shape}; one answer per picture is allowed"
                )
        return [
            answer(place, [values[row] for values in outputs]) for row, place in enumerate(places)
        ]

    def _images(self, images: list[Shaped[np.ndarray, "_ _ _"]]) -> Shaped[np.ndarray, "b _ _ _"]:
        # A network that takes exactly so many gets the last one again, for nothing.
        images = images + images[-1:] * ((self._fixed_batch or 0) - len(images))
        batch = images[0][None] if len(images) == 1 else np.stack(images)
        return batch.astype(self._network.input.dtype, copy=False)

    def _load(self, *, num_threads: int) -> Any:
        import onnxruntime  # type: ignore[import-untyped,unused-ignore]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = num_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        try:
            with denormals_as_zero():  # the option changes the thread that loads, too
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
        check_unchanged(self._network.contents)
        return session


def _providers(device: str) -> list[Any]:
    if device == "cpu":
        return ["CPUExecutionProvider"]
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    kind, _, index = device.partition(":")
    known = onnxruntime.get_available_providers()
    if kind != "cuda" or not (index or "0").isdecimal():
        raise ValueError(f"device {device!r} is unknown; cpu, cuda or cuda:N are allowed")
    if "CUDAExecutionProvider" not in known:
        raise ValueError(
            f"device {device!r} cannot be had: this ONNX Runtime has {', '.join(known)}; install "
            "onnxruntime-gpu for CUDA"
        )
    return [("CUDAExecutionProvider", {"device_id": int(index or 0)}), "CPUExecutionProvider"]


def _name(provider: Any) -> str:
    return provider if isinstance(provider, str) else str(provider[0])


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
