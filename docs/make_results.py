"""Write a page for every study in a store, with its tables, its models and what it ran on.

Use: ``python docs/make_results.py STORE``. What is concluded from them stands in results/index.md,
which is written by hand.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lossproof.console.paper import compared_in, results_of
from lossproof.report.matrix import is_matrix, matrix
from lossproof.report.paper_tables import comparing
from lossproof.report.tables import Column, Table, table_of
from lossproof.studies.record import KeptStudy, load_all
from lossproof.training.card import Card, to_json
from lossproof.training.shelf import Shelf

FOLDER = Path(__file__).parent / "results"
PICTURES = FOLDER.parent / "pictures"
STUDIES = Path(__file__).parents[1] / "studies"
MADE = "<!-- Made by `python docs/make_results.py STORE`; do not edit. -->"
PRIVATE = ("host",)


def main(root: Path) -> None:
    for study in load_all(root):
        cards = {name: Shelf(root).card(model) for name, model in study.ids.items()}
        page = "\n".join(lines(study, cards, root))
        (FOLDER / f"{study.name}.md").write_text(page + "\n")
        if not cards:
            continue
        kept = {name: public(card) for name, card in cards.items()}
        text = json.dumps(kept, indent=1, allow_nan=False)
        (FOLDER / f"{study.name}_cards.json").write_text(text + "\n")


def lines(study: KeptStudy, cards: Mapping[str, Card], root: Path) -> Iterator[str]:
    yield from (MADE, "", f"# {study.title[0].upper()}{study.title[1:]}", "")
    yield from ("```", command(study) + precision(cards.values()), "```", "")
    yield from ran_on(list(cards.values()))
    for one in comparing(compared_in([study], root)):
        for part in one.parts() if one.ours else ():
            yield from ("", f"## {part.title}", "", *markdown(table_of(part.columns)))
    if (PICTURES / f"{study.name}.jpg").exists():
        yield from ("", "## Pictures", "", f"![{study.title}](../pictures/{study.name}.jpg)")
    if is_matrix(study):
        yield from ("", "## Every model at every level", "")
        yield from markdown(table_of(matrix(study, results_of([study], root))))
    if cards:
        yield from ("", "## Models", "", *markdown(table_of(models(study, cards))))
        name = f"{study.name}_cards.json"
        yield from ("", f"Their cards, with loss curves and versions: [{name}]({name}).")


def command(study: KeptStudy) -> str:
    """The line of the study file that says how it is run."""
    files = {"_".join(_place(file)): file for file in STUDIES.rglob("*.py")}
    file = files[study.name.partition("_first_")[0]]
    found = (line.strip() for line in file.read_text().splitlines())
    return next(line for line in found if line.startswith("lossproof study"))


def precision(cards: Iterable[Card]) -> str:
    """The option that says how the cards' networks were trained, where it is not as usual."""
    used = {card.machine["precision"] for card in cards} - {"no"}
    return "".join(f" --precision {name}" for name in sorted(used))


def _place(file: Path) -> tuple[str, ...]:
    return file.relative_to(STUDIES).with_suffix("").parts


def ran_on(cards: Sequence[Card]) -> Iterator[str]:
    if not cards:
        return
    machine = cards[0].machine
    minutes = sum(card.duration_seconds for card in cards) / 60
    used = {card.machine["precision"] for card in cards}
    partly = "partly " if len(used) > 1 else ""
    arithmetic = "".join(f", {partly}in {name}" for name in sorted(used - {"no"}))
    yield (
        f"Trained on {on_what(machine)}{arithmetic}: {minutes:.0f} minutes of training in all, "
        f"beside other work. {cards[-1].num_training} samples train and "
        f"{cards[-1].num_validation} validate."
    )


def on_what(machine: Mapping[str, Any]) -> str:
    """The machine of a card, and the versions that count."""
    packages = (f"{name} {machine['packages'][name]}" for name in ("torch", "imagecodecs", "av"))
    cores = f"{machine['device']} with {machine['num_cpus']} cores"
    return ", ".join((cores, f"Python {machine['python']}", *packages))


def models(study: KeptStudy, cards: Mapping[str, Card]) -> list[Column]:
    return [
        Column("model", False, list(cards)),
        Column("id", False, [study.ids[name] for name in cards]),
        Column("iterations", True, [str(card.laps[-1].step) for card in cards.values()]),
        Column("validation", False, [f"{c.score_name} {c.score:.3f}" for c in cards.values()]),
        Column("seconds", True, [f"{card.duration_seconds:.0f}" for card in cards.values()]),
    ]


def markdown(table: Table) -> Iterator[str]:
    yield "| " + " | ".join(table.headings) + " |"
    yield "| " + " | ".join("--:" if numeric else "---" for numeric in table.numeric) + " |"
    for line in table.lines:
        yield "| " + " | ".join(line) + " |"


def public(card: Card) -> dict[str, Any]:
    """A card without the name of the machine and where its data lay."""
    found = to_json(card)
    found["machine"] = {k: v for k, v in found["machine"].items() if k not in PRIVATE}
    layout = str(found["recipe"]["data"]).partition(":")[0]
    return {**found, "recipe": {**found["recipe"], "data": layout}}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
