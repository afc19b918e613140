"""What a page is made of, and how it is gathered from a store."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossproof.records import Cell, Level, Result
from lossproof.report.breaking import Breaking, breaking
from lossproof.report.compared import Compared, compare
from lossproof.report.curves import Curve, curves, is_drawn
from lossproof.report.findings import Found, findings, sentence
from lossproof.report.kept import Kept
from lossproof.report.references import reference_warnings
from lossproof.report.rows import Progress, Row, no_progress, ordered, rows
from lossproof.report.summary import is_current
from lossproof.store import Store, no_results
from lossproof.studies.record import KeptStudy, load_all
from lossproof.tasks import Score
from lossproof.tasks.task import Colour
from lossproof.training import Shelf
from lossproof.training.card import Card

_MOST_RANKED = 12
"""Curves whose samples are ranked one by one, which takes longest of all."""


@dataclass(frozen=True)
class Finding:
    """The answer of one comparison: its sentence, and the safe levels that it rests on."""

    compared: Compared
    words: str
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG with what is written under it and what stands for it where it is not seen; and
    the task whose predictions are on it, if there are any."""

    caption: str
    alt: str
    data: bytes
    task: str = ""


@dataclass(frozen=True)
class View:
    """A sample through one codec and level with the prediction on it, as a JPEG.

    ``damage`` is what its own score loses there, NaN where that is not known; of the source, which
    has the level None, 0.
    """

    codec: str
    level: Level
    num_bytes: int
    damage: float
    jpeg: bytes


@dataclass(frozen=True)
class Broken:
    """A sample of the gallery: the source first, then its levels. ``score`` says how damage is
    read, and ``key`` what the colours of the drawings stand for where they do not say it."""

    sample: str
    model: str
    score: Score
    views: tuple[View, ...]
    key: Mapping[str, Colour] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """Where one number comes from: its cell, and what was noted when it was measured."""

    cell: Cell
    score: str
    num_samples: int
    noted: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The origins of all numbers, the studies, and the cards of the trained models."""

    origins: tuple[Origin, ...]
    studies: tuple[KeptStudy, ...]
    cards: tuple[Card, ...]
    store: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Everything that stands on a page.

    ``curves`` are all, also those of studies; ``left_out`` says of what is missing why;
    ``warnings`` say of which samples the reference is not pristine.
    """

    title: str
    findings: tuple[Finding, ...]
    compared: tuple[Compared, ...]
    curves: tuple[Curve, ...]
    rows: tuple[Row, ...]
    breaking: tuple[Breaking, ...]
    pictures: tuple[Picture, ...]
    gallery: tuple[Broken, ...]
    provenance: Provenance
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def other_curves(self) -> list[Curve]:
        """Those with several points of which a comparison does not hold every one."""
        held = {line.cell for one in self.compared for line in one.lines}
        return [
            one
            for one in self.curves
            if is_drawn(one) and not all(row.cell.hash in held for row in one.rows)
        ]


def _quiet(_: str) -> None:
    """For those who do not want to be told."""


def contents_of(
    store: Path,
    *,
    pictures: Sequence[Picture] = (),
    gallery: Sequence[Broken] = (),
    title: str | None = None,
    say: Callable[[str], None] = _quiet,
    progress: Progress = no_progress,
) -> Contents:
    """What a store's results and studies come to.

    Results that are damaged or were measured for an earlier version of a metric, and comparisons
    that lack one, are left out, told to ``say`` and named on the page. Raises ValueError for a
    store without results.
    """
    left_out: list[str] = []

    def leave_out(reason: str) -> None:
        left_out.append(reason)
        say(reason)

    results = ordered(_current(Store(store).results(damaged=leave_out), leave_out))
    if not results:
        raise ValueError(no_results(store))
    kept = Kept(store / "distributions")
    lines = rows(results, kept=kept, progress=progress)
    by_hash = {one.cell.hash: one for one in results}
    studies = load_all(store)
    compared = tuple(_compared(studies, by_hash, kept, leave_out))
    found = curves(lines, results, kept=kept)
    return Contents(
        title=title or f"What compression costs: {store.name}",
        findings=tuple(Finding(one, sentence(one), tuple(findings(one))) for one in compared),
        compared=compared,
        curves=tuple(found),
        rows=tuple(lines),
        breaking=tuple(_breaking(found, by_hash)),
        pictures=tuple(pictures),
        gallery=tuple(gallery),
        provenance=_provenance(store, lines, by_hash, studies),
        left_out=tuple(left_out),
        warnings=tuple(reference_warnings(lines, by_hash)),
    )


def _compared(
    studies: Sequence[KeptStudy],
    results: Mapping[str, Result],
    kept: Kept,
    leave_out: Callable[[str], None],
) -> Iterator[Compared]:
    for study in studies:
        for one in study.comparisons:
            try:
                yield compare(study, one, results, kept=kept)
            except ValueError as error:
                leave_out(f"left out {one.title}: {error}")


def _current(results: Iterable[Result], say: Callable[[str], None]) -> Iterator[Result]:
    for result in results:
        if is_current(result):
            yield result
        else:
            say(f"left out cell {result.cell.hash}: it was measured for {result.cell.metric}")


def _breaking(found: Sequence[Curve], results: Mapping[str, Result]) -> Iterator[Breaking]:
    drawn = [one for one in found if is_drawn(one) and one.rows[0].cell.level is not None]
    for curve in drawn[:_MOST_RANKED]:
        own = [results[row.cell.hash] for row in curve.rows]
        ranked = breaking(own, model=curve.model, samples=curve.samples)
        if ranked:
            yield ranked


def _provenance(
    store: Path, lines: Sequence[Row], results: Mapping[str, Result], studies: Sequence[KeptStudy]
) -> Provenance:
    noted = {name: one.provenance for name, one in results.items()}
    return Provenance(
        origins=tuple(
            Origin(row.cell, row.task.headline, row.num_samples, noted[row.cell.hash])
            for row in lines
        ),
        studies=tuple(studies),
        cards=tuple(_cards(store)),
        store=store.name,
    )


def _cards(store: Path) -> list[Card]:
    """Of the models that can be read; a damaged one is no reason to have no page."""
    shelf = Shelf(store)
    found = []
    for model in shelf.ids():
        try:
            found.append(shelf.card(model))
        except ValueError:
            continue
    return found
