"""The command that shows all of it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from lossproof.cli.app import app


@app.command(epilog="Example: lossproof demo --out demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder of its store, figures and page.")] = Path(
        "demo"
    ),
    threads: Annotated[
        int | None, typer.Option(help="Threads in all. Default: one per core.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where models train and run: cpu, cuda.")] = "cpu",
) -> None:
    """Five tasks on the built-in world, before and after retraining: tables, figures, one page.

    Interrupted and started again, it goes on.
    """
    from lossproof.console.arguments import own_folder
    from lossproof.console.demonstrated import run_demo, show_demo

    folder = own_folder(out)
    run_demo(folder, data="tinytown", threads=threads or os.cpu_count() or 1, device=device)
    show_demo(folder, data="tinytown", threads=threads or os.cpu_count() or 1, device=device)
