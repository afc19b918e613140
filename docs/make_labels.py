"""Write the table of docs/labels.md: drops by the labels of datasets beside those by models' own.

Use: ``python docs/make_labels.py STORE``, with a store that has sweeps of the same data and models
with ``--labels dataset`` and ``--labels model``, of the source and of some levels.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from make_results import markdown
from scipy.stats import norm

from lossproof.codecs import codec_class
from lossproof.decisions.drops import drops_of_whole
from lossproof.records import Labels, Level, Result
from lossproof.report.tables import Column, table_of
from lossproof.store import Store
from lossproof.tasks import parse_task

PAGE = Path(__file__).parent / "labels.md"
BEGIN, END = "<!-- Made by `python docs/make_labels.py STORE`. -->\n", "<!-- End. -->\n"
SIDES = norm.ppf(0.95)


class Sight(NamedTuple):
    """A model on a dataset, by somebody's labels, at a level of a codec; None is the source."""

    name: str
    codec: str
    level: Level
    labels: Labels


def main(root: Path) -> None:
    seen = {sight(result): result for result in Store(root).results()}
    table = "\n".join(markdown(table_of(columns(seen))))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n\n{END}{after}")


def sight(result: Result) -> Sight:
    cell = result.cell
    return Sight(f"{cell.data}, {cell.model}", cell.codec, cell.level, cell.labels)


def columns(seen: Mapping[Sight, Result]) -> list[Column]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in sorted(seen, key=_order):
        other = one._replace(labels="model")
        if one.codec == "source" or one.labels == "model" or other not in seen:
            continue
        for heading, value in _line(seen, one, other):
            found[heading].append(value)
    return [Column(heading, heading != "dataset, model", cells) for heading, cells in found.items()]


def _line(seen: Mapping[Sight, Result], one: Sight, other: Sight) -> Iterator[tuple[str, str]]:
    yield "dataset, model", one.name
    yield "samples", str(seen[one].num_samples)
    yield "level", f"{one.codec} {one.level:g}"
    yield "with labels", _drop(seen, one)
    yield "with labels of the model", _drop(seen, other)


def _drop(seen: Mapping[Sight, Result], one: Sight) -> str:
    """In percent, and half of its 90% interval, of the score that is told of either labels."""
    source = seen[one._replace(codec="source", level=None)]
    task = parse_task(source.cell.task, labels="model")
    found = drops_of_whole(task, source, seen[one])
    return f"{100 * found.value:.1f} ± {100 * SIDES * found.error:.1f}"


def _order(one: Sight) -> tuple[str, str, float]:
    """The best level first."""
    level = float(one.level or 0)
    sign = -1 if codec_class(one.codec).better == "higher" else 1
    return one.name, one.codec, sign * level


if __name__ == "__main__":
    main(Path(sys.argv[1]))
