"""Tasks: one file per task, one line in the table."""

from collections.abc import Mapping

from lossproof.tables import by_name, look_up
from lossproof.tasks.segmentation import SEGMENTATION
from lossproof.tasks.task import Task

TASKS: Mapping[str, Task] = by_name(
    [
        SEGMENTATION,
    ]
)

__all__ = ["TASKS", "Task", "task"]


def task(name: str) -> Task:
    """The task called ``name``. Raises ValueError with the known names."""
    return look_up(TASKS, name, kind="task")
