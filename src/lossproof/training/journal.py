"""The course of a training run: where it is, what came out, and what it goes on from when killed.

A checkpoint holds networks, optimisers, random generators, and the numbers here. The best weights
are written before the checkpoint that knows of them, so that a run killed between the two validates
once more and comes to the same.
"""

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, final

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from lossproof.errors import AnswerIsNone, LossNotFinite
from lossproof.training import checkpoint as saved
from lossproof.training.card import Lap
from lossproof.training.checkpoint import Checkpoint
from lossproof.training.conditions import Conditions
from lossproof.training.feed import Share
from lossproof.training.job import Job
from lossproof.training.saving import explained
from lossproof.training.validation import validation_score


def accelerator_for(conditions: Conditions) -> Accelerator:
    """The device and precision that are wanted, and the processes that were started together.

    Raises ValueError when the device is not there, or another was in use in this process.
    """
    if conditions.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' is not there; cpu is allowed")
    return Accelerator(cpu=conditions.device == "cpu", mixed_precision=conditions.precision)


def channels_last(network: nn.Module) -> nn.Module:
    """The network with its channels last in memory, which is how processors train convolutions
    fastest, and GPUs in half precision."""
    return network.to(memory_format=torch.channels_last)


def share_of(accelerator: Accelerator) -> Share:
    """Which of the processes this is."""
    return Share(accelerator.process_index, accelerator.num_processes)


class Epoch(NamedTuple):
    """Its number, and the places of its batches that are still to be trained on."""

    number: int
    places: range


