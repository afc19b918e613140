"""OpenPose's loss, with intermediate supervision: every stage is held to the same maps."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from lossproof.models.openpose import StageMaps


def stage_loss(
    stages: Sequence[StageMaps], wanted: StageMaps, counted: Float[Tensor, "b 1 h w"]
) -> Float[Tensor, ""]:
    """Squared errors of all stages and both branches, summed where they count, a picture's mean.

    Equations 5 and 6 of Cao et al. (CVPR 2017).
    """
    errors = [
        ((found.float() - right.float()).square() * counted).sum()
        for stage in stages
        for found, right in zip(stage, wanted, strict=True)
    ]
    return torch.stack(errors).sum() / len(counted)
