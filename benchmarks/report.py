"""The page of a store of the demo's size: five studies, with the distributions kept."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.report.page.made import put
from tests.report.results import result

from benchmarks.coverage import drawn
from benchmarks.ratio import Amount, Ratio, take_turns
from lossproof.metrics import detection
from lossproof.predictions import Detections
from lossproof.ragged import Ragged
from lossproof.records import Result, Stat
from lossproof.report.page.contents import contents_of
from lossproof.report.page.page import to_html
from lossproof.studies.record import Entry, Record, save
from lossproof.studies.study import Comparison, Study
from lossproof.targets import DetectionTarget
from lossproof.tasks import make_task

SECONDS = 5.0
LEVELS = (95, 75, 50, 15, 10, 5)
TABLES = {"segmentation": 1, "depth": 2, "detection": 3, "action": 5}
SAMPLES = 60
CLASSES = 12


def measure(amount: Amount) -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        num_cells = sum(_write_study(store, *one) for one in _tasks().items())
        to_html(contents_of(store))  # keeps the distributions
        found = take_turns(amount.repeats, page=lambda: to_html(contents_of(store)))
    what = f"page of {num_cells} cells in five studies, distributions kept: seconds"
    yield Ratio(what, found.median("page"), "at most", SECONDS, str(found))


def _tasks() -> Mapping[str, Stat]:
    """Statistics of a task; pose is scored as detection is."""
    generator = np.random.default_rng(0)
    boxes = _boxes(generator)
    return {
        "segmentation": {
            "confusion": generator.integers(0, 500, (SAMPLES, CLASSES, CLASSES))
            + 4000 * np.eye(CLASSES, dtype=np.int64)
        },
        "detection": boxes,
        "fidelity": {
            "sums": generator.uniform(1, 2, (SAMPLES, 3)) * [3e5, 0.9, 50],
            "counts": np.tile([9000, 1, 3000], (SAMPLES, 1)),
        },
        "depth": {name: values[:SAMPLES] for name, values in drawn("depth").reference.items()},
        "action": {name: values[:SAMPLES] for name, values in drawn("action").reference.items()},
    }


def _boxes(generator: np.random.Generator) -> Stat:
    found = [_picture(generator) for _ in range(SAMPLES)]
    return {
        name: Ragged.join([one[name] for one in found])
        if isinstance(found[0][name], Ragged)
        else np.stack([one[name] for one in found])
        for name in found[0]
    }


def _picture(generator: np.random.Generator) -> Stat:
    corners = generator.uniform(0, 200, (8, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(10, 100, (8, 2))], axis=1)
    labels = generator.integers(0, CLASSES, 8)
    target = DetectionTarget(
        boxes=boxes.astype(np.float32),
        labels=labels,
        areas=np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).astype(np.float32),
        crowd=np.zeros(8, bool),
        difficult=np.zeros(8, bool),
        num_classes=CLASSES,
        frame_size=(320, 320),
    )
    moved = boxes + generator.normal(0, 6, boxes.shape)
    said = Detections(moved.astype(np.float32), generator.uniform(size=8), labels)
    return detection.sample_stat(said, target)


def _write_study(store: Path, task: str, stats: Stat) -> int:
    """A network before, and one retrained for each level below the best, all at every level."""
    names = {"baseline": "net"} | {f"retrain {level}": f"net {level}" for level in LEVELS[1:]}
    entries = []
    for place, (name, model) in enumerate(names.items()):
        cells = [_result(task, stats, model, level, place) for level in LEVELS]
        put(store, cells)
        entries += [Entry(name, one.cell) for one in cells]
    comparison = Comparison(
        title="retrained for each",
        codec="jpeg",
        before="baseline",
        after={"retrain": {level: (f"retrain {level}",) for level in LEVELS[1:]}},
        table=TABLES.get(task),
    )
    study = Study(
        name=task, title=task, task=task, data="camvid:x", models=names, comparisons=(comparison,)
    )
    kept = Record(study=study, ids={}, entries=tuple(entries), comparisons=(comparison,))
    save(kept, store)
    return len(entries)


def _result(task: str, stats: Stat, model: str, level: int, place: int) -> Result:
    """The same statistics of samples in another order, which costs the same to score."""
    plain = result(
        "jpeg",
        level,
        accuracy=0.9,
        task=task,
        model=model,
        weights=model,
        data=f"{task} data",
        metric=make_task(task).metric,
        metric_settings=make_task(task).settings,
    )
    names = tuple(f"s{index}" for index in range(SAMPLES))
    order = np.random.default_rng(place * 100 + level).permutation(SAMPLES)
    whole = replace(
        plain,
        sample_ids=names,
        groups=names,
        num_bytes=np.full(SAMPLES, 100 * level),
        num_pixels=np.full(SAMPLES, 10_000),
        num_frames=np.ones(SAMPLES, np.int64),
        duration_seconds=np.full(SAMPLES, np.nan),
        stats=stats,
        context=replace(plain.context, classes=tuple(f"class {n}" for n in range(CLASSES))),
    )
    return replace(whole.at(order, groups=names), sample_ids=names)
