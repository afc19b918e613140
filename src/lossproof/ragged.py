"""Rows of several samples end to end, where each sample has its own number of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64, Shaped


@dataclass(frozen=True)
class Ragged:
    """``values`` (total, ...) and the number of rows of each sample, ``counts`` (N,)."""

    values: Shaped[np.ndarray, "total ..."]
    counts: Int64[np.ndarray, " n"]

    def __post_init__(self) -> None:
        if self.counts.sum() != len(self.values):
            raise ValueError(f"counts sum to {self.counts.sum()}; {len(self.values)} is allowed")

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.counts)

    @property
    def owner(self) -> Int64[np.ndarray, " total"]:
        """The place of the sample that each row belongs to."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def take(self, kept: Bool[np.ndarray, " n"]) -> "Ragged":
        """The samples where ``kept`` is true."""
        return Ragged(self.values[np.repeat(kept, self.counts)], self.counts[kept])

    def at(self, places: Int64[np.ndarray, " m"]) -> "Ragged":
        """The samples at these places, in their order; one may come several times."""
        ends = np.cumsum(self.counts)
        counts = self.counts[places]
        first = (ends - self.counts)[places]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Ragged(self.values[np.repeat(first, counts) + within], counts)

    @staticmethod
    def of(rows: Shaped[np.ndarray, "total ..."]) -> "Ragged":
        """The rows of one sample."""
        return Ragged(rows, np.array([len(rows)], np.int64))

    @staticmethod
    def join(parts: "Sequence[Ragged]") -> "Ragged":
        """Those of several, in their order. Raises ValueError when there is none."""
        if not parts:
            raise ValueError("nothing to join; 1 or more are allowed")
        values = np.concatenate([part.values for part in parts])
        return Ragged(values, np.concatenate([part.counts for part in parts]))
