"""Hyper-parameters by search: several schedules are tried, the best on validation is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lossproof.errors import LossNotFinite
from lossproof.tasks import Task
from lossproof.training import Recipe, Shelf, train
from lossproof.training.conditions import Conditions

_SHORTEST = 2
_DRAWN_FIRST = 2
"""Trials at random before the sampler learns from those that there were."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """Numbers from ``low`` to ``high``, drawn evenly, or evenly in their logarithm."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """``trials`` schedules of which the fields in ``ranges`` vary (Optuna's TPE, its seed fixed).

    The first is the recipe's own schedule, so that what is found is never worse on validation.
    """

    trials: int
    ranges: Mapping[str, Range]
    seed: int = 0

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise ValueError(f"trials is {self.trials}; 1 or more are allowed")

    def short(self) -> "Search":
        """The same with two trials at most."""
        return replace(self, trials=min(self.trials, _SHORTEST))


def best_of(
    search: Search, recipe: Recipe, shelf: Shelf, *, task: Task, conditions: Conditions
) -> str:
    """The id of the best model of a search.

    Every trial is a model on the shelf, so a search that was cut off trains none of them twice. A
    trial whose loss is not finite is given up. Raises ImportError without Optuna, and LossNotFinite
    when every trial ended so.
    """
    try:
        import optuna
    except ImportError:
        raise ImportError('a search needs Optuna: pip install "lossproof[tune]"') from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    models: dict[int, str] = {}

    def score(trial: Any) -> float:
        chosen = {
            name: trial.suggest_float(name, one.low, one.high, log=one.log)
            for name, one in search.ranges.items()
        }
        schedule = replace(recipe.schedule, **chosen)
        try:
            models[trial.number] = train(replace(recipe, schedule=schedule), shelf, conditions)
        except LossNotFinite as error:
            raise optuna.TrialPruned from error
        card = shelf.card(models[trial.number])
        sign = 1 if task.score(card.score_name).higher_is_better else -1
        return sign * card.score

    sampler = optuna.samplers.TPESampler(seed=search.seed, n_startup_trials=_DRAWN_FIRST)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial({name: getattr(recipe.schedule, name) for name in search.ranges})
    study.optimize(score, n_trials=search.trials)
    if not models:
        raise LossNotFinite(f"all {search.trials} trials ended in a loss that is not finite")
    return models[study.best_trial.number]
