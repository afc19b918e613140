"""The command that asks for the cheapest setting."""

import contextlib
import sys
from typing import Annotated

import typer

from lossproof.cli.app import DEFAULT_STORE, SAMPLES_FAILED, app
from lossproof.cli.options import (
    AsJson,
    Device,
    FrameSizes,
    Limit,
    Results,
    Split,
    Threads,
    threads_of,
)


@app.command(
    epilog="Example: lossproof find --task segmentation --data camvid:CamVid "
    "--model examples/cgnet_camvid.toml:cgnet_camvid.onnx --codec jpeg --max-drop 0.01"
)
def find(
    task: Annotated[
        str,
        typer.Option(help="segmentation, depth, detection, pose or action, as in a sweep."),
    ],
    data: Annotated[
        str,
        typer.Option(
            help="Dataset layout and folder, NAME:PATH, or the built-in tinytown; pictures:FOLDER "
            "with labels of the model."
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            help="NAME[:WEIGHTS], FILE.toml[:WEIGHTS.onnx], FILE.py:FUNCTION or an id, as in a "
            "sweep; lossproof models lists those that come with it."
        ),
    ],
    codec: Annotated[
        list[str],
        typer.Option(help="NAME[:SETTING=VALUE,...], with all its levels. May be repeated."),
    ],
    max_drop: Annotated[
        str,
        typer.Option(
            help="The share of the source's score that may be lost, as 5% or 0.05.",
            metavar="SHARE",
        ),
    ],
    confidence: Annotated[
        str,
        typer.Option(help="How sure the answer must be, as 95% or 0.95.", metavar="SHARE"),
    ] = "95%",
    worst: Annotated[
        str | None,
        typer.Option(
            help="Ask it of the worst share of the samples, as 5% or 0.05, or with class of every "
            "class."
        ),
    ] = None,
    frame_size: FrameSizes = None,
    labels: Annotated[
        str,
        typer.Option(
            help="dataset, or model: it is scored against its own predictions on the source."
        ),
    ] = "dataset",
    split: Split = None,
    limit: Limit = None,
    store: Results = DEFAULT_STORE,
    threads: Threads = None,
    device: Device = "cpu",
    json: AsJson = False,
) -> None:
    """Find the cheapest setting whose drop stays within a tolerance, at a stated confidence.

    Every level of the codecs is looked at, few of them on all samples. An interrupted search goes
    on where it was. "No setting" and "not decided" are answers too, with exit code 0.
    """
    from lossproof.console.answers import name_failures
    from lossproof.console.arguments import own_folder, parse_labels
    from lossproof.console.finding import every_point, parse_question
    from lossproof.console.finding import find as search
    from lossproof.console.found import answer_json, answer_lines
    from lossproof.console.progress import Stages
    from lossproof.console.worlds import prepare
    from lossproof.runs.engines import make_engine
    from lossproof.runs.run import Conditions
    from lossproof.runs.sweep import Machine, Sweep
    from lossproof.store import Store
    from lossproof.training import Shelf, in_full

    cores = threads_of(threads)
    whose = parse_labels(labels)
    question = parse_question(
        task, labels=whose, max_drop=max_drop, confidence=confidence, worst=worst
    )
    wanted = Sweep(
        task=task,
        data=(data,),
        models=(in_full(Shelf(store), model),),
        points=tuple(every_point(codec, frame_size or [])),
        split=split,
        limit=limit,
        labels=whose,
    )
    prepare(data, task=question.task.name)
    bars = Stages()
    conditions = Conditions(
        engine=make_engine("serial", workers=1),
        machine=Machine(cores, device),
        progress=bars.tell,
    )
    # What models and their libraries print is not the answer to the command.
    with contextlib.redirect_stdout(sys.stderr):
        decision, evidence = search(wanted, question, Store(own_folder(store)), conditions, bars)
    if json:
        print(answer_json(decision, question, evidence))
    else:
        print("\n".join(answer_lines(decision, question, evidence)))
    if evidence.failures:
        name_failures(evidence.failures)
        raise typer.Exit(SAMPLES_FAILED)
