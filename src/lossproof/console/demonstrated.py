"""The demo on the screen: what is happening, what is left, tables as they come, what was found."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.table import Table

from lossproof.atomic import write_bytes
from lossproof.console.messages import say
from lossproof.console.paper import show_study
from lossproof.console.pictured import with_pictures
from lossproof.console.progress import Stages, bar
from lossproof.console.screen import console
from lossproof.console.studied import conditions
from lossproof.console.worlds import prepare
from lossproof.demo.studies import QUICKEST, TITLES, demo_studies, first_half
from lossproof.report.page.contents import Contents, contents_of
from lossproof.report.page.files import write_pages
from lossproof.runs.sweep import Machine
from lossproof.studies import Study, run_study
from lossproof.studies.record import load_all, record_name
from lossproof.studies.study import limited

_TITLE = "What compression costs five small networks in tinytown"
_SHOWN = 3
"""Samples of each task in the gallery."""


@dataclass(frozen=True)
class Stage:
    """A part of the demo, and the seconds that it took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Show:
    """The demo in a folder: its store, its figures and its page.

    With a ``limit`` of samples and iterations it is a smoke run.
    """

    folder: Path
    data: str
    machine: Machine
    limit: int | None = None

    @property
    def studies(self) -> tuple[Study, ...]:
        whole = demo_studies(self.data)
        return whole if self.limit is None else tuple(limited(one, self.limit) for one in whole)


def run_demo(show: Show) -> Iterator[Stage]:
    """All of the demo, part after part; what is there already is not done again.

    First every task before retraining, the quickest one first so that there is a table soon, then
    after it; last the figures, the page and what was found.
    """
    soon = sorted(show.studies, key=lambda one: one.task != QUICKEST)
    parts = [
        *((f"{one.task}, before", partial(_before, show, one)) for one in soon),
        *((f"{one.task}, retrained", partial(_after, show, one)) for one in show.studies),
        ("figures and page", partial(_show_all, show)),
    ]
    for number, (name, part) in enumerate(parts, start=1):
        started = time.monotonic()
        part(f"[{number} of {len(parts)}]")
        yield Stage(name, time.monotonic() - started)


def show_stages(stages: Sequence[Stage]) -> None:
    """A line for each part with what it took."""
    table = Table("part", "seconds", box=None, pad_edge=False)
    for stage in stages:
        table.add_row(stage.name, f"{stage.seconds:.0f}")
    table.add_row("all", f"{sum(stage.seconds for stage in stages):.0f}")
    console().print(table)


def _before(show: Show, study: Study, place: str) -> None:
    say(f"{place} {TITLES[study.task]}, at every level")
    prepare(show.data, task=study.task)
    # What was seen to its end is shown whole again, and its record not made less.
    _run(study if _is_whole(study, show.folder) else first_half(study), show, place)


def _after(show: Show, study: Study, place: str) -> None:
    say(f"{place} {TITLES[study.task]}, retrained for each level")
    _run(study, show, place)


def _is_whole(study: Study, folder: Path) -> bool:
    kept = (one for one in load_all(folder) if one.name == record_name(study))
    return any(comparison.after for one in kept for comparison in one.comparisons)


def _run(study: Study, show: Show, place: str) -> None:
    bars = Stages(before=f"{place} {study.task}: ")
    doing = conditions(bars, threads=show.machine.threads, device=show.machine.device)
    with contextlib.closing(bars), contextlib.redirect_stdout(sys.stderr):
        kept = run_study(study, show.folder, doing)
    show_study(kept.name, show.folder)


def _show_all(show: Show, place: str) -> None:
    contents = _contents(show, place)
    page, *_ = write_pages(contents, show.folder)
    _write_figures(contents, show)
    console().print("\nWhat was found, at 95% confidence:\n")
    for words in sentences(contents):
        console().print(f"  {words}\n", highlight=False)
    console().print(f"The page of it all: {page}", soft_wrap=True, highlight=False)


def _write_figures(contents: Contents, show: Show) -> None:
    """Of the demo's own tasks; other sweeps may be in its store."""
    numbers = {one.task: one.comparisons[0].table for one in show.studies}
    for picture in contents.pictures:
        if picture.task in numbers:
            path = show.folder / f"figure_{numbers[picture.task]}_{picture.task}.png"
            write_bytes(path, picture.data)


def _contents(show: Show, place: str) -> Contents:
    with bar(f"{place} intervals") as progress:
        contents = contents_of(show.folder, title=_TITLE, say=say, progress=progress)
    with bar(f"{place} drawing") as progress:
        return with_pictures(contents, show.folder, number=_SHOWN, say=say, progress=progress)


def sentences(contents: Contents) -> list[str]:
    """A sentence per task, in the order of the paper's tables."""
    ordered = sorted(contents.findings, key=lambda one: one.compared.comparison.table or 0)
    return [one.words for one in ordered]
