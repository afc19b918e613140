"""How a process that was started for a part of the work ends."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable


def end_with_parent() -> None:
    """Leave with the process that started this one, also when that one was killed, and not before.

    Ctrl-C reaches every process of a terminal; the one that people talk to ends the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.join,), daemon=True).start()


def _leave_after(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)
