"""Write the page of what the demo finds: its sentences, its tables, and what it ran on.

Use: ``python docs/make_demo.py FOLDER``, where ``lossproof demo --out FOLDER`` was run.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from make_results import markdown, on_what

from lossproof.console.demonstrated import sentences
from lossproof.console.paper import compared_in
from lossproof.report.page.contents import contents_of
from lossproof.report.paper_tables import comparing
from lossproof.report.tables import table_of
from lossproof.studies.record import KeptStudy, load_all
from lossproof.training.shelf import Shelf

PAGE = Path(__file__).parent / "demo.md"
MADE = "<!-- Made by `python docs/make_demo.py FOLDER`; do not edit. -->"
INTRODUCTION = """# What the demo finds

`make demo` measures the five networks of [the zoo](zoo.md) at the paper's levels in the
[built-in world](tinytown.md), retrains each of them for every level in a few iterations, and
measures again. The world is drawn, the networks are small, the pictures few and the retraining
short: the numbers show what lossproof does, and are no guide to what other networks lose. Depth is
retrained for the absolute error and was trained for the relative one, so part of what comes back of
its RMSE is that. [Studies](results/index.md) have retraining of some length, on real pictures too.
Brackets hold 95% intervals."""


def main(folder: Path) -> None:
    PAGE.write_text("\n".join(lines(folder)) + "\n")


def lines(folder: Path) -> Iterator[str]:
    """The page of a folder in which the demo ran. Raises ValueError where it did not."""
    words = sentences(contents_of(folder))
    studies = load_all(folder)
    if not studies:
        raise ValueError(f"there is no demo in {folder}; lossproof demo --out {folder} makes one")
    yield from (MADE, "", INTRODUCTION, "", ran_on(studies, Shelf(folder)), "", "## In words", "")
    yield from (f"- {one}" for one in words)
    ordered = sorted(studies, key=lambda one: one.comparisons[0].table or 0)
    for table in comparing(compared_in(ordered, folder)):
        for part in table.parts() if table.ours else ():
            yield from ("", f"## {part.title}", "", *markdown(table_of(part.columns)))


def ran_on(studies: Sequence[KeptStudy], shelf: Shelf) -> str:
    """The machine, and how many networks were retrained there."""
    cards = [shelf.card(one) for study in studies for one in study.ids.values()]
    words = f"This page is of a run on {on_what(cards[0].machine)}; {len(cards)} networks were"
    return f"{words} retrained."


if __name__ == "__main__":
    main(Path(sys.argv[1]))
