"""How good the reference itself is: whether a dataset's own files are pristine, or coded before.

Bits and losses measured on files that were lossy already are those of coding them again.
"""

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from lossproof.atomic import write_bytes
from lossproof.datasets.coding import Coding, read_coding
from lossproof.digests import cache_folder
from lossproof.records import DamagedSample, Sample

MOST_FILES = 50
"""Files that are looked at, evenly spaced over the samples."""
_KINDS_NAMED = 3
_VERSION = "audit-1"


class Rates(NamedTuple):
    """Bits per pixel: the lowest, the median, and the highest."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Kind:
    """Files that are coded alike, how many they are, and their rates."""

    format: str
    lossless: bool
    setting: str
    trace: str
    num_files: int
    rates: Rates

    @property
    def pristine(self) -> bool:
        return self.lossless and not self.trace

    @property
    def words(self) -> str:
        """``JPEG, quality 96, 4:2:0``, ``PNG with traces of JPEG of about quality 75``."""
        named = ", ".join(filter(None, [self.format, self.setting]))
        return f"{named} with traces of {self.trace}" if self.trace else named


@dataclass(frozen=True)
class Audit:
    """The kinds of a dataset's files, the most frequent first; of ``num_samples`` some were looked
    at, of which ``num_unreadable`` could not be."""

    num_samples: int
    num_unreadable: int
    kinds: tuple[Kind, ...]

    @property
    def num_files(self) -> int:
        """Those that could be read."""
        return sum(kind.num_files for kind in self.kinds)

    @property
    def num_lossy(self) -> int:
        return sum(kind.num_files for kind in self.kinds if not kind.pristine)

    def as_dict(self) -> dict[str, Any]:
        """A form that JSON can hold; ``from_dict`` is its inverse."""
        found = asdict(self)
        found["kinds"] = [
            {**asdict(kind), "rates": [_or_none(one) for one in kind.rates]} for kind in self.kinds
        ]
        return found

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> "Audit":
        """Raises KeyError or TypeError for another form."""
        kinds = tuple(
            Kind(**{**one, "rates": Rates(*map(_or_nan, one["rates"]))}) for one in fields["kinds"]
        )
        return Audit(fields["num_samples"], fields["num_unreadable"], kinds)


NOTHING_AUDITED = Audit(0, 0, ())


def audit(samples: Sequence[Sample], *, most: int = MOST_FILES) -> Audit:
    """Look at up to ``most`` files, evenly spaced, in threads; the same ones every time.

    Files that cannot be read are counted, not raised.
    """
    places = np.unique(np.linspace(0, len(samples) - 1, min(most, len(samples))).round())
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(_coding, (samples[int(place)] for place in places)))
    known = [one for one in found if one is not None]
    alike: dict[tuple[str, bool, str, str], list[float]] = {}
    for one in known:
        key = (one.format, one.lossless, one.setting, one.trace)
        alike.setdefault(key, []).append(one.bits_per_pixel)
    kinds = [Kind(*key, len(rates), _rates(rates)) for key, rates in alike.items()]
    kinds.sort(key=lambda kind: (-kind.num_files, kind.words))
    return Audit(len(samples), len(found) - len(known), tuple(kinds))


def kept_audit(samples: Sequence[Sample], *, content: str) -> Audit:
    """As ``audit``, looked up in the cache by the samples' ``content``, their fingerprint, where
    they were audited before."""
    path = cache_folder() / "audits" / f"{_VERSION}-{content}.json"
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        return Audit.from_dict(json.loads(path.read_bytes()))
    found = audit(samples)
    with contextlib.suppress(OSError):
        write_bytes(path, json.dumps(found.as_dict()).encode())
    return found


def warning(found: Audit) -> str:
    """One sentence where the reference is not pristine; empty where nothing says so."""
    if not found.num_lossy:
        return ""
    lossy = [kind for kind in found.kinds if not kind.pristine]
    named = "; ".join(kind.words for kind in lossy[:_KINDS_NAMED])
    if len(lossy) > _KINDS_NAMED:
        named += f"; and {len(lossy) - _KINDS_NAMED} more kinds"
    every = found.num_lossy == found.num_files
    how_many = "all" if every else f"{found.num_lossy} of"
    return (
        f"the reference is not pristine: {how_many} {found.num_files} files looked at were "
        f"coded with loss before ({named}); bits and losses here are those of coding them again"
    )


def _coding(sample: Sample) -> Coding | None:
    try:
        return read_coding(sample)
    except DamagedSample:
        return None


def _rates(rates: Sequence[float]) -> Rates:
    low, median, high = np.quantile(rates, [0, 0.5, 1])
    return Rates(float(low), float(median), float(high))


def _or_none(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
