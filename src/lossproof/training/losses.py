"""What is minimised: pure functions of outputs and targets."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from lossproof.records import IGNORE


def class_loss(
    logits: Float[Tensor, "b c h w"],
    targets: Int64[Tensor, "b h w"],
    weights: Float[Tensor, " c"],
) -> Float[Tensor, ""]:
    """Cross-entropy per pixel, averaged with the weights of the target's classes.

    That is torch's own weighted mean, but for pictures where all is ignored, whose loss is 0.
    """
    total = functional.cross_entropy(logits, targets, weights, ignore_index=IGNORE, reduction="sum")
    known = targets != IGNORE
    mass = (weights[targets.where(known, 0)] * known).sum()
    return total / mass.clamp(min=torch.finfo(mass.dtype).tiny)


def label_loss(logits: Float[Tensor, "b c"], labels: Int64[Tensor, " b"]) -> Float[Tensor, ""]:
    """Cross-entropy of one class for each example, averaged."""
    return functional.cross_entropy(logits, labels)


def label_divergence(
    student: Float[Tensor, "b c"], teacher: Float[Tensor, "b c"]
) -> Float[Tensor, ""]:
    """How far the student's probabilities are from the teacher's: Kullback and Leibler's, averaged
    over examples (Hinton et al., 2015, at temperature 1). Of equal logits it is 0."""
    return functional.kl_div(
        student.log_softmax(dim=1),
        teacher.log_softmax(dim=1),
        reduction="batchmean",
        log_target=True,
    )


def soft_class_loss(
    student: Float[Tensor, "b c h w"], teacher: Float[Tensor, "b c h w"]
) -> Float[Tensor, ""]:
    """Cross-entropy of the student's classes against the teacher's probabilities (Hinton et al.,
    2015, at temperature 1), averaged over pixels."""
    return functional.cross_entropy(student, teacher.softmax(dim=1))


def depth_loss(
    found: Float[Tensor, "b 1 h w"],
    wanted: Float[Tensor, "b 1 h w"],
    known: Bool[Tensor, "b 1 h w"],
) -> Float[Tensor, ""]:
    """The mean absolute difference where depth is known; 0 where none is."""
    errors = (found - wanted).abs() * known
    return errors.sum() / known.sum().clamp(min=1)


def relative_depth_loss(
    found: Float[Tensor, "b 1 h w"],
    wanted: Float[Tensor, "b 1 h w"],
    known: Bool[Tensor, "b 1 h w"],
) -> Float[Tensor, ""]:
    """The mean absolute difference as a share of the depth that is wanted, which is metres above 0
    where ``known``; 0 where none is."""
    errors = (found / wanted.where(known, 1) - 1).abs() * known
    return errors.sum() / known.sum().clamp(min=1)


def patch_loss(logits: Float[Tensor, "b 1 h w"], *, real: bool) -> Float[Tensor, ""]:
    """Cross-entropy of a discriminator's patches against all real or all made, as in pix2pix."""
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


def absolute_loss(
    student: Float[Tensor, "b 1 h w"], teacher: Float[Tensor, "b 1 h w"]
) -> Float[Tensor, ""]:
    """The mean absolute difference of two networks' outputs."""
    return (student - teacher).abs().mean()
