"""Weights in safetensors, with a note of what they are for; nothing is ever unpickled.

The file's metadata holds ``format`` (the version below), ``arch``, ``num_classes`` and, where they
are known, ``classes`` and the network's own ``settings`` as JSON, and a ``title`` that says how it
was trained. A file without metadata is taken
if its tensors fit.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from lossproof.atomic import write_bytes
from lossproof.records import Setting

FORMAT = "1"
_SHOWN = 3


def save_weights(
    path: Path,
    network: nn.Module,
    *,
    arch: str,
    num_classes: int,
    settings: Mapping[str, Setting] | None = None,
    notes: Mapping[str, str | Sequence[str]] | None = None,
) -> None:
    """Write the network's state dict to ``path``, whole or not at all. Raises OSError.

    ``notes`` are ``classes`` and ``title``, where they are known.

    The same weights and words are the same bytes.
    """
    metadata = {"format": FORMAT, "arch": arch, "num_classes": str(num_classes)}
    if settings:
        metadata["settings"] = json.dumps(dict(settings), sort_keys=True)
    for name, note in (notes or {}).items():
        metadata[name] = note if isinstance(note, str) else json.dumps(list(note))
    tensors = {name: t.detach().cpu().contiguous() for name, t in network.state_dict().items()}
    write_bytes(path, _in_order(to_bytes(tensors, metadata=metadata)))


def _in_order(data: bytes) -> bytes:
    """The same file with its header in alphabetical order: safetensors shuffles the metadata."""
    (length,) = struct.unpack_from("<Q", data)
    start = 8 + length
    header = json.dumps(json.loads(data[8:start]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data[start:]


def load_weights(path: Path, network: nn.Module, *, arch: str, num_classes: int) -> None:
    """Put the weights of ``path`` into the network.

    Raises ValueError when the file is not safetensors, is for another architecture or number of
    classes, or has other tensors than the network.
    """
    stored = read_weights(path)
    check_metadata(path, stored.metadata, {"arch": arch, "num_classes": str(num_classes)})
    fill(network, stored.tensors, path=path)


class Stored(NamedTuple):
    """What a weights file holds."""

    metadata: Mapping[str, str]
    tensors: Mapping[str, Tensor]


def read_weights(path: Path) -> Stored:
    """Metadata and tensors of a file. Raises ValueError when it is not safetensors."""
    refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            names = file.keys()
            return Stored(file.metadata() or {}, {name: file.get_tensor(name) for name in names})
    except (OSError, SafetensorError) as error:
        raise ValueError(f"weights {str(path)!r} cannot be read as safetensors: {error}") from error


def tensor_names(path: Path) -> list[str]:
    """What the tensors of a file are called, without reading them. Raises ValueError likewise."""
    refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            return list(file.keys())
    except (OSError, SafetensorError) as error:
        raise ValueError(f"weights {str(path)!r} cannot be read as safetensors: {error}") from error


def read_metadata(path: Path) -> Mapping[str, str]:
    """The metadata of a file, whose tensors are not read. Raises ValueError likewise."""
    refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise ValueError(f"weights {str(path)!r} cannot be read as safetensors: {error}") from error


def fill(network: nn.Module, tensors: Mapping[str, Tensor], *, path: Path) -> None:
    """Put tensors into the network. Raises ValueError naming those that do not fit."""
    _check_fit(path, tensors, network)
    network.load_state_dict(tensors)


def refuse_pickle(path: Path) -> None:
    """Raises ValueError for a file that torch would unpickle, saying how to convert it."""
    if path.suffix in (".pt", ".pth", ".ckpt", ".bin", ".pkl"):
        raise ValueError(
            f"weights {str(path)!r} are a pickle; safetensors are allowed, convert with: "
            'python -c "import torch, safetensors.torch as s; s.save_file(torch.load('
            f"'{path.name}', weights_only=True), '{path.stem}.safetensors')\""
        )


def check_metadata(path: Path, found: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Raises ValueError where a file's own word on what it is for is another than wanted.

    Of a file that names no architecture ``format`` is the framework, as others write it.
    """
    ours = {"format": FORMAT} if "arch" in found else {}
    for key, value in {**ours, **wanted}.items():
        if found.get(key, value) != value:
            raise ValueError(
                f"weights {str(path)!r} have {key} {found[key]!r}; {value!r} is allowed"
            )


def _check_fit(path: Path, tensors: Mapping[str, Tensor], network: nn.Module) -> None:
    wanted = network.state_dict()
    shapes = [
        f"{name} has shape {tuple(tensor.shape)} instead of {tuple(wanted[name].shape)}"
        for name, tensor in tensors.items()
        if name in wanted and tensor.shape != wanted[name].shape
    ]
    missing = [f"{name} is missing" for name in wanted if name not in tensors]
    unexpected = [f"{name} is unexpected" for name in tensors if name not in wanted]
    if differences := missing + unexpected + shapes:
        shown = "; ".join(missing[:_SHOWN] + unexpected[:_SHOWN] + shapes[:_SHOWN])
        raise ValueError(
            f"weights {str(path)!r} do not fit the network in {len(differences)} tensors: {shown}"
        )
