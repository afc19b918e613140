"""Reading everything a dataset has once, to say what is there and what is damaged."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

from lossproof.datasets.audit import NOTHING_AUDITED, Audit, audit
from lossproof.datasets.dataset import Dataset, Source
from lossproof.datasets.tallies import Tally, tally_of, total
from lossproof.records import DamagedSample, Failure, FrameSize, Sample

Progress = Callable[[str, int, int], None]
"""Called with split, samples done, samples in the split; always in the caller's thread."""


class SizeCount(NamedTuple):
    """How many samples have a frame size."""

    frame_size: FrameSize
    num_samples: int


class MissingSplit(NamedTuple):
    """A split that cannot be listed, and why."""

    split: str
    reason: str


@dataclass(frozen=True)
class SplitReport:
    """What one split holds; all but ``num_listed`` and ``damaged`` is of what can be read.

    ``sizes`` has the most frequent size first. ``num_bytes`` are those of the media.
    ``duration_seconds`` is NaN for pictures. ``num_groups`` is 0 where samples stand for
    themselves. ``tally`` counts the targets, ``audit`` says how some of the files are coded.
    """

    split: str
    num_listed: int
    damaged: tuple[Failure, ...]
    sizes: tuple[SizeCount, ...]
    num_bytes: int
    num_frames: int
    duration_seconds: float
    num_groups: int
    tally: Tally
    audit: Audit = NOTHING_AUDITED

    @property
    def num_readable(self) -> int:
        return self.num_listed - len(self.damaged)

    @property
    def class_shares(self) -> tuple[float, ...]:
        """The share of each class in all pixels, the ignored included; NaN without pixels."""
        return tuple(self._share(count) for count in self.tally.class_pixels)

    @property
    def ignored_share(self) -> float:
        return self._share(self.tally.ignored_pixels)

    @property
    def known_depth_share(self) -> float:
        """The share of pixels with a depth; NaN where there is no depth map."""
        pixels = self.tally.depth_pixels
        return self.tally.known_depth_pixels / pixels if pixels else math.nan

    @property
    def can_be_scored(self) -> bool:
        """False where no target says anything, as where a benchmark keeps its labels to itself."""
        tally = self.tally
        counts = (*tally.class_pixels, *tally.class_instances, tally.known_depth_pixels)
        return self.num_readable > 0 and sum(counts) > 0

    def _share(self, count: int) -> float:
        num_pixels = sum(self.tally.class_pixels) + self.tally.ignored_pixels
        return count / num_pixels if num_pixels else math.nan


@dataclass(frozen=True)
class CheckReport:
    """The state of a dataset on this disk, and where a person gets it."""

    dataset: str
    classes: tuple[str, ...]
    splits: tuple[SplitReport, ...]
    missing: tuple[MissingSplit, ...]
    source: Source
    default_split: str = ""

    @property
    def default_missing(self) -> bool:
        """Whether the split that a sweep takes when none is named cannot be listed."""
        return any(one.split == self.default_split for one in self.missing)

    @property
    def num_damaged(self) -> int:
        return sum(len(report.damaged) for report in self.splits)


class _Finding(NamedTuple):
    """What reading one sample gave; ``damage`` is None for a sound one."""

    damage: str | None
    frame_size: FrameSize = (0, 0)
    num_bytes: int = 0
    num_frames: int = 0
    duration_seconds: float = math.nan
    tally: Tally = Tally()


def check(dataset: Dataset, *, progress: Progress | None = None) -> CheckReport:
    """Read every sample of every split, in threads.

    Damaged samples and missing splits are reported, not raised.
    """
    reports, missing = [], []
    for split in dataset.splits:
        try:
            samples = dataset.samples(split)
        except ValueError as error:
            missing.append(MissingSplit(split, str(error)))
        else:
            reports.append(_check_split(dataset, split, samples, progress))
    return CheckReport(
        dataset=dataset.name,
        classes=dataset.classes,
        splits=tuple(reports),
        missing=tuple(missing),
        source=dataset.source,
        default_split=dataset.default_split,
    )


def _check_split(
    dataset: Dataset, split: str, samples: Sequence[Sample], progress: Progress | None
) -> SplitReport:
    findings = []
    with ThreadPoolExecutor() as pool:
        for finding in pool.map(lambda sample: _inspect(dataset, sample), samples):
            findings.append(finding)
            if progress:
                progress(split, len(findings), len(samples))
    return replace(_summary(split, samples, findings), audit=audit(samples))


def _inspect(dataset: Dataset, sample: Sample) -> _Finding:
    try:
        media = dataset.read_media(sample)
        target = dataset.read_target(sample)
    except DamagedSample as error:
        return _Finding(damage=str(error))
    *times, height, width, _ = media.frames.shape
    num_frames = times[0] if times else 1
    duration = media.duration_seconds
    return _Finding(None, (width, height), media.num_bytes, num_frames, duration, tally_of(target))


def _summary(split: str, samples: Sequence[Sample], findings: Sequence[_Finding]) -> SplitReport:
    sound = [finding for finding in findings if finding.damage is None]
    sizes = Counter(finding.frame_size for finding in sound).most_common()
    return SplitReport(
        split=split,
        num_listed=len(samples),
        damaged=tuple(
            Failure(index, sample.id, finding.damage)
            for index, (sample, finding) in enumerate(zip(samples, findings, strict=True))
            if finding.damage is not None
        ),
        sizes=tuple(SizeCount(size, count) for size, count in sizes),
        num_bytes=sum(finding.num_bytes for finding in sound),
        num_frames=sum(finding.num_frames for finding in sound),
        duration_seconds=_sum_of_known(finding.duration_seconds for finding in sound),
        num_groups=len({sample.group for sample in samples if sample.group}),
        tally=total(finding.tally for finding in sound),
    )


def _sum_of_known(values: Iterable[float]) -> float:
    """NaN where nothing is known."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) if known else math.nan
