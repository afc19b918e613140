"""How long a person waits for help."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.ratio import Amount, Ratio, take_turns

TARGET_SECONDS = 0.5


def measure(amount: Amount) -> Iterator[Ratio]:
    command = [sys.executable, "-m", "lossproof", "--help"]
    found = take_turns(
        max(amount.repeats, 5),
        help=lambda: subprocess.run(command, check=True, capture_output=True),
    )
    yield Ratio(
        f"lossproof --help / {TARGET_SECONDS} s",
        found.median("help") / TARGET_SECONDS,
        "at most",
        1.0,
        f"{found.median('help'):.3f} s",
    )
