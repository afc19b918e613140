"""The benchmarks run; what they measure is for ``make bench``."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.demo import parts_in

from lossproof.console.demonstrated import Stage, show_stages

PARTS = {"start_up": 1, "video_round_trips": 4, "average_precision": 4, "grouping": 1, "sweeps": 3}
"""How many lines each prints."""


def test_what_the_demo_took_is_read_from_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    print("Action, fusion of small two-stream on tinytown: nothing is lost.")
    show_stages([Stage("depth, before", 38.2), Stage("figures and page", 20.1)])
    told = capsys.readouterr().out
    assert parts_in(told) == {"depth, before": 38, "figures and page": 20, "all": 58}


@pytest.mark.parametrize("part", PARTS)
def test_they_run_on_next_to_nothing(part: str, shared: Path) -> None:
    words = ["--only", part, "--pictures", "2", "--images", "20", "--repeats", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(lines) == PARTS[part]
