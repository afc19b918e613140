"""What a check of a dataset found, line by line."""

import math
from collections.abc import Iterator, Sequence

from lossproof.datasets import CheckReport, SplitReport
from lossproof.datasets.audit import Audit, Kind, warning
from lossproof.datasets.check import MissingSplit, SizeCount

_DAMAGED_SHOWN = 20
_SIZES_SHOWN = 6
_CLASSES_SHOWN = 12
_MISSING_JOINED = 3
_KINDS_SHOWN = 6
_BYTES_PER_MB = 1e6


def check_lines(report: CheckReport) -> Iterator[str]:
    """What a check found, line by line."""
    for split in report.splits:
        yield from _split_lines(split, report.classes)
    yield from _missing_lines(report.missing)
    if (report.missing or report.num_damaged) and not report.source.is_example:
        yield f"the whole of {report.dataset} is to be had from {report.source.url}"
        yield f"licence: {report.source.licence}"


def _missing_lines(missing: Sequence[MissingSplit]) -> Iterator[str]:
    """A line for each, or one for all that are missing for one reason where these are many."""
    by_reason: dict[str, list[MissingSplit]] = {}
    for one in missing:
        by_reason.setdefault(one.reason.replace(repr(one.split), ""), []).append(one)
    for alike in by_reason.values():
        first, *others = alike
        if len(alike) < _MISSING_JOINED:
            yield from (f"split {one.split} is missing: {one.reason}" for one in alike)
        else:
            names = ", ".join(one.split for one in others)
            yield f"split {first.split} is missing: {first.reason}; likewise {names}"


def _split_lines(split: SplitReport, classes: Sequence[str]) -> Iterator[str]:
    yield (
        f"split {split.split}: {split.num_listed} listed, {split.num_readable} readable, "
        f"{len(split.damaged)} damaged; {split.num_bytes / _BYTES_PER_MB:.1f} MB of media; "
        f"{_sizes(split.sizes)}"
    )
    yield from _content_lines(split, classes)
    if not split.can_be_scored:
        ignored = "every pixel is ignored" if split.tally.class_pixels else "nothing is labelled"
        yield f"  nothing in this split can be scored: {ignored}"
    yield from _audit_lines(split.audit)
    for failure in split.damaged[:_DAMAGED_SHOWN]:
        yield f"  damaged {failure.sample_id}: {failure.reason}"
    if len(split.damaged) > _DAMAGED_SHOWN:
        yield f"  and {len(split.damaged) - _DAMAGED_SHOWN} more damaged"


def _sizes(sizes: Sequence[SizeCount]) -> str:
    shown = [f"{num} of {size[0]}x{size[1]}" for size, num in sizes[:_SIZES_SHOWN]]
    others = sizes[_SIZES_SHOWN:]
    if others:
        shown.append(f"{sum(num for _, num in others)} of {len(others)} other sizes")
    return ", ".join(shown)


def _content_lines(split: SplitReport, classes: Sequence[str]) -> Iterator[str]:
    tally = split.tally
    if tally.class_pixels:
        shares = zip(classes, split.class_shares, strict=True)
        listed = ", ".join(f"{name} {100 * share:.1f}%" for name, share in shares)
        yield f"  pixels: {listed}, ignored {100 * split.ignored_share:.1f}%"
    if tally.depth_pixels:
        yield f"  depth: known for {100 * split.known_depth_share:.1f}% of pixels"
    if tally.class_instances:
        yield f"  instances: {_instances(tally.class_instances, classes)}"
    if tally.num_keypoints:
        yield f"  keypoints: {tally.num_keypoints} labelled"
    if split.num_frames > split.num_readable:
        known = not math.isnan(split.duration_seconds)
        duration = f", {split.duration_seconds:.1f} seconds" if known else ""
        yield f"  frames: {split.num_frames}{duration}"
    if split.num_groups:
        yield f"  groups: {split.num_groups}, resampled as wholes"


def _audit_lines(found: Audit) -> Iterator[str]:
    """How the files are coded, and a warning where they are not pristine."""
    if not found.kinds:
        return
    kinds = [_kind(kind) for kind in found.kinds[:_KINDS_SHOWN]]
    others = found.kinds[_KINDS_SHOWN:]
    if others:
        kinds.append(f"{sum(one.num_files for one in others)} of {len(others)} other kinds")
    some = "" if found.num_files == found.num_samples else f" ({found.num_files} looked at)"
    yield f"  files{some}: {'; '.join(kinds)}"
    if words := warning(found):
        yield f"  warning: {words}"


def _kind(kind: Kind) -> str:
    low, _, high = (f"{rate:.3g}" for rate in kind.rates)
    rates = low if low == high else f"{low} to {high}"
    return f"{kind.num_files} {kind.words}, {rates} bits/pixel"


def _instances(counts: Sequence[int], classes: Sequence[str]) -> str:
    """The most frequent classes, and how many there are."""
    frequent = sorted(zip(counts, classes, strict=True), key=lambda pair: -pair[0])
    present = [f"{name} {count}" for count, name in frequent if count]
    shown = present[:_CLASSES_SHOWN]
    if len(present) > len(shown):
        shown.append(f"and {len(present) - len(shown)} more classes")
    listed = f": {', '.join(shown)}" if shown else ""
    return f"{sum(counts)} in {len(present)} of {len(classes)} classes{listed}"
