"""How a study runs from the command line: its bars, threads and device."""

import math
from typing import Any, cast

from lossproof.console.messages import say
from lossproof.console.progress import Stages
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions as Measuring
from lossproof.runs.sweep import Machine
from lossproof.studies import Conditions
from lossproof.training import Conditions as Training
from lossproof.training.card import Card


def note_of(loss: float) -> str:
    """Recalibration has none."""
    return f"loss {loss:.4g}" if math.isfinite(loss) else ""


def tell_kept(name: str, card: Card) -> None:
    """Say of a retrained model that nothing better than its parent was found, where that is so."""
    # Of equal scores the later weights are kept.
    kept = [lap.step for lap in card.laps if lap.score == card.score]
    if card.parent and kept and kept[-1] == 0:
        say(f"{name}: training made nothing better of {card.parent}, whose weights are kept")


def conditions(bars: Stages, *, threads: int, device: str, precision: str = "no") -> Conditions:
    """Training and measuring one after the other, each with all threads. Raises ValueError."""
    return Conditions(
        training=Training(
            device=cast(Any, device),
            precision=cast(Any, precision),
            threads=threads,
            progress=lambda step, total, loss: bars.tell(step, total, note_of(loss)),
        ),
        measuring=Measuring(
            engine=make_engine("serial", workers=1),
            machine=Machine(threads, device),
            progress=bars.tell,
        ),
        begin=bars.begin,
    )
