"""What a family of networks brings with it, so that recipes can train it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from lossproof.records import Frames, Setting
from lossproof.tasks import Task
from lossproof.training.outcome import Outcome
from lossproof.training.recipe import Schedule
from lossproof.training.view import Look, View

if TYPE_CHECKING:
    from lossproof.training.job import Job


class Example(NamedTuple):
    """A sample as it is trained on: the frames, the target at the same view, and, for networks that
    learn from another's predictions, the source's frames at the same view. In place of frames
    stands what the family's ``see`` makes of them, (H, W, channels)."""

    frames: Any
    target: Any
    source: Any = None


class Batch(NamedTuple):
    """Examples together, as the network and its loss take them: tensors, or lists, tuples and
    mappings of tensors. ``sources`` are as ``images``."""

    images: Any
    targets: Any
    sources: Any = None

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return Batch(*(on_device(value, device) for value in self))


def on_device(value: Any, device: torch.device) -> Any:
    """Every tensor in lists, tuples and mappings on a device; all else as it is."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, Mapping):
        return {key: on_device(one, device) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [on_device(one, device) for one in value]
    return value


def unclipped(settings: Any) -> float | None:
    """The ``clip`` of a family whose gradients may have any norm."""
    return None


@dataclass(frozen=True, kw_only=True)
class Family:
    """One kind of network, its preparation of data, and its training loop.

    ``settings`` is a frozen dataclass whose fields are the family's settings, of which
    ``network_settings`` says those that the weights file remembers. ``align(target, view)`` brings
    a target to a view of its frame; ``collate`` makes a batch. ``build`` is the network to start
    from: the parent, or the initialisation. ``optimiser`` is the network's. ``predict`` is the
    model's own prediction. ``train`` is the loop. ``imitate(student, teacher, batch)`` is the
    loss of what the student says of a batch's images against what the teacher says of its sources,
    None where there is no such loss. Where ``mixed_sizes``, frames of a batch may differ in size.
    ``clip`` is the largest norm of the gradient by the settings, None for any.
    ``things(target)`` is where its things are, (n, 2), as shares of the frame; without it a crop
    cannot be taken around one. ``see(settings, frames, look)`` is what an example has of the frames
    that arrived; without it, the look's view of them.
    """

    name: str
    settings: Any
    network_settings: Callable[[Any], Mapping[str, Setting]]
    task: Callable[[Any], Task]
    align: Callable[[Any, View], Any]
    collate: Callable[[Sequence[Example]], Batch]
    build: Callable[["Job"], nn.Module]
    optimiser: Callable[[nn.Module, Schedule], torch.optim.Optimizer]
    predict: Callable[[Any, Sequence[Frames], torch.device], Sequence[Any]]
    train: Callable[["Job"], Outcome]
    imitate: Callable[[nn.Module, nn.Module, Batch], Tensor] | None = None
    mixed_sizes: bool = False
    clip: Callable[[Any], float | None] = unclipped
    things: Callable[[Any], Any] | None = None
    see: Callable[[Any, Frames, Look], Any] | None = None


def imitation(
    loss: Callable[[Tensor, Tensor], Tensor],
) -> Callable[[nn.Module, nn.Module, Batch], Tensor]:
    """``imitate`` of a network whose output is one tensor, of which ``loss(found, wanted)`` is."""

    def imitate(student: nn.Module, teacher: nn.Module, batch: Batch) -> Tensor:
        with torch.no_grad():
            wanted = teacher(batch.sources)
        return loss(student(batch.images).float(), wanted.float())

    return imitate
