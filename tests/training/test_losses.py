"""Losses and class weights: by hand, and against torch's own."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from lossproof.training.class_weights import median_frequency
from lossproof.training.losses import (
    absolute_loss,
    class_loss,
    depth_loss,
    label_divergence,
    label_loss,
    patch_loss,
    relative_depth_loss,
    soft_class_loss,
)


def test_the_class_loss_is_torchs_weighted_mean() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 3, 4, 5, generator=generator)
    targets = torch.randint(0, 3, (2, 4, 5), generator=generator)
    targets[0, :2] = 255
    weights = torch.tensor([0.5, 1.0, 4.0])
    wanted = functional.cross_entropy(logits, targets, weights, ignore_index=255)
    torch.testing.assert_close(class_loss(logits, targets, weights), wanted)


def test_pictures_where_all_is_ignored_lose_nothing() -> None:
    logits = torch.randn(1, 2, 2, 2, requires_grad=True)
    loss = class_loss(logits, torch.full((1, 2, 2), 255), torch.ones(2))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_a_teacher_that_is_sure_is_a_label() -> None:
    student = torch.randn(1, 3, 2, 2, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([[[0, 1], [2, 1]]])
    teacher = functional.one_hot(labels, 3).permute(0, 3, 1, 2) * 1000.0
    torch.testing.assert_close(
        soft_class_loss(student, teacher), functional.cross_entropy(student, labels)
    )


def test_depth_counts_where_it_is_known() -> None:
    found = torch.tensor([0.5, 0.2, 0.9]).view(1, 1, 1, 3)
    wanted = torch.tensor([0.1, 0.3, 0.0]).view(1, 1, 1, 3)
    known = torch.tensor([True, True, False]).view(1, 1, 1, 3)
    assert depth_loss(found, wanted, known).item() == pytest.approx((0.4 + 0.1) / 2)
    assert depth_loss(found, wanted, torch.zeros_like(known)).item() == 0
    assert absolute_loss(found, wanted).item() == pytest.approx((0.4 + 0.1 + 0.9) / 3)


def test_relative_depth_is_the_metric_abs_rel() -> None:
    found = torch.tensor([3.0, 10.0, 7.0], requires_grad=True)
    wanted = torch.tensor([2.0, 20.0, 0.0]).view(1, 1, 1, 3)
    known = torch.tensor([True, True, False]).view(1, 1, 1, 3)
    loss = relative_depth_loss(found.view(1, 1, 1, 3), wanted, known)
    assert loss.item() == pytest.approx((0.5 + 0.5) / 2)
    loss.backward()
    assert found.grad is not None
    assert found.grad.tolist() == pytest.approx([1 / 4, -1 / 40, 0])
    assert relative_depth_loss(wanted, wanted, torch.zeros_like(known)).item() == 0


def test_a_discriminator_that_is_undecided_loses_log_2() -> None:
    undecided = torch.zeros(1, 1, 2, 2)
    for real in (True, False):
        assert patch_loss(undecided, real=real).item() == pytest.approx(np.log(2))
    sure = torch.full((1, 1, 2, 2), 20.0)
    assert patch_loss(sure, real=True).item() < 1e-6
    assert patch_loss(sure, real=False).item() == pytest.approx(20)


def test_median_frequency_by_hand() -> None:
    first = np.array([[0, 0, 0, 1]], np.uint8)
    second = np.array([[0, 2, 2, 255]], np.uint8)
    # Class 0: 4 of the 7 pixels of both; class 1: 1 of 4; class 2: 2 of 3. The median is 4/7.
    found = median_frequency([first, second], 4)
    np.testing.assert_allclose(found, [1, (4 / 7) * 4, (4 / 7) * 1.5, 1], rtol=1e-6)


def test_without_a_labelled_pixel_all_classes_weigh_the_same() -> None:
    nothing = np.full((2, 2), 255, np.uint8)
    assert median_frequency([nothing], 3).tolist() == [1, 1, 1]


def test_label_loss_worked_by_hand() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0]])
    found = label_loss(logits, torch.tensor([0, 1]))
    assert float(found) == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)


def test_divergence_worked_by_hand() -> None:
    """The teacher says 3/4 and 1/4, the student 1/2 and 1/2."""
    teacher, student = torch.tensor([[math.log(3.0), 0.0]]), torch.zeros(1, 2)
    wanted = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(label_divergence(student, teacher)) == pytest.approx(wanted)
    assert float(label_divergence(teacher + 7, teacher)) == pytest.approx(0, abs=1e-6)
