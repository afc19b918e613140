"""The pictures of a report, drawn anew where data and models are still there."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from lossproof.codecs import make_codec
from lossproof.records import Cell, Level
from lossproof.report.breaking import Breaking
from lossproof.report.curves import Curve, is_drawn
from lossproof.report.grids import grid
from lossproof.report.page.contents import Broken, Contents, Origin, Picture
from lossproof.report.page.gallery import broken_from
from lossproof.report.page.redo import with_settings
from lossproof.report.rows import Progress, Row
from lossproof.runs.look import DEFAULT_NUMBER, look_at
from lossproof.runs.sweep import Machine, Point, Work
from lossproof.runs.workbench import Workbench, cells, open_workbench
from lossproof.tasks import Look
from lossproof.training import Shelf, in_full

_MOST_CURVES = 6
_NOT_THERE = (ValueError, ImportError, OSError, RuntimeError)
"""What opening data and models ends with that have been moved, changed or removed."""


def with_pictures(
    contents: Contents,
    store: Path,
    *,
    number: int,
    say: Callable[[str], None],
    progress: Progress,
) -> Contents:
    """The contents with a figure of the first samples and a gallery of the ``number`` that lose
    most, for the first curve of every set of samples, up to six.

    A curve whose data or model cannot be opened any more, or are others now, has none, and ``say``
    is told why. Raises ValueError for a number below 0.
    """
    if number < 0:
        raise ValueError(f"--pictures is {number}; 0 or more are allowed")
    chosen = _first_curves(contents.curves)[:_MOST_CURVES] if number else []
    pictures: list[Picture] = []
    gallery: list[Broken] = []
    for done, curve in enumerate(chosen):
        progress(done, len(chosen))
        try:
            first, worst = _looks(contents, curve, store.absolute(), number)
        except _NOT_THERE as error:
            say(f"no pictures of {curve.model} on {curve.samples}: {' '.join(str(error).split())}")
            continue
        pictures.append(_figure(curve, first))
        broken = broken_from(worst, _damages(contents.breaking, curve), score=curve.score)
        gallery += [replace(one, model=curve.model) for one in broken]
    progress(len(chosen), len(chosen))
    return replace(contents, pictures=tuple(pictures), gallery=tuple(gallery))


def _first_curves(curves: Sequence[Curve]) -> list[Curve]:
    found: dict[str, Curve] = {}
    for curve in curves:
        if is_drawn(curve) and curve.rows[0].cell.level is not None:
            found.setdefault(f"{curve.rows[0].cell.task} {curve.samples}", curve)
    return list(found.values())


class _Looks(NamedTuple):
    """Of the first samples, and of those that lose most."""

    first: list[Look]
    worst: list[Look]


def _looks(contents: Contents, curve: Curve, store: Path, number: int) -> _Looks:
    """Raises ValueError where data or model are not there or others now."""
    origin = _origin(contents.provenance.origins, curve.rows[0])
    folder = Path(origin.noted.get("folder") or ".")
    if not folder.is_dir():
        raise ValueError(f"the folder {folder}, from which it was measured, is not there")
    with contextlib.chdir(folder), contextlib.redirect_stdout(sys.stderr):
        bench = _bench(curve, origin, store)
        first = [sample.id for sample in bench.samples[:DEFAULT_NUMBER]]
        worst = _worst(contents.breaking, curve, number)
        return _Looks(list(look_at(bench, first)), list(look_at(bench, worst)) if worst else [])


def _origin(origins: Sequence[Origin], row: Row) -> Origin:
    return next(one for one in origins if one.cell == row.cell)


def _bench(curve: Curve, origin: Origin, store: Path) -> Workbench:
    """Data and model as they were measured. Raises ValueError where they are others now."""
    cell, noted = origin.cell, origin.noted
    if not noted.get("data") or not noted.get("model"):
        raise ValueError("where its data and model are was not noted")
    work = Work(
        task=with_settings(cell.task, cell.metric_settings),
        data=noted["data"],
        models=(in_full(Shelf(store), noted["model"]),),
        points=tuple(_points(curve)),
        split=cell.split,
        limit=cell.limit,
        seed=cell.seed,
        labels=cell.labels,
    )
    bench = open_workbench(work, Machine(os.cpu_count() or 1))
    now = next(iter(cells(work, bench).values()))
    for name in ("fingerprint", "weights"):
        if getattr(now, name) != getattr(cell, name):
            what = {"fingerprint": "data", "weights": "model"}[name]
            raise ValueError(f"the {what} is another now than when it was measured")
    return bench


def _points(curve: Curve) -> Iterator[Point]:
    size = curve.rows[0].frame_size
    yield Point(make_codec("source"), size)
    for row in curve.rows:
        yield Point(_codec(row.cell), size)


def _codec(cell: Cell) -> Any:
    return make_codec(cell.codec, cell.level, **cell.settings)


def _worst(known: Sequence[Breaking], curve: Curve, number: int) -> list[str]:
    found = _breaking(known, curve)
    return [sample for sample, _ in found.damages[:number]] if found else []


def _damages(known: Sequence[Breaking], curve: Curve) -> Mapping[tuple[str, Level], float]:
    """At the best level nothing is lost: the others are held against it."""
    found = _breaking(known, curve)
    if found is None:
        return {}
    best = curve.rows[0].cell.level
    lost = {(name, level): one for name, levels in found.damages for level, one in levels.items()}
    return {(name, best): 0.0 for name, _ in found.damages} | lost


def _breaking(known: Sequence[Breaking], curve: Curve) -> Breaking | None:
    cell = curve.rows[0].cell
    levels = tuple(row.cell.level for row in curve.rows[1:])
    return next(
        (
            one
            for one in known
            if (one.model, one.codec, one.samples, one.levels)
            == (curve.model, cell.codec, curve.samples, levels)
        ),
        None,
    )


def _figure(curve: Curve, looks: Sequence[Look]) -> Picture:
    buffer = io.BytesIO()
    grid(looks).savefig(buffer, format="png", dpi=80)
    caption = (
        f"The first samples of {curve.samples} through every level, as {curve.model} sees them"
    )
    return Picture(caption, caption, buffer.getvalue(), curve.rows[0].cell.task)
