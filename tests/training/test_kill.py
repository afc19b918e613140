"""A real process, killed in training, and the next one that ends with the same weights."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lossproof.training import (
    Augmentation,
    Compression,
    Conditions,
    Recipe,
    Schedule,
    Shelf,
    train,
)

from .worlds import (
    DETECTOR,
    write_actions,
    write_depth,
    write_people,
    write_segmentation,
    write_shapes,
)

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, time
from dataclasses import replace
from pathlib import Path
from lossproof.training import Shelf, train
from tests.training.test_kill import CONDITIONS, recipe

family, data, shelf = sys.argv[1:]
if __name__ == "__main__":
    slowly = replace(CONDITIONS, progress=lambda step, total, loss: time.sleep(0.2))
    train(recipe(family, data), Shelf(Path(shelf)), slowly)
"""
CONDITIONS = Conditions(threads=2, torch_threads=1, checkpoint_seconds=0.05)
OWN = {
    "segnet": {"width": 0.0625},
    "depth_gan": {"width": 0.0625, "max_depth": 5.0, "disc_start": 3},
    "openpose": {"width": 0.0625, "stages": 2, "box_size": 96, "batch_norm": True},
    "two_stream": {"stream": "motion", "backbone": "small", "width": 0.25, "side": 32, "stack": 2},
    "faster_rcnn": DETECTOR,
}
WORLDS = {
    "segnet": write_segmentation,
    "depth_gan": write_depth,
    "openpose": write_people,
    "two_stream": write_actions,
    "faster_rcnn": write_shapes,
}
LEVELS = {"two_stream": Compression(codec="h264", levels=(23, 45))}
MOMENTS = {
    "segnet": (0.0, 0.5),
    "depth_gan": (0.3,),
    "openpose": (0.3,),
    "two_stream": (0.3,),
    "faster_rcnn": (0.3,),
}
"""When each process in turn is killed, in seconds after its first checkpoint."""


@pytest.mark.parametrize("family", WORLDS)
def test_killed_it_ends_with_the_same_weights(family: str, tmp_path: Path) -> None:
    data = WORLDS[family](tmp_path / "world")
    command = [sys.executable, "-c", SCRIPT, family, data]
    one, other = Shelf(tmp_path / "undisturbed"), Shelf(tmp_path / "killed")
    undisturbed = train(recipe(family, data), one, CONDITIONS)
    killed = [kill(command, tmp_path / "killed", moment) for moment in MOMENTS[family]]
    assert all(killed)
    assert other.ids() == []
    steps: list[int] = []
    noted = replace(CONDITIONS, progress=lambda step, total, loss: steps.append(step))
    goes_on = train(recipe(family, data), other, noted)

    assert goes_on == undisturbed
    assert 1 < steps[0] < steps[-1]
    assert one.weights(goes_on).read_bytes() == other.weights(goes_on).read_bytes()
    assert one.card(goes_on).laps == other.card(goes_on).laps
    assert one.card(goes_on).score == other.card(goes_on).score
    assert not list(other.root.glob("training/*"))


def recipe(family: str, data: str) -> Recipe:
    """Everything random that there is: levels, sides, windows, sizes, turns, and an order."""
    return Recipe(
        family=family,
        data=data,
        schedule=Schedule(learning_rate=0.01, batch_size=2, epochs=4, drop_every=7),
        augmentation=Augmentation(flip=True, crop=(32, 32), scale=(0.8, 1.2), rotate=20.0),
        compression=LEVELS.get(family, Compression(codec="jpeg", levels=(50, 10))),
        settings=OWN[family],
    )


def kill(command: list[str], shelf: Path, seconds: float) -> bool:
    """Kill the process so long after its first new checkpoint; whether it was still at work."""
    before = written(shelf)
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [*command, str(shelf)], env={**os.environ, "PYTHONPATH": paths}
    ) as process:
        while process.poll() is None and written(shelf) == before:
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def written(shelf: Path) -> list[int]:
    """When each checkpoint was."""
    return [path.stat().st_mtime_ns for path in shelf.glob("training/*/checkpoint.safetensors")]
