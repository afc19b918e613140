"""A progress bar on stderr, with rate and time left."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_SECONDS_BETWEEN_LINES = 30.0


class _Rate(ProgressColumn):
    """Samples per second over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("-/s" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")


def _lines(doing: str, console: Console) -> Callable[[int, int], None]:
    """In a file a line now and then, in place of a bar."""
    told = started = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _SECONDS_BETWEEN_LINES:
            told = now
            left = (now - started) / max(done, 1) * (total - done)
            console.print(f"lossproof: {doing} {done}/{total}, {left:.0f} s left")

    return tell


@contextmanager
def bar(doing: str, *, patience: float = 0.0) -> Iterator[Callable[[int, int], None]]:
    """A bar while the block runs; the function it gives takes what is done and what there is.

    It is shown only when the block takes longer than ``patience`` seconds.
    """
    started = time.monotonic()
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(doing, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=False) as progress:
        # Shown once there is something to do: an error before that is a line by itself.
        task = progress.add_task(doing, total=None, visible=False)
        yield lambda done, total: progress.update(
            task,
            completed=done,
            total=total,
            visible=total > 0 and time.monotonic() - started >= patience,
        )
