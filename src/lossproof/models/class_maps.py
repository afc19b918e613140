"""Class maps from the logits of a torch network."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossproof.models.first_max import first_max
from lossproof.records import ClassMap


def class_maps(logits: Float[Tensor, "b c h w"]) -> list[ClassMap]:
    """The class of every pixel of each picture. Raises ValueError for logits that hold NaN."""
    if logits.device.type == "cpu":
        return [first_max(of_one) for of_one in logits.numpy()]
    if logits.isnan().any():
        raise ValueError("the network's logits hold NaN; numbers are allowed")
    return list(logits.argmax(dim=1).to(torch.int32).cpu().numpy())
