"""Several processes that train together, as on several GPUs; here two on the processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lossproof.training import Shelf
from lossproof.training.feed import Share
from lossproof.training.job import open_job

from .conftest import QUIET
from .worlds import depth_gan, segnet, write_depth, write_segmentation

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from lossproof.training import Conditions, Shelf, train
from tests.training.worlds import depth_gan

if __name__ == "__main__":
    data, shelf = sys.argv[1:]
    print(train(depth_gan(data), Shelf(Path(shelf)), Conditions(threads=1, torch_threads=1)))
"""


def test_two_processes_make_one_model(tmp_path: Path, shelf: Shelf) -> None:
    data = write_depth(tmp_path / "world")
    (tmp_path / "script.py").write_text(SCRIPT)
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [*start, str(tmp_path / "script.py"), data, str(shelf.root)],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    expected = open_job(depth_gan(data), shelf, QUIET).id
    # Two processes write to one pipe, and a line of one may come before the end of the other's.
    assert "".join(done.stdout.split()) == 2 * expected
    assert shelf.ids() == [expected]
    assert [lap.step for lap in shelf.card(expected).laps] == [1, 2]


def test_batches_that_are_too_small_to_share(tmp_path: Path, shelf: Shelf) -> None:
    job = open_job(segnet(write_segmentation(tmp_path / "world")), shelf, QUIET)
    with pytest.raises(ValueError, match="batch_size is 4 for 5 processes; 5 or more"):
        job.feed(share=Share(0, 5))
