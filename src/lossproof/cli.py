"""The command line: parse, call, print."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

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
app.add_typer(data_app, name="data", help="The dataset layouts that can be read; check one.")

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
    return f"{error.format_message()} See {command} --help"


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
    data: Annotated[str, typer.Option(help="Dataset layout and folder, NAME:PATH.")],
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
    frame_size: Annotated[
        list[str] | None,
        typer.Option(help="Size before the codec, such as 320x240, or native. May be repeated."),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Default: the dataset's own choice.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N samples.")] = None,
    store: Annotated[Path, typer.Option(help="Folder of results.")] = DEFAULT_STORE,
    engine: Annotated[str, typer.Option(help="serial, local or ray.")] = "serial",
    workers: Annotated[
        int | None, typer.Option(help="Processes of local and ray. Default: one per two cores.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads in all. Default: one per core.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where the model runs: cpu, cuda, cuda:1.")] = "cpu",
    max_failures: Annotated[
        float | None,
        typer.Option(
            help="Stop when more than this share of the samples is damaged. "
            "Default: measure the rest and end with exit code 1."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a model on compressed pictures: score, rate and intervals at every level.

    Running it again measures only what is missing.
    """
    from lossproof.console.answers import all_is_well, check_failures, show
    from lossproof.console.arguments import make_points, own_folder
    from lossproof.console.progress import bar
    from lossproof.runs.engines import make_engine
    from lossproof.runs.run import Conditions, run
    from lossproof.runs.sweep import Machine, Sweep
    from lossproof.store import Store
    from lossproof.training import Shelf, in_full

    if workers is not None and engine == "serial":
        raise ValueError(f"--workers {workers} is for the engines local and ray; serial has none")
    wanted = Sweep(
        task=task,
        data=(data,),
        models=tuple(in_full(Shelf(store), spec) for spec in model),
        points=tuple(make_points(codec, levels or [], frame_size or [])),
        split=split,
        limit=limit,
    )
    cores = (os.cpu_count() or 1) if threads is None else threads
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


