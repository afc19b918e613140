"""Reading the fields of whatever a model answers, and bringing them to the target's frame."""

from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped

from lossproof.predictions import field_of
from lossproof.records import FrameSize


def needed(prediction: Any, *names: str) -> list[Shaped[np.ndarray, "..."]]:
    """The fields of an object or mapping as arrays. Raises ValueError naming one it lacks."""
    found = {name: field_of(prediction, name) for name in names}
    missing = [name for name, value in found.items() if value is None]
    if missing:
        raise ValueError(
            f"prediction of type {type(prediction).__name__} has no {' and no '.join(missing)}; "
            f"{', '.join(names)} are needed"
        )
    return [array(value, name) for name, value in found.items()]


def array(value: Any, name: str) -> Shaped[np.ndarray, "..."]:
    """An array, a tensor on any device, or nested lists.

    Raises ValueError for uneven lists and for types that NumPy does not have.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        return np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"prediction has {name} that are no array: {error}") from error


def floats(
    values: Shaped[np.ndarray, "..."], shape: tuple[int | None, ...], name: str
) -> Float32[np.ndarray, "..."]:
    """``float32`` of a shape, None for any length; no values at all are an empty array of it.

    Raises ValueError.
    """
    _check_numbers(values, name)
    if not values.size:
        values = values.reshape([length or 0 for length in shape])
    _check_shape(values, shape, name)
    return values.astype(np.float32)


def integers(values: Shaped[np.ndarray, "..."], name: str) -> Shaped[np.ndarray, " n"]:
    """Class indices (N,). Floats will do where they are whole. Raises ValueError."""
    _check_numbers(values, name)
    _check_shape(values, (None,), name)
    if not np.array_equal(values, np.round(values)):
        raise ValueError(
            f"prediction has {name} that are no whole numbers; class indices are allowed"
        )
    return values.astype(np.int64)


def _check_numbers(values: Shaped[np.ndarray, "..."], name: str) -> None:
    if not np.issubdtype(values.dtype, np.number) or np.iscomplexobj(values):
        raise ValueError(f"prediction has {name} of type {values.dtype}; numbers are allowed")


def _check_shape(
    values: Shaped[np.ndarray, "..."], shape: tuple[int | None, ...], name: str
) -> None:
    fits = len(values.shape) == len(shape) and all(
        wanted in (None, found) for wanted, found in zip(shape, values.shape, strict=True)
    )
    if not fits:
        allowed = ", ".join("N" if length is None else str(length) for length in shape)
        raise ValueError(f"prediction has {name} of shape {values.shape}; ({allowed}) is allowed")


def scale(given: FrameSize, wanted: FrameSize) -> Float32[np.ndarray, " 2"]:
    """What x and y are multiplied by from one frame size to another."""
    return np.array([wanted[0] / given[0], wanted[1] / given[1]], np.float32)
