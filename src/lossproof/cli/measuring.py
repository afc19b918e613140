"""Commands that measure, and tell what was measured."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lossproof.cli.app import DEFAULT_STORE, SAMPLES_FAILED, app
from lossproof.cli.options import (
    AsJson,
    Device,
    FrameSizes,
    Limit,
    Models,
    Results,
    Split,
    Threads,
    threads_of,
)


@app.command(
    epilog="Example: lossproof sweep --task segmentation --data camvid:CamVid "
    "--model examples/cgnet_camvid.toml:cgnet_camvid.onnx --codec jpeg --levels 95,50,10"
)
def sweep(
    task: Annotated[
        str,
        typer.Option(
            help="segmentation, depth, detection, pose, action or fidelity; settings of its metric "
            "follow as in depth:cap=10,median_scaling=true."
        ),
    ],
    data: Annotated[
        str,
        typer.Option(help="Dataset layout and folder, NAME:PATH, or the built-in tinytown."),
    ],
    model: Annotated[
        list[str],
        typer.Option(
            help="NAME[:WEIGHTS], FILE.toml[:WEIGHTS.onnx], FILE.py:FUNCTION, or the id of a model "
            "that lossproof train made in this store. May be repeated."
        ),
    ],
    codec: Annotated[
        list[str],
        typer.Option(help="NAME[:SETTING=VALUE,...], see lossproof codecs. May be repeated."),
    ],
    levels: Annotated[
        list[str] | None,
        typer.Option(
            help="Levels, such as 95,50,10: once for all codecs or once for each, - for one that "
            "has none. Without it, each codec's ladder."
        ),
    ] = None,
    frame_size: FrameSizes = None,
    labels: Annotated[
        str,
        typer.Option(
            help="dataset, or model: each is scored against its own predictions on the source."
        ),
    ] = "dataset",
    split: Split = None,
    limit: Limit = None,
    store: Results = DEFAULT_STORE,
    engine: Annotated[str, typer.Option(help="serial, local or ray.")] = "serial",
    workers: Annotated[
        int | None, typer.Option(help="Processes of local and ray. Default: one per two cores.")
    ] = None,
    threads: Threads = None,
    device: Device = "cpu",
    max_failures: Annotated[
        float | None,
        typer.Option(
            help="Stop when more than this share of the samples is damaged. "
            "Default: measure the rest and end with exit code 1."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Measure a model on compressed pictures: score, rate and intervals at every level.

    Running it again measures only what is missing.
    """
    from lossproof.console.answers import all_is_well, check_failures, show
    from lossproof.console.arguments import make_points, own_folder, parse_labels
    from lossproof.console.progress import bar
    from lossproof.console.worlds import prepare
    from lossproof.runs.engines import make_engine
    from lossproof.runs.run import Conditions, run
    from lossproof.runs.sweep import Machine, Sweep
    from lossproof.store import Store
    from lossproof.tasks import parse_task
    from lossproof.training import Shelf, in_full

    if workers is not None and engine == "serial":
        raise ValueError(f"--workers {workers} is for the engines local and ray; serial has none")
    cores = threads_of(threads)
    wanted = Sweep(
        task=task,
        data=(data,),
        models=tuple(in_full(Shelf(store), spec) for spec in model),
        points=tuple(make_points(codec, levels or [], frame_size or [])),
        split=split,
        limit=limit,
        labels=parse_labels(labels),
    )
    prepare(data, task=parse_task(task).name)
    processes = max(1, cores // 2) if workers is None else workers
    results = Store(own_folder(store))
    # What models and their libraries print is not the answer to the command.
    with bar("measuring") as progress, contextlib.redirect_stdout(sys.stderr):
        conditions = Conditions(
            engine=make_engine(engine, workers=processes),
            machine=Machine(cores, device),
            max_failures=max_failures,
            progress=progress,
        )
        outcome = run(wanted, results, conditions)
    found = [results.get(cell) for cell in outcome.cells]
    check_failures(found, max_failures)
    show(found, store, as_json=json)
    if not all_is_well(outcome, found, max_failures):
        raise typer.Exit(SAMPLES_FAILED)


@app.command(epilog="Example: lossproof report lossproof-store --format latex")
def report(
    store: Annotated[Path, typer.Argument(help="Folder of results.")],
    paper: Annotated[
        bool,
        typer.Option("--paper", help="The store's studies in the paper's tables, beside its own."),
    ] = False,
    format: Annotated[
        str | None,
        typer.Option(
            help="Print only this: csv, json, latex, html or markdown; with --paper csv, latex or "
            "html."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files. Default: STORE/report.")
    ] = None,
    pictures: Annotated[
        int | None,
        typer.Option(
            help="Samples that break first on the page, drawn anew with the data and the models "
            "where these are still there; 0 for none. Default: 3."
        ),
    ] = None,
) -> None:
    """Everything in a store: a page to read, its text, tables as CSV, JSON and LaTeX, and plots."""
    from lossproof.console.paper import show_paper
    from lossproof.console.reports import report_text, show_report

    if format is not None and out is not None:
        raise ValueError("--out is for files and --format for the screen; one of them is allowed")
    if pictures is not None and (paper or format not in (None, "html")):
        other = "--paper" if paper else f"--format {format}"
        raise ValueError(f"--pictures {pictures} is for the store's own page; {other} draws none")
    number = 3 if pictures is None else pictures
    if paper:
        show_paper(store, format=format, out=out or store / "report")
    elif format:
        print(report_text(store, format, pictures=number), end="")
    else:
        show_report(store, out=out or store / "report", pictures=number)


@app.command(
    epilog='Example: lossproof query "SELECT codec, level, bytes_per_sample, value, low, high '
    "FROM scores WHERE score = 'miou' ORDER BY bytes_per_sample\""
)
def query(
    sql: Annotated[
        str,
        typer.Argument(
            help="Of the tables scores (a row for each score of each cell), cells (a row for each "
            "cell) and samples (a row for each sample of each cell), which have the column hash in "
            "common."
        ),
    ],
    store: Results = DEFAULT_STORE,
    format: Annotated[str, typer.Option(help="table, csv or json.")] = "table",
) -> None:
    """Ask a store in SQL, as DuckDB understands it."""
    from lossproof.console.queries import query_text

    print(query_text(sql, store, format), end="")


@app.command(
    epilog="Example: lossproof figure --task segmentation --data camvid:CamVid "
    "--model examples/cgnet_camvid.toml:cgnet_camvid.onnx --codec jpeg --levels 95,15,5"
)
def figure(
    task: Annotated[str, typer.Option(help="As in a sweep.")],
    data: Annotated[
        str,
        typer.Option(help="Dataset layout and folder, NAME:PATH, or the built-in tinytown."),
    ],
    model: Annotated[list[str], typer.Option(help="As in a sweep. May be repeated.")],
    codec: Annotated[str, typer.Option(help="NAME[:SETTING=VALUE,...].")],
    levels: Annotated[
        str | None, typer.Option(help="Levels, such as 95,15,5. Without it, the codec's ladder.")
    ] = None,
    frame_size: Annotated[str, typer.Option(help="Size before the codec, or native.")] = "native",
    split: Split = None,
    sample: Annotated[
        list[str] | None,
        typer.Option(help="The id of a sample. May be repeated. Default: the first two."),
    ] = None,
    store: Models = DEFAULT_STORE,
    device: Device = "cpu",
    out: Annotated[Path, typer.Option(help="The picture to write, .png or .svg.")] = Path(
        "figure.png"
    ),
) -> None:
    """Draw samples at every level with what the model says of them: the paper's figures."""
    from lossproof.console.arguments import make_points
    from lossproof.console.folders import check_folder
    from lossproof.console.progress import bar
    from lossproof.console.worlds import prepare
    from lossproof.report.figures import ENDINGS, save_as
    from lossproof.report.grids import grid
    from lossproof.runs.look import look
    from lossproof.runs.sweep import Machine, Sweep
    from lossproof.tasks import parse_task
    from lossproof.training import Shelf, in_full

    if out.suffix not in ENDINGS:
        raise ValueError(f"--out {out} ends in {out.suffix!r}; .png and .svg are allowed")
    wanted = Sweep(
        task=task,
        data=(data,),
        models=tuple(in_full(Shelf(store), spec) for spec in model),
        points=tuple(make_points([codec], [levels] if levels else [], [frame_size])),
        split=split,
    )
    check_folder(out.absolute().parent)
    prepare(data, task=parse_task(task).name)
    looks = []
    with bar("predicting") as progress, contextlib.redirect_stdout(sys.stderr):
        total = len(sample or [None, None]) * len(model) * len(wanted.points)
        for one in look(wanted, sample or [], Machine(os.cpu_count() or 1, device)):
            looks.append(one)
            progress(len(looks), max(total, len(looks)))
    save_as(grid(looks), out)
    print(f"wrote {out}")
