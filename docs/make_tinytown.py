"""Write the page that shows what tinytown looks like and how its pictures compress.

Use: ``python docs/make_tinytown.py``; it makes the built-in world where that is not there yet.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lossproof.codecs.jpeg import Jpeg
from lossproof.datasets import Dataset, open_dataset
from lossproof.predictions import Detections, Poses
from lossproof.records import Frame
from lossproof.tasks import Legend, make_task
from lossproof.tinytown.plan import VERSION

FOLDER = Path(__file__).parent
PICTURE = FOLDER / "pictures" / "tinytown.jpg"
TASKS = ("segmentation", "depth", "detection", "pose")
QUALITIES = (5, 10, 15, 50, 75, 95)
NUM_SHOWN = 8
NUM_MEASURED = 80
# Means of pictures shrunk to 320x240 by area: bits per pixel and PSNR in dB at the qualities above.
PHOTOGRAPHS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "CamVid, 60 test pictures": (
        (0.238, 0.301, 0.362, 0.687, 1.023, 2.566),
        (26.1, 29.2, 30.7, 34.7, 36.9, 42.5),
    ),
    "COCO val2017, 100 pictures": (
        (0.301, 0.419, 0.523, 1.047, 1.551, 3.680),
        (23.4, 25.8, 27.1, 30.6, 32.7, 37.9),
    ),
}
PAGE = """<!-- Made by `python docs/make_tinytown.py`; do not edit. -->

# What tinytown looks like

The first {shown} test pictures of the built-in world (version {version}): the picture, its classes,
its depth, its things with their boxes, and its people with their keypoints. How it is laid out on
the disk is in [datasets](datasets.md).

![Eight streets with their ground truths](pictures/tinytown.jpg)

## How its pictures compress

Bits per pixel and PSNR under JPEG, means over the first {measured} test pictures, beside two sets
of photographs shrunk to the same 320x240. The world was to lie between them; it was not tuned to
give networks any particular losses.

{table}
"""


def main() -> None:
    datasets = {task: open_dataset("tinytown", task=task) for task in TASKS}
    rows = [row(datasets, place) for place in range(NUM_SHOWN)]
    sheet = cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(PICTURE), sheet, [cv2.IMWRITE_JPEG_QUALITY, 70])
    text = PAGE.format(
        shown=NUM_SHOWN,
        version=VERSION,
        measured=NUM_MEASURED,
        table="\n".join(table(datasets["segmentation"])),
    )
    (FOLDER / "tinytown.md").write_text(text)


def row(datasets: Mapping[str, Dataset], place: int) -> Frame:
    """A picture and its truths side by side."""
    drawn = [truth(dataset, task, place) for task, dataset in datasets.items()]
    return np.hstack([picture(datasets["segmentation"], place), *drawn])


def picture(dataset: Dataset, place: int) -> Frame:
    return dataset.read_media(dataset.samples("test")[place]).frames


def truth(dataset: Dataset, task: str, place: int) -> Frame:
    """What a network would draw that predicts the truth."""
    target = dataset.read_target(dataset.samples("test")[place])
    legend = Legend(dataset.classes, dataset.palette)
    return make_task(task).draw(picture(dataset, place), as_predicted(target, task), legend)


def as_predicted(target: Any, task: str) -> Any:
    if task == "segmentation":
        return target.class_map
    if task == "depth":
        return target.depth
    sure = np.ones(len(target.boxes), np.float32)
    if task == "detection":
        return Detections(target.boxes, sure, target.labels)
    return Poses(target.keypoints, sure)


def table(dataset: Dataset) -> Iterator[str]:
    frames = [picture(dataset, place) for place in range(NUM_MEASURED)]
    ours = [measured(frames, quality) for quality in QUALITIES]
    sets = {
        f"tinytown, {NUM_MEASURED} test pictures": tuple(zip(*ours, strict=True)),
        **PHOTOGRAPHS,
    }
    yield f"| | {' | '.join(f'q {quality}' for quality in QUALITIES)} |"
    yield f"| --- |{' --: |' * len(QUALITIES)}"
    for name, (rates, psnr_db) in sets.items():
        yield f"| {name}, bits/pixel | {' | '.join(f'{one:.3f}' for one in rates)} |"
        yield f"| {name}, PSNR dB | {' | '.join(f'{one:.1f}' for one in psnr_db)} |"


def measured(frames: list[Frame], quality: int) -> tuple[float, float]:
    """Mean bits per pixel and PSNR."""
    codec = Jpeg(quality)
    rates, psnr_db = [], []
    for frame in frames:
        data = codec.encode(frame)
        error = codec.decode(data).astype(np.float64) - frame
        rates.append(8 * len(data) / (frame.shape[0] * frame.shape[1]))
        psnr_db.append(10 * np.log10(255**2 / (error**2).mean()))
    return float(np.mean(rates)), float(np.mean(psnr_db))


if __name__ == "__main__":
    main()
