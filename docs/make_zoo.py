"""Put the networks of a store into the package, and write the page that tells of them.

Use: ``python docs/make_zoo.py STORE``, where the studies of ``studies/zoo/`` were run; ``make zoo``
does both.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from make_results import markdown, public, ran_on

from lossproof.console.paper import results_of
from lossproof.models.zoo import ZOO, ZooModel, card_file, weights_file
from lossproof.records import Result
from lossproof.report.rows import rows
from lossproof.report.tables import columns_of, table_of
from lossproof.studies.record import Kept, load
from lossproof.training.shelf import Shelf

PAGE = Path(__file__).parent / "zoo.md"
MADE = "<!-- Made by `make zoo`; do not edit. -->"
INTRODUCTION = """# The zoo

Five small networks come with lossproof, trained on the [built-in world](tinytown.md) by the recipes
of [training](training.md). They show the whole of lossproof without data of one's own; they are
small, the world is drawn, and what they lose is no guide to what other networks lose. `make zoo`
trains them again, in about two hours on two cores. Scores are of the test split: streets, people
and camera paths that were not trained on, with 95% intervals in brackets.

Segmentation, detection and motion are good enough to mean something. Depth (Abs Rel was to be
0.12), the fusion of the streams (85%) and above all poses (AP 50%) are not there yet: OpenPose was
still getting better when its rate was lowered, the depth network knows what is far better than what
is near, and the spatial stream knows its training streets and not the people in them."""


def main(root: Path) -> None:
    lines = [MADE, "", INTRODUCTION]
    for model in ZOO.values():
        study = load(root / "studies" / f"zoo_{model.arch}.json")
        put(model, study, Shelf(root))
        lines += section(model, study, Shelf(root), results_of([study], root))
    PAGE.write_text("\n".join(lines) + "\n")


def put(model: ZooModel, study: Kept, shelf: Shelf) -> None:
    """Copy the weights and the cards of a model's parts, in the order of the study's trainings."""
    for file, trained in zip(model.files, study.ids.values(), strict=True):
        shutil.copyfile(shelf.weights(trained), weights_file(file))
        text = json.dumps(public(shelf.card(trained)), indent=1, allow_nan=False)
        card_file(file).write_text(text + "\n")


def section(
    model: ZooModel, study: Kept, shelf: Shelf, results: dict[str, Result]
) -> Iterator[str]:
    cards = [shelf.card(one) for one in study.ids.values()]
    size = sum(weights_file(file).stat().st_size for file in model.files) / 1e6
    yield from ("", f"## {model.name}", "")
    yield from (f"`--model {model.name}`: {model.arch}, {model.task}, {size:.1f} MB.", "")
    yield from ran_on(cards)
    yield from ("", *markdown(table_of(columns_of(rows(list(results.values()))))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
