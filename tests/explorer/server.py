"""The explorer as a process of its own, as a person starts it."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from .worlds import offer

_STARTS_WITHIN_SECONDS = 600
_ENDS_WITHIN_SECONDS = 120


class Server:
    """The address that it printed and where that is; in the end how it ended and what it said on
    stderr. ``browser`` has opened the address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.origin = url.partition("/?")[0]
        self.browser = build_opener(HTTPCookieProcessor())
        self.browser.open(url, timeout=_STARTS_WITHIN_SECONDS).close()
        self.exit_code: int | None = None
        self.complaints = ""


@contextmanager
def started(folder: Path, **variables: str) -> Iterator[Server]:
    """The world and models of ``worlds.py`` on a free port; it is interrupted in the end."""
    made = offer(folder)
    words = [sys.executable, "-m", "lossproof", "explore", "--port", "0", "--threads", "1"]
    words += [word for text in made.data for word in ("--data", text)]
    words += [word for text in made.models for word in ("--model", text)]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    )
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], _STARTS_WITHIN_SECONDS)
    line = process.stdout.readline() if ready else ""
    try:
        assert line.startswith("the explorer is at "), line or process.communicate(timeout=5)
        server = Server(line.split()[-1])
        yield server
        process.send_signal(signal.SIGINT)
        _, server.complaints = process.communicate(timeout=_ENDS_WITHIN_SECONDS)
        server.exit_code = process.returncode
    finally:
        process.kill()
        process.wait()
