"""Commands that say what there is, and whether it works here."""

from pathlib import Path
from typing import Annotated

import typer

from lossproof.cli.app import SAMPLES_FAILED, app, data_app


@app.command(epilog="Example: lossproof codecs h264")
def codecs(
    name: Annotated[
        str | None, typer.Argument(help="Show this one with its settings and its library.")
    ] = None,
    curves: Annotated[
        Path | None,
        typer.Option(help="A folder: rate, PSNR and SSIM of every codec on four photographs."),
    ] = None,
) -> None:
    """The codecs and their levels; or one of them in full; or what they make of photographs."""
    from lossproof.console.details import codec_details
    from lossproof.console.inventory import codec_lines
    from lossproof.console.screen import console, plain_table

    if name is not None and curves is not None:
        raise ValueError(f"{name} and --curves are both given; one of them is allowed")
    if curves is not None:
        _draw_curves(curves)
    elif name is None:
        console().print(plain_table(*codec_lines()))
    else:
        print("\n".join(codec_details(name)))


def _draw_curves(out: Path) -> None:
    from lossproof.console.codec_curves import measure_codecs, write_curves
    from lossproof.console.folders import check_folder
    from lossproof.console.progress import bar
    from lossproof.console.screen import console, rich_table

    check_folder(out, option="--curves")
    out.mkdir(parents=True, exist_ok=True)
    with bar("coding") as progress:
        measured = measure_codecs(progress=progress)
    table, paths = write_curves(measured, out)
    console().print(rich_table(table))
    for path in paths:
        print(f"wrote {path}")


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
    from lossproof.console.worlds import prepare
    from lossproof.datasets import check as check_dataset
    from lossproof.datasets import open_dataset

    prepare(data, task=None)
    with bar("reading") as progress:
        found = check_dataset(
            open_dataset(data), progress=lambda split, done, total: progress(done, total)
        )
    for line in check_lines(found):
        print(line)
    if found.num_damaged or found.default_missing:
        raise typer.Exit(SAMPLES_FAILED)


@data_app.command(epilog="Example: lossproof data make tinytown --size 1000 --out big")
def make(
    name: Annotated[str, typer.Argument(help="What to make: tinytown.")],
    size: Annotated[
        int | None,
        typer.Option(help="Pictures to train on; others in proportion. Default: the built-in 160."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A new folder. Default: one in the cache.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="stills, which are for all tasks but action; or clips.")
    ] = None,
) -> None:
    """Make a dataset that lossproof draws, or mend what is damaged in one that is there.

    A making that was interrupted goes on with what is missing.
    """
    from lossproof.console.worlds import make_world

    for line in make_world(name, size=size, out=out, only=only):
        print(line)


@data_app.command(epilog="Example: lossproof data export tinytown --layout coco --out town_coco")
def export(
    name: Annotated[str, typer.Argument(help="What to export: tinytown.")],
    layout: Annotated[str, typer.Option(help="voc, coco, cityscapes, ucf101 or synthia.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
    data: Annotated[
        str | None, typer.Option(help="tinytown:PATH. Default: the built-in world.")
    ] = None,
) -> None:
    """Write a dataset that lossproof draws in the layout of another, for any tool to read."""
    from lossproof.console.worlds import export_world

    for line in export_world(name, layout=layout, out=out, data=data or name):
        print(line)


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
