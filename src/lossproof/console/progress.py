"""Progress bars on stderr, with rate and time left."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol, final

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


class Told(Protocol):
    """Takes what is done, what there is to do, and a word on how it goes."""

    def __call__(self, done: int, total: int, note: str = "") -> None: ...


class _Rate(ProgressColumn):
    """Samples per second over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("-/s" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")


@final
class _Lines:
    """In a file a line now and then, in place of a bar. What was there at the start is not counted
    as done since."""

    def __init__(self, doing: str, console: Console) -> None:
        self._doing, self._console = doing, console
        self._told = self._started = time.monotonic()
        self._before: int | None = None

    def __call__(self, done: int, total: int, note: str = "") -> None:
        now = time.monotonic()
        if self._before is None:
            self._before = max(0, done - 1)
        if now - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = now
            left = (now - self._started) / max(done - self._before, 1) * (total - done)
            more = f", {note}" if note else ""
            self._console.print(
                f"lossproof: {self._doing} {done}/{total}, {left:.0f} s left{more}", soft_wrap=True
            )


@contextmanager
def bar(doing: str, *, patience: float = 0.0) -> Iterator[Told]:
    """A bar while the block runs; the function it gives takes what is done and what there is.

    It is shown only when the block takes longer than ``patience`` seconds.
    """
    started = time.monotonic()
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(doing, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=False) as progress:
        # Shown once there is something to do: an error before that is a line by itself.
        task = progress.add_task(doing, total=None, visible=False, note="")

        def tell(done: int, total: int, note: str = "") -> None:
            visible = total > 0 and time.monotonic() - started >= patience
            progress.update(task, completed=done, total=total, visible=visible, note=note)

        yield tell


@final
class Stages:
    """A bar for one thing after another, each under its own words; ``close`` ends the last.

    ``before`` stands before all of them.
    """

    def __init__(self, *, before: str = "") -> None:
        self._before = before
        self._bars = ExitStack()
        self._tell: Told | None = None

    def begin(self, doing: str) -> None:
        """The bar so far is done; the next is of ``doing``."""
        self.close()
        self._tell = self._bars.enter_context(bar(f"{self._before}{doing}"))

    def tell(self, done: int, total: int, note: str = "") -> None:
        if self._tell:
            self._tell(done, total, note)

    def close(self) -> None:
        self._bars.close()
        self._tell = None
