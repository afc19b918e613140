"""What a study or a report of studies says."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lossproof.console.answers import current
from lossproof.console.folders import check_folder, wrote
from lossproof.console.messages import say
from lossproof.console.progress import bar
from lossproof.console.screen import console, fitting
from lossproof.records import Result
from lossproof.report.compared import Compared, compare
from lossproof.report.kept import Kept
from lossproof.report.matrix import is_matrix, matrix
from lossproof.report.paper_files import FORMATS, write_paper
from lossproof.report.paper_tables import Part, comparing
from lossproof.store import Store
from lossproof.studies.record import KeptStudy, load, load_all
from lossproof.tables import look_up


def show_paper(store: Path, *, format: str | None, out: Path) -> None:
    """Print the paper's tables beside the store's, or one format of them; without it, write all.

    Raises ValueError for an unknown format, a store that is not there and an ``out`` that is a
    file.
    """
    form = None if format is None else look_up(FORMATS, format, kind="format")
    if not store.is_dir():
        raise ValueError(f"there is no store {store}; lossproof study FILE.py --store {store}")
    if form is None:
        check_folder(out)
    studies = load_all(store)
    tables = comparing(compared_in(studies, store))
    if form:
        print(form(tables), end="")
        return
    if not studies:
        say(f"{store} has no studies: these are the paper's numbers alone")
    _print(part for table in tables for part in table.parts())
    wrote(lambda folder: write_paper(tables, folder), out)


def show_study(name: str, store: Path) -> None:
    """Print the tables of one study that was run. Raises ValueError."""
    study = load(store / "studies" / f"{name}.json")
    for model, weights in study.ids.items():
        say(f"{model} is {weights}")
    compared = compared_in([study], store)
    _print(part for table in comparing(compared) for part in table.own_parts())
    if is_matrix(study):
        columns = matrix(study, results_of([study], store))
        title = f"{study.title}: every model at every level; 95% intervals in brackets"
        console().print(fitting(columns, title=title, elsewhere="lossproof report"))


def results_of(studies: Sequence[KeptStudy], store: Path) -> dict[str, Result]:
    """What a store has of studies, by the hashes of the cells."""
    wanted = {cell for study in studies for cells in study.cells.values() for cell in cells}
    found = {one.cell.hash: one for one in current(Store(store).results(damaged=say))}
    return {cell: result for cell, result in found.items() if cell in wanted}


def compared_in(studies: Sequence[KeptStudy], store: Path) -> list[Compared]:
    """Every comparison of studies. Raises ValueError where a result is missing."""
    results, kept = results_of(studies, store), Kept(store / "distributions")
    pairs = [(study, one) for study in studies for one in study.comparisons]
    compared = []
    with bar("intervals", patience=2.0) as progress:
        for study, one in pairs:
            compared.append(compare(study, one, results, kept=kept))
            progress(len(compared), len(pairs))
    return compared


def _print(parts: Iterable[Part]) -> None:
    for part in parts:
        console().print(fitting(part.columns, title=part.title, elsewhere="--format csv"))
