"""The built-in world by its two names, and the one training that both mean."""

from pathlib import Path

from lossproof.training import Conditions, Recipe, Schedule, Shelf
from lossproof.training.job import open_job
from tests.datasets.layouts import LAYOUTS


def test_both_names_are_the_same_training(tmp_path: Path) -> None:
    LAYOUTS["tinytown_segmentation"](tmp_path / "world")
    jobs = [
        open_job(
            Recipe(
                family="segnet",
                data=f"{name}:{tmp_path / 'world'}",
                validation="val",
                schedule=Schedule(learning_rate=0.01, batch_size=2, epochs=1),
            ),
            Shelf(tmp_path / "store"),
            Conditions(),
        )
        for name in ("tinytown", "tinytown_segmentation")
    ]
    assert jobs[0].dataset.name == "tinytown_segmentation"
    assert jobs[0].id == jobs[1].id
