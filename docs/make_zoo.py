"""Put the networks of a store into the package, and write the page that tells of them.

Use: ``python docs/make_zoo.py STORE``, where the studies of ``studies/zoo/`` were run; ``make zoo``
does both.
"""

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from make_results import markdown, public, ran_on

from lossproof.console.paper import results_of
from lossproof.models.zoo import ZOO, ZooModel, card_file, weights_file
from lossproof.records import Result
from lossproof.report.rows import Row, ordered, rows
from lossproof.report.tables import columns_of, table_of
from lossproof.studies.record import KeptStudy, load
from lossproof.training.card import Card
from lossproof.training.shelf import Shelf

PAGE = Path(__file__).parent / "zoo.md"
MADE = "<!-- Made by `make zoo`; do not edit. -->"
INTRODUCTION = """# The zoo

Five small networks come with lossproof, trained on the [built-in world](tinytown.md) by the recipes
of [training](training.md). They show the whole of lossproof without data of one's own; they are
small, the world is drawn, and what they lose is no guide to what other networks lose. `make zoo`
trains them again; what is on this page took {minutes} minutes. Scores are of the test split:
streets, people and camera paths that were not trained on, with 95% intervals in brackets. The aims
below each table are for the reference level, JPEG 95 or H.264 CRF 23."""


class Aim(NamedTuple):
    """What a network's score was to be, at least or, of an error, at most."""

    score: str
    value: float


AIMS: Mapping[str, tuple[Aim, ...]] = {
    "segnet_tinytown": (Aim("miou", 0.65),),
    "depth_gan_tinytown": (Aim("abs_rel", 0.12),),
    "faster_rcnn_mobilenet_v3_tinytown": (Aim("ap50", 0.60),),
    "openpose_tinytown": (Aim("oks_ap", 0.50),),
    "two_stream_tinytown": (Aim("top1_fusion", 0.85), Aim("top1_motion", 0.60)),
}


def main(root: Path) -> None:
    studies = {one: load(root / "studies" / f"zoo_{ZOO[one].arch}.json") for one in ZOO}
    lines = [MADE, "", INTRODUCTION.format(minutes=minutes(studies.values(), Shelf(root)))]
    for name, study in studies.items():
        model = ZOO[name]
        put(model, study, Shelf(root))
        lines += section(model, study, Shelf(root), results_of([study], root))
    PAGE.write_text("\n".join(lines) + "\n")


def minutes(studies: Iterable[KeptStudy], shelf: Shelf) -> int:
    """Of all trainings after one another."""
    cards = (shelf.card(one) for study in studies for one in study.ids.values())
    return round(sum(card.duration_seconds for card in cards) / 60)


def put(model: ZooModel, study: KeptStudy, shelf: Shelf) -> None:
    """Copy the weights and the cards of a model's parts, in the order of the study's trainings."""
    cards = [shelf.card(one) for one in study.ids.values()]
    for file, card in zip(model.files, last_of(cards), strict=True):
        shutil.copyfile(shelf.weights(card.id), weights_file(file))
        text = json.dumps(public(card), indent=1, allow_nan=False)
        card_file(file).write_text(text + "\n")


def last_of(cards: Sequence[Card]) -> list[Card]:
    """Those that no other training went on from."""
    begun = {card.parent for card in cards}
    return [card for card in cards if card.id not in begun]


def section(
    model: ZooModel, study: KeptStudy, shelf: Shelf, results: dict[str, Result]
) -> Iterator[str]:
    cards = [shelf.card(one) for one in study.ids.values()]
    size = sum(weights_file(file).stat().st_size for file in model.files) / 1e6
    yield from ("", f"## {model.name}", "")
    settings = (f"{key}={value}" for key, value in model.settings.items())
    chosen = "".join(f", with {one} unless told otherwise" for one in settings)
    yield from (f"`--model {model.name}`: {model.arch}, {model.task}, {size:.1f} MB{chosen}.", "")
    yield from ran_on(cards)
    found = rows(ordered(results.values()))
    yield from ("", *markdown(table_of(columns_of(found))), "")
    (reference,) = (row for row in found if row.cell.level is not None)
    yield from (aimed(aim, reference) for aim in AIMS[model.name])


def aimed(aim: Aim, row: Row) -> str:
    """A line that says what was asked and whether it was reached."""
    score, reached = row.task.score(aim.score), row.scores[aim.score]
    bound = "at least" if score.higher_is_better else "at most"
    met = reached >= aim.value if score.higher_is_better else reached <= aim.value
    asked, found = (f"{value * score.shown:.4g}" for value in (aim.value, reached))
    return f"- {score.heading} was to be {bound} {asked}: {found}, {'met' if met else 'missed'}."


if __name__ == "__main__":
    main(Path(sys.argv[1]))
