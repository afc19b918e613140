"""Words to the person at the screen that are not the answer to the command."""

import sys


def say(message: str) -> None:
    """One line on stderr."""
    print(f"lossproof: {message}", file=sys.stderr, flush=True)
