"""What a report says, and the files that it writes."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from lossproof.console.answers import all_scored, name_failures, print_tables
from lossproof.console.folders import check_folder, wrote
from lossproof.console.messages import say
from lossproof.console.pictured import with_pictures
from lossproof.console.progress import bar
from lossproof.report.files import FORMATS, write_report
from lossproof.report.page.contents import Contents, contents_of
from lossproof.report.page.files import write_pages
from lossproof.report.page.markdown import to_markdown
from lossproof.report.page.page import to_html
from lossproof.tables import look_up


def show_report(store: Path, *, out: Path, pictures: int) -> None:
    """Print everything in a store as tables, and write the files. Raises ValueError for a store
    without results and an ``out`` that is a file or cannot be written."""
    if store.is_dir():
        check_folder(out)
    contents = _pictured(store, pictures)
    print_tables(contents.rows, elsewhere="results.csv")
    name_failures(failure for row in contents.rows for failure in row.failures)
    wrote(partial(_write, contents), out)


def report_text(store: Path, name: str, *, pictures: int) -> str:
    """One format of a report; the page has pictures.

    Raises ValueError for an unknown one and a store without results.
    """
    form = look_up(_FORMS, name, kind="format")
    return to_html(_pictured(store, pictures)) if name == "html" else form(store)


def _write(contents: Contents, folder: Path) -> list[Path]:
    return [*write_pages(contents, folder), *write_report(contents.rows, folder)]


def _contents(store: Path) -> Contents:
    with bar("intervals", patience=2.0) as progress:
        return contents_of(store, say=say, progress=progress)


def _pictured(store: Path, number: int) -> Contents:
    contents = _contents(store)
    with bar("drawing", patience=1.0) as progress:
        return with_pictures(contents, store, number=number, say=say, progress=progress)


_FORMS: Mapping[str, Callable[[Path], str]] = {
    "csv": lambda store: FORMATS["csv"](all_scored(store)),
    "json": lambda store: FORMATS["json"](all_scored(store)),
    "latex": lambda store: FORMATS["latex"](all_scored(store)),
    "html": lambda store: to_html(_contents(store)),
    "markdown": lambda store: to_markdown(_contents(store)),
}
