"""From what an ONNX network says of a picture to its class map."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from lossproof.models.first_max import first_max
from lossproof.models.onnx_declaration import Declaration
from lossproof.models.onnx_fit import channel_axis, check_num_channels
from lossproof.records import ClassMap


def answered_class_map(
    values: Shaped[np.ndarray, "..."], declaration: Declaration, *, num_classes: int
) -> ClassMap:
    """The class map (H, W) in ``values``, the output of one picture without its batch axis.

    Raises ValueError when it is not of the declared kind.
    """
    if declaration.output.kind == "class_map":
        class_map = _whole_numbers(values)
    else:
        if values.ndim != 3:
            raise ValueError(f"logits of a picture are {values.shape}; three axes are allowed")
        logits = np.moveaxis(values, channel_axis(declaration) - 1, 0)
        check_num_channels(len(logits), declaration, num_classes=num_classes)
        class_map = first_max(logits)
    classes = declaration.output.classes
    return class_map if classes is None else _renamed(class_map, classes)


def _whole_numbers(values: Shaped[np.ndarray, "..."]) -> ClassMap:
    """A class map that may come with one channel or as floats. Raises ValueError for another."""
    if values.ndim == 3 and 1 in (values.shape[0], values.shape[-1]):
        values = values[0] if values.shape[0] == 1 else values[..., 0]
    if values.ndim != 2:
        raise ValueError(f"the network's class map is {values.shape}; (height, width) is allowed")
    whole = np.issubdtype(values.dtype, np.integer)
    if not whole and not (np.isfinite(values) & (values == np.floor(values))).all():
        raise ValueError(
            "the network's class map holds fractions or NaN; whole numbers are allowed"
        )
    # Whole numbers too: ONNX Runtime's 64 bits go by C's name, which is not that of int64.
    return values.astype(np.int64)


def _renamed(class_map: ClassMap, classes: Sequence[int]) -> ClassMap:
    low, high = int(class_map.min()), int(class_map.max())
    if low < 0 or high >= len(classes):
        raise ValueError(
            f"the network's class map holds {low} to {high}; output.classes lists {len(classes)} "
            f"classes, so 0 to {len(classes) - 1} are allowed"
        )
    renamed: ClassMap = np.array(classes, np.uint8)[class_map]
    return renamed