@final
class Journal:
    """Counts iterations, keeps the best weights, and writes checkpoints in time.

    ``networks`` and ``optimisers`` are all whose state goes on; of the networks the first is the
    model. Making one restores what an earlier process left of the same job. Raises ValueError for
    a checkpoint that cannot be read.
    """

    def __init__(
        self,
        job: Job,
        accelerator: Accelerator,
        *,
        networks: Mapping[str, nn.Module],
        optimisers: Mapping[str, torch.optim.Optimizer],
        steps_per_epoch: int,
    ) -> None:
        self._job, self._accelerator = job, accelerator
        self._networks = {n: accelerator.unwrap_model(net) for n, net in networks.items()}
        self._optimisers = optimisers
        self._steps_per_epoch = steps_per_epoch
        self.num_steps = job.recipe.schedule.num_steps(steps_per_epoch)
        self.step = 0
        self._saved_step = 0
        self._epoch = 0
        self._losses: list[float] = []
        self._laps: list[Lap] = []
        self._best = math.nan
        self._seconds = 0.0
        self._path = job.folder / "checkpoint.safetensors"
        if self._path.exists():
            self._restore(saved.load_checkpoint(self._path))
        self._began = self._saved_at = time.monotonic()

    @property
    def rate(self) -> float:
        """The learning rate of the coming iteration."""
        return self._job.recipe.schedule.rate(self.step)

    def epochs(self) -> Iterator[Epoch]:
        """The epochs that are still to be done, the first of them perhaps in part.

        Before the first of a network that has a parent the weights that it begins with are scored.
        Raises OSError when they cannot be kept.
        """
        if self._job.parent is not None and not self._laps:
            self._score_parent()
        while self._epoch * self._steps_per_epoch < self.num_steps:
            first = self._epoch * self._steps_per_epoch
            stop = min(self._steps_per_epoch, self.num_steps - first)
            yield Epoch(self._epoch, range(self.step - first, stop))

    def check(self, loss: Tensor) -> None:
        """Raises LossNotFinite for such a loss, before it reaches the weights."""
        value = float(loss.detach())
        if not math.isfinite(value):
            raise LossNotFinite(
                f"loss is {value} at step {self.step + 1} of {self.num_steps}; a finite loss is "
                f"allowed, a smaller learning rate than {self.rate:g} may help; {self._kept}"
            )

    def _check_weights(self, network: nn.Module) -> None:
        """A last step may have driven them to where no loss of their own has been seen yet."""
        if not all(value.isfinite().all() for value in network.state_dict().values()):
            raise LossNotFinite(
                f"weights are not finite after step {self.step} of {self.num_steps}; a smaller "
                f"learning rate may help; {self._kept}"
            )

    @property
    def _kept(self) -> str:
        if not self._path.exists():
            return "there is no checkpoint yet"
        return f"the checkpoint of step {self._saved_step} is kept in {self._path}"

    def stepped(self, loss: Tensor) -> None:
        """An iteration is done. Raises OSError when a checkpoint is due and cannot be written."""
        self.step += 1
        self._losses.append(float(loss.detach()))
        self._job.conditions.progress(self.step, self.num_steps, self._losses[-1])
        self._save_if_due()

    def _save_if_due(self) -> None:
        if time.monotonic() - self._saved_at >= self._job.conditions.checkpoint_seconds:
            self._save()

    def _score_parent(self) -> None:
        """The parent's weights are kept where training makes nothing better of them."""
        network = next(iter(self._networks.values()))
        score = validation_score(self._job, network, self._accelerator.device)
        self._keep_best(network, score)
        self._laps.append(Lap(0, math.nan, score))

    def epoch_done(self) -> None:
        """Score the validation split if it is due, keep the weights if they are the best, save.

        Raises OSError when that cannot be written, and LossNotFinite for weights that are not.
        """
        # Scoring may take long; what is kept here is scored again by whoever goes on.
        self._save_if_due()
        self._epoch += 1
        schedule = self._job.recipe.schedule
        due = self._epoch % schedule.validate_every == 0 or self.step >= self.num_steps
        network = next(iter(self._networks.values()))
        score = math.nan
        if due:
            self._check_weights(network)
            score = self._score(network)
            self._keep_best(network, score)
        loss = sum(self._losses) / len(self._losses) if self._losses else math.nan
        self._laps.append(Lap(self.step, loss, score))
        self._losses = []
        self._save()

    def _score(self, network: nn.Module) -> float:
        """Raises LossNotFinite for a network whose answers are none."""
        try:
            return validation_score(self._job, network, self._accelerator.device)
        except AnswerIsNone as error:
            raise LossNotFinite(
                f"validation after step {self.step} of {self.num_steps}: {error}; a smaller "
                f"learning rate may help; {self._kept}"
            ) from error

    def laps(self) -> tuple[Lap, ...]:
        """What came out of each epoch."""
        return tuple(self._laps)

    @property
    def best(self) -> float:
        """The validation score of the weights kept, NaN where none had one."""
        return self._best

    @property
    def seconds(self) -> float:
        """How long training took so far, in all its processes after one another."""
        return self._seconds + time.monotonic() - self._began

    def _keep_best(self, network: nn.Module, score: float) -> None:
        task = self._job.task
        higher = task.score(task.headline).higher_is_better
        # Of equals the later: while nothing is found yet, all score 0, and the first knows least.
        better = score >= self._best if higher else score <= self._best
        none_yet = math.isnan(self._best)
        if (better or none_yet) and self._accelerator.is_main_process:
            self._job.save(network)
        if better or none_yet:
            self._best = score

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        if not self._accelerator.is_main_process:
            return
        state = self._state()
        if not saved.is_finite(state):
            return  # the next loss says so; what is on the disk is still good
        kept = f"run again, training goes on from the checkpoint of step {self._saved_step}"
        with explained(f"the checkpoint of step {self.step}", self._path, kept=kept):
            saved.save_checkpoint(self._path, state)
        self._saved_step = self.step

    def _state(self) -> Checkpoint:
        own = {
            "id": self._job.id,
            "step": self.step,
            "epoch": self._epoch,
            "losses": self._losses,
            "laps": [[lap.step, lap.loss, lap.score] for lap in self._laps],
            "best": self._best,
            "seconds": self.seconds,
            "damaged": dict(self._job.damaged),
        }
        return saved.joined(
            {
                "journal": Checkpoint({}, own),
                "generators": saved.of_generators(),
                **{f"network.{name}": saved.of_module(n) for name, n in self._networks.items()},
                **{f"optimiser.{n}": saved.of_optimiser(o) for n, o in self._optimisers.items()},
            }
        )

    def _restore(self, stored: Checkpoint) -> None:
        for name, network in self._networks.items():
            network.load_state_dict(dict(stored.of(f"network.{name}").tensors))
        for name, optimiser in self._optimisers.items():
            saved.restore_optimiser(optimiser, stored.of(f"optimiser.{name}"))
        saved.restore_generators(stored.of("generators"))
        own: Mapping[str, Any] = stored.of("journal").rest
        self.step = self._saved_step = own["step"]
        self._epoch, self._losses = own["epoch"], list(own["losses"])
        self._laps = [Lap(*lap) for lap in own["laps"]]
        self._best, self._seconds = own["best"], own["seconds"]
        self._job.damaged.update(own.get("damaged", {}))  # not in checkpoints of earlier versions