@app.command(
    epilog="Example: lossproof train --family segnet --data camvid:CamVid --codec jpeg --levels 10"
)
def train(
    family: Annotated[str, typer.Option(help="segnet or depth_gan.")],
    data: Annotated[str, typer.Option(help="Dataset layout and folder, NAME:PATH.")],
    preset: Annotated[
        str, typer.Option(help="Hyper-parameters: paper, or small for two cores.")
    ] = "small",
    codec: Annotated[
        str, typer.Option(help="What the training input goes through, NAME[:SETTING=VALUE,...].")
    ] = "source",
    levels: Annotated[
        str | None, typer.Option(help="One level, or several, drawn at random for each sample.")
    ] = None,
    frame_size: Annotated[str, typer.Option(help="Size before the codec, or native.")] = "native",
    parent: Annotated[
        str | None, typer.Option(help="Id or weights file of the model to start from.")
    ] = None,
    method: Annotated[
        str,
        typer.Option(help="retrain; or without labels, from a parent: recalibrate, distil."),
    ] = "retrain",
    limit: Annotated[int | None, typer.Option(help="Only the first N samples.")] = None,
    iterations: Annotated[
        int | None, typer.Option(help="So many in place of the preset's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    store: Annotated[Path, typer.Option(help="Folder of results and models.")] = DEFAULT_STORE,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
) -> None:
    """Train or retrain a network, and print its id, which --model of a sweep takes.

    A run that was cut off goes on where its last checkpoint was.
    """
    from lossproof.console.arguments import make_recipe, own_folder
    from lossproof.console.progress import bar
    from lossproof.training import Conditions, Shelf
    from lossproof.training import train as train_recipe

    recipe = make_recipe(
        family,
        preset,
        data=data,
        compression=(codec, levels, frame_size),
        iterations=iterations,
        changes={"parent": parent, "method": method, "limit": limit, "seed": seed},
    )
    with bar("training") as progress, contextlib.redirect_stdout(sys.stderr):
        conditions = Conditions(
            device=cast(Any, device),
            threads=os.cpu_count() or 1,
            progress=lambda step, total, loss: progress(step, total, f"loss {loss:.4g}"),
        )
        model = train_recipe(recipe, Shelf(own_folder(store)), conditions)
    print(model)


@app.command(epilog="Example: lossproof study studies/small/table_1_segmentation.py --limit 4")
def study(
    file: Annotated[Path, typer.Argument(help="A Python file with a function study(data).")],
    data: Annotated[
        str | None, typer.Option(help="Dataset layout and folder, NAME:PATH. Default: the file's.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(help="Only the first N samples, and N iterations of training: a smoke run."),
    ] = None,
    store: Annotated[Path, typer.Option(help="Folder of results and models.")] = DEFAULT_STORE,
    threads: Annotated[
        int | None, typer.Option(help="Threads in all. Default: one per core.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where models train and run: cpu, cuda.")] = "cpu",
) -> None:
    """Run a study file: train, measure, compare. Running it again goes on where it was."""
    from lossproof.console.answers import show_study
    from lossproof.console.arguments import own_folder
    from lossproof.console.progress import Stages
    from lossproof.console.studied import conditions
    from lossproof.studies import run_study
    from lossproof.studies.file import read_study
    from lossproof.studies.study import limited

    found = read_study(file, data)
    wanted = found if limit is None else limited(found, limit)
    bars = Stages()
    with contextlib.closing(bars), contextlib.redirect_stdout(sys.stderr):
        told = conditions(bars, threads=threads or os.cpu_count() or 1, device=device)
        record = run_study(wanted, own_folder(store), told)
    show_study(record, store)


@app.command(epilog="Example: lossproof report lossproof-store --format latex")
def report(
    store: Annotated[Path, typer.Argument(help="Folder of results.")],
    format: Annotated[str | None, typer.Option(help="Print only this: csv, json or latex.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files. Default: STORE/report.")
    ] = None,
) -> None:
    """Everything in a store as a table, CSV, JSON, LaTeX, and a plot of score against rate."""
    from lossproof.console.answers import current, name_failures, print_tables, scored
    from lossproof.report.files import FORMATS, write_report
    from lossproof.report.rows import ordered
    from lossproof.store import Store
    from lossproof.tables import look_up

    if format is not None and out is not None:
        raise ValueError("--out is for files and --format for the screen; one of them is allowed")
    form = None if format is None else look_up(FORMATS, format, kind="format")
    lines = scored(ordered(current(Store(store).results(damaged=say))), store)
    if not lines:
        raise ValueError(
            f"there are no results in {store}; lossproof sweep --store {store} makes some"
        )
    if form:
        print(form(lines), end="")
        return
    print_tables(lines, elsewhere="results.csv")
    name_failures(failure for row in lines for failure in row.failures)
    folder = out or store / "report"
    try:
        paths = write_report(lines, folder)
    except OSError as error:
        raise ValueError(
            f"{folder} cannot be written: {error.strerror}; --out names another folder"
        ) from error
    for path in paths:
        print(f"wrote {path}")


@app.command(epilog="Example: lossproof codecs h264")
def codecs(
    name: Annotated[
        str | None, typer.Argument(help="Show this one with its settings and its library.")
    ] = None,
) -> None:
    """The codecs and their levels; or one of them in full."""
    from lossproof.console.details import codec_details
    from lossproof.console.inventory import codec_lines
    from lossproof.console.screen import console, plain_table

    if name is None:
        console().print(plain_table(*codec_lines()))
    else:
        print("\n".join(codec_details(name)))


@app.command(epilog="Example: lossproof models")
def models() -> None:
    """The models that come with lossproof, and how to bring your own."""
    from lossproof.console.inventory import model_lines
    from lossproof.console.screen import console, plain_table

    console().print(plain_table(*model_lines()))


@data_app.callback()
def data(context: typer.Context) -> None:
    """The dataset layouts that can be read."""
    from lossproof.console.inventory import dataset_lines
    from lossproof.console.screen import console, plain_table

    if context.invoked_subcommand is None:
        console().print(plain_table(*dataset_lines()))


@data_app.command(epilog="Example: lossproof data about camvid")
def about(name: Annotated[str, typer.Argument(help="The name of a layout.")]) -> None:
    """One layout in full: splits, files, where to get it, licence."""
    from lossproof.console.details import dataset_details

    print("\n".join(dataset_details(name)))


@data_app.command(epilog="Example: lossproof data check camvid:CamVid")
def check(
    data: Annotated[str, typer.Argument(help="Dataset layout and folder, NAME:PATH.")],
) -> None:
    """Count, read and verify every sample, and say what is missing and where to get it."""
    from lossproof.console.checked import check_lines
    from lossproof.console.progress import bar
    from lossproof.datasets import check as check_dataset
    from lossproof.datasets import open_dataset

    with bar("reading") as progress:
        found = check_dataset(
            open_dataset(data), progress=lambda split, done, total: progress(done, total)
        )
    for line in check_lines(found):
        print(line)
    if found.num_damaged or found.default_missing:
        raise typer.Exit(SAMPLES_FAILED)


@app.command(epilog="Example: lossproof doctor")
def doctor() -> None:
    """What works on this machine: libraries, codecs, devices, disk."""
    from lossproof.console.doctor import examine
    from lossproof.console.screen import console, plain_table

    findings = examine()
    lines = [(finding.verdict, finding.what, finding.detail) for finding in findings]
    console().print(plain_table(("", "what", "found"), lines))
    if not all(finding.works or finding.optional for finding in findings):
        raise typer.Exit(SAMPLES_FAILED)


@app.command(epilog="Example: lossproof demo --out demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder of the table and the plot.")] = Path("demo"),
) -> None:
    """Rate, PSNR and SSIM of every codec on photographs. This is all it does yet: no model."""
    from lossproof.console.demo import measure_codecs, write_demo
    from lossproof.console.progress import bar
    from lossproof.console.screen import console, rich_table

    out.mkdir(parents=True, exist_ok=True)
    if not os.access(out, os.W_OK):
        raise ValueError(f"{out} cannot be written; --out names another folder")
    with bar("coding") as progress:
        measured = measure_codecs(progress=progress)
    table, paths = write_demo(measured, out)
    console().print(rich_table(table))
    for path in paths:
        print(f"wrote {path}")
    print("This is all the demo does yet: codecs on photographs, and no model behind them.")
