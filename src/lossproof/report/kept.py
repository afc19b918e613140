"""Bootstrap distributions kept beside a store's cells, so that a second look computes nothing."""

import contextlib
import hashlib
import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from lossproof.analysis import bootstrap
from lossproof.analysis.bootstrap import Draws
from lossproof.atomic import write_bytes
from lossproof.records import Result

Distributions = Mapping[str, Draws]
# Changed when the same statistics and draws would give other distributions.
_VERSION = "distributions-4"
_DAMAGED = (OSError, ValueError, EOFError, KeyError, RuntimeError, BadZipFile, zlib.error)
"""What reading a file ends with of which bytes are missing or wrong."""


@dataclass(frozen=True)
class Kept:
    """A folder of distributions, one file per result; what cannot be kept is computed again.

    A file is called after all that decides it: the cell, the samples measured of it, and how
    resamples are drawn. ``made`` holds what was made of single results while this lasts.
    """

    folder: Path
    made: dict[int, Any] = field(default_factory=dict, repr=False, compare=False)

    def get(self, result: Result) -> Distributions | None:
        """The distributions of a result; None where they are not there or damaged."""
        try:
            data = io.BytesIO(self._path(result).read_bytes())
            with np.load(data, allow_pickle=False) as stored:
                return dict(zip(stored["names"].tolist(), stored["values"], strict=True))
        except _DAMAGED:
            return None

    def put(self, result: Result, distributions: Distributions) -> None:
        """Keep them; a folder that cannot be written keeps nothing."""
        buffer = io.BytesIO()
        # One array of all: a file of many is slow to read.
        names, values = list(distributions), np.stack(list(distributions.values()))
        np.savez_compressed(buffer, names=np.array(names), values=values)
        with contextlib.suppress(OSError):
            write_bytes(self._path(result), buffer.getvalue())

    def _path(self, result: Result) -> Path:
        decisive = [_VERSION, bootstrap.NUM_RESAMPLES, result.cell.hash, *result.sample_ids]
        name = hashlib.blake2b(json.dumps(decisive).encode(), digest_size=16).hexdigest()
        return self.folder / f"{name}.npz"
