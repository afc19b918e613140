"""One run at a time for each model, however many are started.

Processes that were started together, as on several GPUs, are one run: the first of them has the
lock, and tells the others.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from accelerate.utils import broadcast_object_list
from filelock import FileLock, Timeout

from lossproof.training.job import Job
from lossproof.training.journal import accelerator_for
from lossproof.training.saving import explained

_TELL_EVERY_SECONDS = 10.0
"""Well within the time that processes wait for one another."""


@contextlib.contextmanager
def alone_at(job: Job) -> Iterator[bool]:
    """After other runs of the same job; whether its model is still to be trained.

    Raises ValueError for a device that is not there, and OSError when nothing can be written.
    """
    first = accelerator_for(job.conditions).is_main_process
    path = job.shelf.lock(job.id)
    lock = FileLock(path, timeout=_TELL_EVERY_SECONDS)
    try:
        while not _told(first and _taken(lock)):
            pass
        yield _told(not job.shelf.contains(job.id))
    finally:
        if lock.is_locked:
            _remove(path)
        lock.release()


def _taken(lock: FileLock) -> bool:
    """Whether no other run has it. Raises OSError when it cannot be written."""
    path = Path(lock.lock_file)
    with explained("the lock of the training", path, kept="nothing is trained yet"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            return False
        return True


def _told(word: bool) -> bool:
    """What the first of the processes says."""
    (first,) = broadcast_object_list([word])
    return bool(first)


def _remove(path: Path) -> None:
    """While it is locked: whoever waits for it sees that it is gone, and makes another."""
    with contextlib.suppress(OSError):
        path.unlink()
