"""A real process, killed at random moments, and what the next one makes of it."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from lossproof.records import Result
from lossproof.store import Store, columns
from tests.fakes import frames_predicted, write_model, write_world

NUM_SAMPLES = 40
NUM_POINTS = 3

SCRIPT = """
import sys
from pathlib import Path
from lossproof.codecs import make_codec
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store

data, model, store, engine = sys.argv[1:]
points = [Point(make_codec("source"))] + [Point(make_codec("jpeg", q)) for q in (90, 10)]
sweep = Sweep(task="segmentation", data=(data,), models=(model,), points=tuple(points))
if __name__ == "__main__":
    print("started", flush=True)
    conditions = Conditions(
        engine=make_engine(engine, workers=2), machine=Machine(2), flush_seconds=0.05
    )
    run(sweep, Store(Path(store)), conditions)
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    data = write_world(tmp_path / "world", num_samples=NUM_SAMPLES)
    model = write_model(tmp_path / "model", seconds=0.01)
    (tmp_path / "script.py").write_text(SCRIPT)
    return [sys.executable, str(tmp_path / "script.py"), data, model]


def run_to_the_end(command: list[str], store: Path, engine: str = "serial") -> list[Result]:
    subprocess.run([*command, str(store), engine], check=True, capture_output=True, timeout=120)
    return list(Store(store).results())


def kill_after(command: list[str], store: Path, seconds: float, engine: str = "serial") -> bool:
    """Kill the process so long after its first part; whether it was still at work."""
    before = len(parts(store))
    with subprocess.Popen([*command, str(store), engine]) as process:
        while process.poll() is None and len(parts(store)) <= before:
            time.sleep(0.005)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def parts(store: Path) -> list[Path]:
    return list(store.glob("parts/*/*.parquet"))


@pytest.mark.parametrize("engine", ["serial", "local"])
def test_killed_at_random_moments_it_ends_with_the_same_scores(
    engine: str, command: list[str], tmp_path: Path
) -> None:
    expected = run_to_the_end(command, tmp_path / "undisturbed")
    moments = random.Random(11)
    killed = [
        kill_after(command, tmp_path / "store", moments.uniform(0.0, 0.2), engine) for _ in range(4)
    ]
    assert all(killed[:2])
    assert parts(tmp_path / "store") or not killed[-1]
    found = run_to_the_end(command, tmp_path / "store", engine)
    assert [result.cell for result in found] == [result.cell for result in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.sample_ids == other.sample_ids
        assert np.array_equal(one.num_bytes, other.num_bytes)
        assert np.array_equal(one.stats["confusion"], other.stats["confusion"])
    assert not list((tmp_path / "store" / "parts").iterdir())


def test_a_cell_goes_on_within_itself(command: list[str], tmp_path: Path) -> None:
    """Killed on the way, the second run predicts only what the first had not kept."""
    model = tmp_path / "model"
    kill = subprocess.Popen([*command, str(tmp_path / "store"), "serial"], stdout=subprocess.PIPE)
    while kill.poll() is None and frames_predicted(model) < 3 * NUM_SAMPLES * NUM_POINTS // 4:
        time.sleep(0.01)
    kill.kill()
    kill.communicate()
    before = frames_predicted(model)
    assert not list((tmp_path / "store").glob("cells/*.json"))
    run_to_the_end(command, tmp_path / "store")
    again = frames_predicted(model) - before
    everything = NUM_SAMPLES * NUM_POINTS
    assert everything - before <= again < 0.8 * everything


@pytest.mark.parametrize("engine", ["serial", "local"])
def test_a_slow_model_loses_no_more_than_what_it_was_just_predicting(
    engine: str, command: list[str], tmp_path: Path
) -> None:
    """Parts come sample by sample, long before a job of eight samples at three points is done."""
    command[-1] = write_model(tmp_path / "slow", seconds=1.0, batch_size=1)
    assert kill_after(command, tmp_path / "store", 0.0, engine)
    assert frames_predicted(tmp_path / "slow") < 8 * NUM_POINTS
    kept = sum(len(columns.read(path)) for path in parts(tmp_path / "store"))
    assert kept >= 1
    assert frames_predicted(tmp_path / "slow") - kept <= 6
    assert not processes_with(str(tmp_path))


def processes_with(words: str) -> list[int]:
    """Those still there, after a moment in which they may end, whose command has these words."""
    for _ in range(100):
        found = [
            process.pid
            for process in psutil.process_iter(["cmdline"])
            if words in " ".join(process.info["cmdline"] or [])
        ]
        if not found:
            return []
        time.sleep(0.1)
    return found
