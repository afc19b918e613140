"""Draw the paper's figures with the networks of the small studies, for docs/results.

Use: ``python docs/make_figures.py STORE STUDY.py DATA ...``, with the store in which the networks
of the studies were trained. Of each study the baseline is shown, and the network that was retrained
at the lowest level where it is in the store too.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lossproof.report.grids import grid
from lossproof.runs.look import look
from lossproof.runs.sweep import Machine, Sweep
from lossproof.studies import BASELINE, Study
from lossproof.studies.file import read_study
from lossproof.studies.study import filled
from lossproof.training import Conditions, Recipe, Shelf, in_full
from lossproof.training.job import open_job

FOLDER = Path(__file__).parent / "pictures"
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 85)
NUM_LEVELS = 3


def main(root: Path, files: list[str]) -> None:
    for file, data in zip(files[::2], files[1::2], strict=True):
        study = read_study(Path(file), data)
        write(grid(list(look(sweep(study, Shelf(root)), [], machine()))), study.name)


def machine() -> Machine:
    return Machine(os.cpu_count() or 1)


def sweep(study: Study, shelf: Shelf) -> Sweep:
    """The source, and the best, a middle and the lowest level."""
    source, *coded = study.measured[0].points
    places = np.linspace(0, len(coded) - 1, NUM_LEVELS).round().astype(int)
    return Sweep(
        task=study.task,
        data=(study.data,),
        models=tuple(models(study, shelf)),
        points=(source, *(coded[place] for place in places)),
        split=study.split,
    )


def models(study: Study, shelf: Shelf) -> Iterator[str]:
    ids = trained(study, shelf)
    (comparison,) = study.comparisons
    lowest = list(comparison.after["retrain"].values())[-1]
    for name in (BASELINE, *lowest):
        try:
            spec = filled(study.models[name], ids)
        except KeyError:
            continue
        yield in_full(shelf, spec)


def trained(study: Study, shelf: Shelf) -> dict[str, str]:
    """The ids of the study's trainings that are in the store."""
    ids: dict[str, str] = {}
    for training in study.trainings:
        recipe = training.recipe
        if recipe.parent is not None:
            if recipe.parent not in ids:
                continue
            recipe = replace(recipe, parent=ids[recipe.parent])
        if own := next(filter(shelf.contains, ids_of(recipe, shelf)), None):
            ids[training.name] = own
    return ids


def ids_of(recipe: Recipe, shelf: Shelf) -> Iterator[str]:
    """Of a training in either precision."""
    for precision in ("no", "bf16"):
        yield open_job(recipe, shelf, Conditions(precision=precision)).id


def write(figure: Figure, name: str) -> None:
    figure.set_dpi(70)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    cv2.imwrite(str(FOLDER / f"{name}.jpg"), pixels[..., ::-1], JPEG)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
