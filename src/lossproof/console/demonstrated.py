"""The demo on the screen: what is happening, what is left, tables as they come, what was found."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lossproof.console.paper import compared_in, show_study
from lossproof.console.progress import Stages, bar
from lossproof.console.screen import console
from lossproof.console.studied import conditions
from lossproof.console.worlds import prepare
from lossproof.demo.studies import demo_studies, first_half
from lossproof.report.figures import save_as
from lossproof.report.findings import sentence
from lossproof.report.grids import grid
from lossproof.runs.look import DEFAULT_NUMBER, Look, look
from lossproof.runs.sweep import Machine, Sweep
from lossproof.studies import Study, run_study
from lossproof.studies.record import load
from lossproof.training import Shelf, in_full


@dataclass(frozen=True)
class Stage:
    """A part of the demo, and the seconds that it took."""

    name: str
    seconds: float


def run_demo(folder: Path, *, data: str, threads: int, device: str) -> list[Stage]:
    """All of the demo, in a store in ``folder``; what is there already is not done again.

    First every task before retraining, which is there soon, then after it.
    """
    studies = demo_studies(data)
    stages: list[Stage] = []
    for number, study in enumerate(studies, start=1):
        name = f"{study.task} (A)"
        with _timed(name, stages):
            prepare(data, task=study.task)
            _run(first_half(study), folder, f"{number} of 10", threads=threads, device=device)
        show_study(study.name, folder)
    for number, study in enumerate(studies, start=6):
        with _timed(f"{study.task} (B)", stages):
            _run(study, folder, f"{number} of 10", threads=threads, device=device)
        show_study(study.name, folder)
    return stages


def found(folder: Path, studies: Sequence[Study]) -> list[str]:
    """A sentence per task."""
    kept = [load(folder / "studies" / f"{study.name}.json") for study in studies]
    return [sentence(one) for one in compared_in(kept, folder)]


def show_demo(folder: Path, *, data: str, threads: int, device: str) -> None:
    """The figures and the page of a demo that was run, and in the end what was found."""
    studies = demo_studies(data)
    machine = Machine(threads, device)
    for number, study in enumerate(studies, start=1):
        path = folder / f"figure_{number}_{study.task}.png"
        save_as(grid(_looks(study, folder, machine)), path)
        print(f"wrote {path}")
    console().print("\nWhat was found, at 95% confidence:\n")
    for words in found(folder, studies):
        console().print(f"  {words}\n")


def _looks(study: Study, folder: Path, machine: Machine) -> list[Look]:
    """Two samples at every level, as the network of the zoo sees them."""
    first = first_half(study)
    (measured,) = first.measured
    wanted = Sweep(
        task=study.task,
        data=(study.data,),
        models=tuple(in_full(Shelf(folder), spec) for spec in first.models.values()),
        points=measured.points,
    )
    with bar(f"drawing {study.task}") as progress:
        looks = []
        for one in look(wanted, [], machine):
            looks.append(one)
            progress(len(looks), DEFAULT_NUMBER * len(measured.points))
    return looks


def _run(study: Study, folder: Path, place: str, *, threads: int, device: str) -> None:
    bars = Stages(before=f"[{place}] {study.task}: ")
    with contextlib.closing(bars), contextlib.redirect_stdout(sys.stderr):
        run_study(study, folder, conditions(bars, threads=threads, device=device))


@contextlib.contextmanager
def _timed(name: str, stages: list[Stage]) -> Iterator[None]:
    started = time.monotonic()
    yield
    stages.append(Stage(name, time.monotonic() - started))
