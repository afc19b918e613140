"""Commands that train: one model, or all that a study needs."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from lossproof.cli.app import DEFAULT_STORE, SAMPLES_FAILED, app
from lossproof.cli.options import Limit, ResultsAndModels, Threads, threads_of


@app.command(
    epilog="Example: lossproof train --family segnet --data camvid:CamVid --codec jpeg --levels 10"
)
def train(
    family: Annotated[
        str,
        typer.Option(
            help="segnet, depth_gan, openpose, two_stream, faster_rcnn, faster_rcnn_mobilenet_v3, "
            "faster_rcnn_mobilenet_v3_320."
        ),
    ],
    data: Annotated[
        str,
        typer.Option(help="Dataset layout and folder, NAME:PATH, or the built-in tinytown."),
    ],
    preset: Annotated[
        str,
        typer.Option(help="Hyper-parameters: paper, small (two cores), tinytown (the zoo)."),
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
    setting: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE of the family, over the preset's. May be repeated."),
    ] = None,
    split: Annotated[str, typer.Option(help="What is trained on.")] = "train",
    limit: Limit = None,
    iterations: Annotated[
        int | None, typer.Option(help="So many in place of the preset's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    store: ResultsAndModels = DEFAULT_STORE,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[
        str, typer.Option(help="no (32 bits) or bf16; the first is exact.")
    ] = "no",
) -> None:
    """Train or retrain a network, and print its id, which --model of a sweep takes.

    A run that was cut off goes on where its last checkpoint was.
    """
    from lossproof.console.arguments import family_settings, make_recipe, own_folder, task_of
    from lossproof.console.damage import all_is_there
    from lossproof.console.progress import bar
    from lossproof.console.studied import note_of, tell_kept
    from lossproof.console.worlds import prepare
    from lossproof.training import Conditions, Shelf
    from lossproof.training import train as train_recipe

    recipe = make_recipe(
        family,
        preset,
        data=data,
        compression=(codec, levels, frame_size),
        iterations=iterations,
        changes={
            "settings": family_settings(family, setting) if setting else {},
            "parent": parent,
            "method": method,
            "split": split,
            "limit": limit,
            "seed": seed,
        },
    )
    prepare(data, task=task_of(recipe))
    with bar("training") as progress, contextlib.redirect_stdout(sys.stderr):
        conditions = Conditions(
            device=cast(Any, device),
            precision=cast(Any, precision),
            threads=os.cpu_count() or 1,
            progress=lambda step, total, loss: progress(step, total, note_of(loss)),
        )
        model = train_recipe(recipe, Shelf(own_folder(store)), conditions)
    tell_kept(model, Shelf(store).card(model))
    print(model)
    if not all_is_there([model], [], store):
        raise typer.Exit(SAMPLES_FAILED)


@app.command(epilog="Example: lossproof study studies/small/table_1_segmentation.py --limit 4")
def study(
    file: Annotated[Path, typer.Argument(help="A Python file with a function study(data).")],
    data: Annotated[
        str | None,
        typer.Option(help="NAME:PATH, or the built-in tinytown. Default: the file's."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(help="Only the first N samples, and N iterations of training: a smoke run."),
    ] = None,
    store: ResultsAndModels = DEFAULT_STORE,
    threads: Threads = None,
    device: Annotated[str, typer.Option(help="Where models train and run: cpu, cuda.")] = "cpu",
    precision: Annotated[
        str, typer.Option(help="Of training: no (32 bits) or bf16; the first is exact.")
    ] = "no",
) -> None:
    """Run a study file: train, measure, compare. Running it again goes on where it was."""
    from lossproof.console.arguments import own_folder
    from lossproof.console.damage import all_is_there
    from lossproof.console.paper import show_study
    from lossproof.console.progress import Stages
    from lossproof.console.studied import conditions, tell_kept
    from lossproof.console.worlds import prepare
    from lossproof.studies import run_study
    from lossproof.studies.file import read_study
    from lossproof.studies.study import limited
    from lossproof.tasks import parse_task
    from lossproof.training import Shelf

    cores = threads_of(threads)
    found = read_study(file, data)
    wanted = found if limit is None else limited(found, limit)
    prepare(wanted.data, task=parse_task(wanted.task).name)
    bars = Stages()
    with contextlib.closing(bars), contextlib.redirect_stdout(sys.stderr):
        told = conditions(
            bars,
            threads=cores,
            device=device,
            precision=precision,
        )
        record = run_study(wanted, own_folder(store), told)
    show_study(record.name, store)
    for name, model in record.ids.items():
        tell_kept(name, Shelf(store).card(model))
    if not all_is_there(record.ids.values(), [entry.cell for entry in record.entries], store):
        raise typer.Exit(SAMPLES_FAILED)
