"""The optimisers that networks learn by, as a schedule says."""

import torch
from torch import nn

from lossproof.training.recipe import Schedule

_SECOND_BETA = 0.999


def sgd_or_adam(network: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """Gradient descent with momentum, of what learns; Adam where the schedule says so."""
    if schedule.optimiser == "adam":
        return adam(network, schedule)
    return torch.optim.SGD(
        _learning(network),
        lr=schedule.learning_rate,
        momentum=schedule.momentum,
        weight_decay=schedule.weight_decay,
    )


def adam(network: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """Adam, whose first beta is the schedule's momentum, of what learns."""
    return torch.optim.Adam(
        _learning(network),
        lr=schedule.learning_rate,
        betas=(schedule.momentum, _SECOND_BETA),
        weight_decay=schedule.weight_decay,
    )


def _learning(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]
