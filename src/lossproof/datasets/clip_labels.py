"""Labels of numbered clips in a MATLAB file."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from lossproof.records import DamagedSample


def read_labels(path: Path) -> Mapping[str, tuple[int, ...]]:
    """The arrays ``trLb`` and ``valLb``, as far as they are there: whole numbers from 1.

    Files up to MATLAB's version 7 are read; nothing in them is executed. Raises DamagedSample for
    a file that is missing, of another kind, or has other labels. The last few files are kept in
    memory, until they change on the disk.
    """
    try:
        stat = path.stat()
    except OSError:
        raise DamagedSample(f"{path} is missing") from None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _num_bytes: int) -> Mapping[str, tuple[int, ...]]:
    from scipy.io import loadmat

    try:
        content = loadmat(path, variable_names=("trLb", "valLb"))
    except Exception as error:  # the reader raises whatever a damaged file leads it to
        raise DamagedSample(f"{path} is no MATLAB file that can be read: {error}") from error
    arrays = {name: np.ravel(values) for name, values in content.items() if name[:1] != "_"}
    if not arrays:
        raise DamagedSample(f"{path} has no labels; trLb and valLb are allowed")
    return {name: _whole(path, name, values) for name, values in arrays.items()}


def _whole(path: Path, name: str, values: np.ndarray) -> tuple[int, ...]:
    if values.dtype.kind not in "iuf" or not (np.isfinite(values) & (values >= 1)).all():
        raise DamagedSample(
            f"{path} has other labels in {name} than numbers; 1, 2, ... are allowed"
        )
    if (values != np.round(values)).any():
        raise DamagedSample(
            f"{path} has labels in {name} that are not whole; 1, 2, ... are allowed"
        )
    return tuple(int(value) for value in values)
