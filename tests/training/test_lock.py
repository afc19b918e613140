"""Two runs of one recipe in one store: the second waits, and trains only what is still missing."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from lossproof.training import Shelf, train
from lossproof.training.job import open_job

from .conftest import QUIET
from .test_kill import CONDITIONS, ROOT, SCRIPT, recipe, written
from .worlds import depth_gan, segnet, write_depth, write_segmentation

TOGETHER = """
import os, sys
from pathlib import Path
from lossproof.training import Conditions, Shelf, train
from tests.training.worlds import depth_gan

contains = Shelf.contains

def noted(self, model):
    found = contains(self, model)
    Path(f"{self.root}.{os.environ['RANK']}").touch()
    return found

if __name__ == "__main__":
    data, shelf = sys.argv[1:]
    Shelf.contains = noted
    print(train(depth_gan(data), Shelf(Path(shelf)), Conditions(threads=1, torch_threads=1)))
"""
PATHS = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"}


def test_the_second_waits_for_the_first(tmp_path: Path, shelf: Shelf) -> None:
    data = write_segmentation(tmp_path / "world")
    command = [sys.executable, "-c", SCRIPT, "segnet", data, str(shelf.root)]
    steps: list[int] = []
    noted = replace(CONDITIONS, progress=lambda step, total, loss: steps.append(step))
    with subprocess.Popen(command, env=ENVIRONMENT) as first:
        while first.poll() is None and not written(shelf.root):
            time.sleep(0.01)
        model = train(recipe("segnet", data), shelf, noted)
    assert first.returncode == 0
    assert steps == []
    assert shelf.ids() == [model]
    assert not list(shelf.root.glob("training/*"))


def test_it_trains_what_the_first_left(tmp_path: Path, shelf: Shelf) -> None:
    """As when another run has failed; nothing is lost where its lock file is still there."""
    wanted = segnet(write_segmentation(tmp_path / "world"), epochs=1)
    path = shelf.lock(open_job(wanted, shelf, QUIET).id)
    path.parent.mkdir(parents=True)
    found: list[str] = []
    second = threading.Thread(target=lambda: found.append(train(wanted, shelf, QUIET)))
    with FileLock(path):
        second.start()
        second.join(3)
        assert second.is_alive()
        assert shelf.ids() == []
    second.join(60)
    assert shelf.ids() == found == [path.stem]
    assert not path.exists()


def test_processes_that_train_together_wait_together(tmp_path: Path, shelf: Shelf) -> None:
    """Both see that the model is lacking; what the one that then waits finds, the other is told."""
    data, elsewhere = write_depth(tmp_path / "world"), Shelf(tmp_path / "elsewhere")
    model = train(depth_gan(data), elsewhere, QUIET)
    (tmp_path / "script.py").write_text(TOGETHER)
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*start, str(tmp_path / "script.py"), data, str(shelf.root)]
    lock = FileLock(shelf.lock(model))
    shelf.lock(model).parent.mkdir(parents=True)
    lock.acquire()
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as both:
        while both.poll() is None and len(list(tmp_path.glob("shelf.*"))) < 2:
            time.sleep(0.01)
        assert both.poll() is None
        assert not shelf.workplace(model).exists()
        (elsewhere.root / "models").rename(shelf.root / "models")
        lock.release()
        told, _ = both.communicate(timeout=300)
    assert both.returncode == 0
    assert "".join(told.split()) == 2 * model
    assert not list(shelf.root.glob("training/*"))


def test_a_lock_that_cannot_be_written(tmp_path: Path, shelf: Shelf) -> None:
    wanted = segnet(write_segmentation(tmp_path / "world"))
    shelf.root.mkdir()
    (shelf.root / "training").write_text("no folder")
    with pytest.raises(OSError, match=r"the lock of the training cannot be written \(.*exists"):
        train(wanted, shelf, QUIET)
