"""Tasks: one file per task, one line in the table."""

from collections.abc import Callable
from typing import cast

from lossproof.records import Cell, Labels, Setting
from lossproof.settings import check_names, check_settings, parse_settings
from lossproof.tables import by_name, look_up
from lossproof.tasks.action import Action
from lossproof.tasks.depth import Depth
from lossproof.tasks.detection import Detection
from lossproof.tasks.fidelity import Fidelity
from lossproof.tasks.look import Look
from lossproof.tasks.pose import Pose
from lossproof.tasks.segmentation import Segmentation
from lossproof.tasks.task import Legend, Score, Task, TaskKind

TASKS: tuple[type[TaskKind], ...] = (Segmentation, Depth, Detection, Pose, Action, Fidelity)

__all__ = [
    "TASKS",
    "Legend",
    "Look",
    "Score",
    "Task",
    "TaskKind",
    "make_task",
    "parse_task",
    "task_of",
]

_BY_NAME = by_name(TASKS)


def make_task(name: str, **settings: Setting) -> Task:
    """The task called ``name``, its metric with these settings. Raises ValueError."""
    kind = look_up(_BY_NAME, name, kind="task")
    check_names(kind, settings)
    made = cast(Callable[..., TaskKind], kind)(**settings)
    check_settings(made)
    return made.task()


def parse_task(text: str, *, labels: Labels = "dataset") -> Task:
    """The task that text such as ``segmentation`` or ``depth:cap=10`` stands for.

    Raises ValueError for an unknown name or setting, for a value that is not allowed, and for
    labels that the task cannot have.
    """
    name, _, rest = text.partition(":")
    task = make_task(name, **parse_settings(look_up(_BY_NAME, name, kind="task"), rest))
    return task if labels == "dataset" else task.by_model()


def task_of(cell: Cell) -> Task:
    """The task that a cell was measured for."""
    task = make_task(cell.task, **cell.metric_settings)
    return task if cell.labels == "dataset" else task.by_model()
