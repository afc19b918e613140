"""Does everything work on this machine?"""

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lossproof.codecs import CODECS, make_codec
from lossproof.codecs.codec import Codec
from lossproof.digests import cache_folder

_MIN_FREE_BYTES = 1_000_000_000
_OPTIONAL = (
    *(("onnxruntime", "onnx"), ("onnx", "onnx"), ("ray", "ray")),
    *(("skimage", "photographs"), ("gradio", "explore")),
)
_DISTRIBUTIONS = {"skimage": "scikit-image"}


@dataclass(frozen=True)
class Finding:
    """One thing that was tried. An optional one may be missing without anything being wrong."""

    what: str
    works: bool
    detail: str
    optional: bool = False

    @property
    def verdict(self) -> str:
        """``ok``; ``no`` where something is wrong; a dash where something optional is missing."""
        missing = "-" if self.optional else "no"
        return "ok" if self.works else missing


def examine() -> list[Finding]:
    """Try Python, the devices, every codec, the disk and the optional packages."""
    return [_python(), *_devices(), *_codecs(), *_disk(), *_optional()]


def _python() -> Finding:
    return Finding("Python", True, f"{platform.python_version()} on {platform.platform()}")


def _devices() -> Iterator[Finding]:
    yield _tried("PyTorch", partial(_found, "torch"))
    yield _tried("CUDA", _cuda, optional=True)


def _cuda() -> str:
    import torch

    if not torch.cuda.is_available():
        raise OSError("no CUDA device; models run on the CPU")
    return ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))


def _codecs() -> Iterator[Finding]:
    for codec in CODECS:
        yield _tried(f"codec {codec.name}", partial(_round_trip, codec))


def _round_trip(codec: type[Codec]) -> str:
    """Code a picture whose left half is red and whose right half is blue, and look at it."""
    frame = np.zeros((48, 64, 3), np.uint8)
    frame[:, :32, 0] = frame[:, 32:, 2] = 255
    best = make_codec(codec.name, codec.ladder[0])
    decoded = best.decode(best.encode(frame))
    if decoded.shape != frame.shape:
        raise ValueError(f"a picture of shape {frame.shape} came back as {decoded.shape}")
    if decoded[24, 8].argmax() != 0 or decoded[24, 56].argmax() != 2:
        raise ValueError("red and blue are exchanged")
    return best.encoder()


def _disk() -> Iterator[Finding]:
    for what, folder in (("disk, current folder", Path.cwd()), ("disk, cache", cache_folder())):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        yield Finding(what, free >= _MIN_FREE_BYTES, f"{free / 1e9:.1f} GB free for {folder}")


def _optional() -> Iterator[Finding]:
    for package, extra in _OPTIONAL:
        yield _tried(f"{package} (optional)", partial(_found, package, extra), optional=True)


def _found(package: str, extra: str | None = None) -> str:
    try:
        import_module(package)
    except ImportError as error:
        if extra is None:
            raise
        raise ImportError(f'missing: pip install "lossproof[{extra}]"') from error
    return version(_DISTRIBUTIONS.get(package, package))


def _tried(what: str, attempt: Callable[[], str], *, optional: bool = False) -> Finding:
    """An attempt at something; whatever it raises is what is found."""
    try:
        return Finding(what, True, attempt(), optional)
    except Exception as error:  # noqa: BLE001 - a diagnosis must survive every way of failing
        return Finding(what, False, str(error), optional)
