"""The state of a training run in one file: tensors in safetensors, all else as JSON beside them.

The JSON stands in the file's metadata, so that the two are written together or not at all. Nothing
is pickled.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from lossproof.atomic import write_bytes

FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name, and what JSON can hold."""

    tensors: Mapping[str, Tensor]
    rest: Mapping[str, Any]

    def of(self, part: str) -> "Checkpoint":
        """Those of one part, as ``joined`` took them."""
        prefix = f"{part}/"
        tensors = {
            name.removeprefix(prefix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }
        return Checkpoint(tensors, self.rest.get(part, {}))


def joined(parts: Mapping[str, Checkpoint]) -> Checkpoint:
    """Several as one."""
    return Checkpoint(
        {f"{part}/{name}": t for part, one in parts.items() for name, t in one.tensors.items()},
        {part: one.rest for part, one in parts.items()},
    )


def of_module(module: nn.Module) -> Checkpoint:
    """Parameters and buffers of a network."""
    return Checkpoint(dict(module.state_dict()), {})


def of_optimiser(optimiser: torch.optim.Optimizer) -> Checkpoint:
    """An optimiser's state: momenta and counts as tensors, its options beside them."""
    state = optimiser.state_dict()
    tensors: dict[str, Tensor] = {}
    plain: dict[str, Any] = {}
    for place, values in state["state"].items():
        for name, value in values.items():
            kind: dict[str, Any] = tensors if isinstance(value, Tensor) else plain
            kind[f"{place}/{name}"] = value
    return Checkpoint(tensors, {"plain": plain, "groups": state["param_groups"]})


def restore_optimiser(optimiser: torch.optim.Optimizer, stored: Checkpoint) -> None:
    """The inverse of ``of_optimiser``, in the memory layout of the parameters."""
    state: dict[int, dict[str, Any]] = {}
    for key, value in {**stored.tensors, **stored.rest["plain"]}.items():
        place, _, name = key.partition("/")
        state.setdefault(int(place), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": stored.rest["groups"]})
    for parameter, values in optimiser.state.items():
        for name, value in values.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                values[name] = torch.empty_like(parameter).copy_(value)


def of_generators() -> Checkpoint:
    """Torch's random generators of the processor and, where there is one, of the current GPU."""
    tensors = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        tensors["cuda"] = torch.cuda.get_rng_state()
    return Checkpoint(tensors, {})


def restore_generators(stored: Checkpoint) -> None:
    """The inverse of ``of_generators``."""
    torch.set_rng_state(stored.tensors["cpu"])
    if "cuda" in stored.tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(stored.tensors["cuda"])


def is_finite(checkpoint: Checkpoint) -> bool:
    """Whether no tensor holds NaN or infinity."""
    return all(
        bool(t.isfinite().all()) for t in checkpoint.tensors.values() if t.is_floating_point()
    )


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write to ``path``, whole or not at all. Raises OSError."""
    metadata = {"format": str(FORMAT), "rest": json.dumps(checkpoint.rest)}
    # Copies: safetensors refuses tensors that share memory, and the network goes on changing.
    tensors = {
        name: t.detach().cpu().contiguous().clone() for name, t in checkpoint.tensors.items()
    }
    write_bytes(path, to_bytes(tensors, metadata=metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """What ``save_checkpoint`` wrote. Raises ValueError for anything else."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            _check_format(metadata.get("format"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return Checkpoint(tensors, json.loads(metadata["rest"]))
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise ValueError(
            f"checkpoint {str(path)!r} cannot be read ({error}); remove it to start anew"
        ) from error


def _check_format(found: str | None) -> None:
    if found != str(FORMAT):
        raise ValueError(f"format is {found!r}; '{FORMAT}' is allowed")
