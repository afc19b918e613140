"""Samples that were skipped while training or measuring."""

from collections.abc import Iterable
from pathlib import Path

from lossproof.console.answers import name_failures
from lossproof.console.messages import say
from lossproof.records import Cell
from lossproof.store import Store
from lossproof.training import Shelf


def all_is_there(models: Iterable[str], cells: Iterable[Cell], store: Path) -> bool:
    """Name every damaged sample that models were trained or validated without, or cells measured
    without, once; whether there is none."""
    cards = [Shelf(store).card(model) for model in models]
    damaged = {sample: reason for card in cards for sample, reason in card.damaged.items()}
    for sample, reason in damaged.items():
        say(f"training left out sample {sample}: {reason}")
    failures = [one for cell in cells for one in Store(store).get(cell).failures]
    name_failures(failures)
    return not damaged and not failures
