"""Options that several commands have, told the same way in all."""

import os
from pathlib import Path
from typing import Annotated

import typer

Split = Annotated[str | None, typer.Option(help="Default: the dataset's own choice.")]
Limit = Annotated[int | None, typer.Option(help="Only the first N samples.")]
FrameSizes = Annotated[
    list[str] | None,
    typer.Option(help="Size before the codec, such as 320x240, or native. May be repeated."),
]
Threads = Annotated[int | None, typer.Option(help="Threads in all. Default: one per core.")]
Device = Annotated[str, typer.Option(help="Where the model runs: cpu, cuda, cuda:1.")]
Results = Annotated[Path, typer.Option(help="Folder of results.")]
Models = Annotated[Path, typer.Option(help="Folder with trained models.")]
ResultsAndModels = Annotated[Path, typer.Option(help="Folder of results and models.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def threads_of(threads: int | None) -> int:
    """As ``--threads`` says, or one per core. Raises ValueError."""
    if threads is None:
        return os.cpu_count() or 1
    if threads < 1:
        raise ValueError(f"threads is {threads}; 1 or more are allowed")
    return threads
