"""How long a person waits after moving the level in the explorer: the server's part."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ratio import Amount, Ratio
from lossproof.codecs import make_codec
from lossproof.explorer import markup
from lossproof.explorer.desk import Desk, Picked, arrange
from lossproof.explorer.offer import Offer
from lossproof.models.zoo import ZOO
from lossproof.tinytown.making import make

TARGET_SECONDS = 0.3
MOVES = 20
_STILL = [one for one in ZOO.values() if one.task != "action"]


def measure(amount: Amount) -> Iterator[Ratio]:
    """A line for each network; nothing for one whose weights are not there."""
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder) / "town"
        make(town, size=2, holds="stills")
        offer = Offer(data=(f"tinytown:{town}",))
        for model in _STILL:
            data = offer.data_for(model.task)[0]
            there = [one.value for one in offer.models_for(model.task, data)]
            if model.name not in there:
                print(f"| left out: {model.name} has no weights | | | | |")
                continue
            desk = arrange(offer, Picked(task=model.task, model=model.name))
            yield _line(model.name, _moves(desk, amount.repeats * MOVES))


def _moves(desk: Desk, count: int) -> list[float]:
    """The seconds of moves to levels that are not kept, after one that warms the network."""
    found = []
    for number in range(count + 1):
        codec = make_codec("jpeg", 5 + number % 90)
        started = time.perf_counter()
        seen = desk.scene.at(codec)
        markup.image(seen.picture, alt="")
        markup.image(seen.drawn, alt="")
        markup.facts(desk.scene, desk.codec, seen)
        markup.curve(desk.scene, desk.codec, [seen], seen)
        found.append(time.perf_counter() - started)
    return found[1:]


def _line(name: str, seconds: list[float]) -> Ratio:
    median, late = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return Ratio(
        f"explorer, {name}: 95th percentile of a move of the level / {TARGET_SECONDS} s",
        late / TARGET_SECONDS,
        "at most",
        1.0,
        f"median {1000 * median:.0f} ms, 95th {1000 * late:.0f} ms, of {len(seconds)} moves",
    )
