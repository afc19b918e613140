"""Which optimiser a schedule asks for, and that only what learns is given to it."""

from dataclasses import replace

import torch
from torch import nn

from lossproof.training import Schedule
from lossproof.training.optimisers import adam, sgd_or_adam

SCHEDULE = Schedule(learning_rate=0.1, batch_size=1, iterations=1, momentum=0.8, weight_decay=0.01)


def network() -> nn.Module:
    layers = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    layers[0].requires_grad_(False)
    return layers


def test_descent_is_the_usual_one() -> None:
    found = sgd_or_adam(network(), SCHEDULE)
    assert isinstance(found, torch.optim.SGD)
    (group,) = found.param_groups
    assert (group["lr"], group["momentum"], group["weight_decay"]) == (0.1, 0.8, 0.01)
    assert [tuple(one.shape) for one in group["params"]] == [(1, 3), (1,)]


def test_adam_where_the_schedule_says_so() -> None:
    for found in (
        sgd_or_adam(network(), replace(SCHEDULE, optimiser="adam")),
        adam(network(), SCHEDULE),
    ):
        assert isinstance(found, torch.optim.Adam)
        (group,) = found.param_groups
        assert (group["lr"], group["betas"], group["weight_decay"]) == (0.1, (0.8, 0.999), 0.01)
        assert len(group["params"]) == 2
