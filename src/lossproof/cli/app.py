"""The application, its exit codes, and how it ends."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lossproof.console.messages import say

# Everything else is imported inside the commands, so that help answers at once.

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    help="How far can images and video be compressed before a vision model notices?",
    epilog="Example: lossproof sweep --task segmentation --data camvid:CamVid "
    "--model my_model.py:load --codec jpeg",
)
data_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog="Example: lossproof data check camvid:CamVid",
)
app.add_typer(
    data_app, name="data", help="The dataset layouts that can be read; check, make or export one."
)

SAMPLES_FAILED, WRONG_INPUT, UNEXPECTED, INTERRUPTED = 1, 2, 3, 130
DEFAULT_STORE = Path("lossproof-store")


def main() -> None:
    """Run the command line; an error is one line and an exit code."""
    from lossproof.errors import TooManyFailures

    # Arrow's own pool keeps what it has freed, which in long sweeps is more than all the rest.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # Schedulers end a process so; what was measured is kept as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(_run(sys.argv[1:] or ["--help"]))
    except typer.TyperException as error:
        _stop(_usage(error), WRONG_INPUT)
    except TooManyFailures as error:
        _stop(str(error), SAMPLES_FAILED)
    except KeyboardInterrupt:
        # Threads that are predicting cannot be stopped, and what was measured is stored by now.
        say("interrupted; the same command goes on from here")
        os._exit(INTERRUPTED)
    except Exception as error:
        if os.environ.get("LOSSPROOF_DEBUG"):
            raise
        if isinstance(error, (ValueError, OSError, ImportError)):
            _stop(str(error), WRONG_INPUT)
        hint = "LOSSPROOF_DEBUG=1 shows where"
        _stop(f"{type(error).__name__}: {error} ({hint})", UNEXPECTED)


def _run(words: list[str]) -> int | None:
    """The exit code. Typer turns an interrupt into one, and an interrupt is more than a code."""
    code: int | None = app(words, prog_name="lossproof", standalone_mode=False)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "lossproof"
    message = error.format_message().rstrip()
    stop = "" if message.endswith((".", "?", "!")) else "."
    return f"{message}{stop} See {command} --help"


def _stop(message: str, code: int) -> NoReturn:
    say(f"error: {' '.join(message.split())}")
    sys.exit(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"lossproof {version('lossproof')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="The version."),
    ] = False,
) -> None:
    """How far can images and video be compressed before a vision model notices?"""
