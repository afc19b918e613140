"""The command that shows all of it."""

from pathlib import Path
from typing import Annotated

import typer

from lossproof.cli.app import app
from lossproof.cli.options import Threads, threads_of


@app.command(epilog="Example: lossproof demo --out demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder of its store, figures and page.")] = Path(
        "demo"
    ),
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, help="Only the first N samples, and N iterations: a smoke run, in OUT/first_N."
        ),
    ] = None,
    threads: Threads = None,
    device: Annotated[str, typer.Option(help="Where models train and run: cpu, cuda.")] = "cpu",
) -> None:
    """Five tasks on the built-in world, before and after retraining: tables, figures, one page.

    Interrupted and started again, it goes on.
    """
    from lossproof.console.arguments import own_folder
    from lossproof.console.demonstrated import Show, run_demo, show_stages
    from lossproof.console.folders import check_folder
    from lossproof.runs.sweep import Machine

    machine = Machine(threads_of(threads), device)
    folder = own_folder(out if limit is None else out / f"first_{limit}")
    check_folder(folder)
    stages = run_demo(Show(folder, data="tinytown", machine=machine, limit=limit))
    show_stages(list(stages))
