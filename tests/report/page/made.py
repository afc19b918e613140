"""A store with sweeps and a study, made by hand, and a page as a browser would see it."""

from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from lossproof.ragged import Ragged
from lossproof.records import Measurement, Result
from lossproof.store import Store
from lossproof.studies.record import Entry, Record, save
from lossproof.studies.study import Comparison, Study
from tests.report.clip_results import one_stream
from tests.report.results import result

JPEG = {"optimize": False, "progressive": False, "subsampling": "4:2:0"}
_JPEG_LEVELS = ((95, 0.93, 400), (75, 0.92, 200), (50, 0.9, 120), (5, 0.6, 40))
_JPEG2000_LEVELS = ((44, 0.93, 300), (37, 0.91, 150), (30, 0.7, 50))
_VOID = {"meta", "img", "br", "link", "input", "hr"}


def put(store: Path, results: Iterable[Result], **noted: Any) -> None:
    """Keep results as a sweep would, with what else was noted."""
    kept = Store(store)
    for one in results:
        measurements = [
            Measurement(
                index=index,
                sample_id=sample,
                num_bytes=int(one.num_bytes[index]),
                num_pixels=int(one.num_pixels[index]),
                num_frames=int(one.num_frames[index]),
                stat={name: _of_sample(values, index) for name, values in one.stats.items()},
                group=one.groups[index],
            )
            for index, sample in enumerate(one.sample_ids)
        ]
        kept.add_part(one.cell, measurements)
        kept.finish(
            one.cell,
            num_samples=len(measurements),
            context=one.context,
            failures=(),
            provenance={
                "started": "2026-01-02T03:04:05Z",
                "duration_seconds": 6.0,
                "python": "3.11",
                "packages": {"lossproof": "0.1.0", "numpy": "2.0"},
                **noted,
            },
        )


def _of_sample(values: Any, index: int) -> Any:
    return values.at(np.array([index])) if isinstance(values, Ragged) else values[index]


def sweep(model: str = "net_1", **cell: object) -> list[Result]:
    """JPEG at four levels and JPEG 2000 at three, with source and yuv420, at two frame sizes."""
    found = []
    for size, loss, part in ((None, 0.0, 1), ((10, 10), 0.02, 2)):
        fields = {"model": model, "frame_size": size, **cell}
        found += [
            result("source", None, accuracy=0.95 - loss, num_bytes=900, **fields),
            result("yuv420", None, accuracy=0.94 - loss, num_bytes=800, **fields),
            *(
                result(
                    "jpeg",
                    level,
                    accuracy=accuracy - loss,
                    num_bytes=num_bytes // part,
                    settings=JPEG,
                    **fields,
                )
                for level, accuracy, num_bytes in _JPEG_LEVELS
            ),
            *(
                result(
                    "jpeg2000",
                    level,
                    accuracy=accuracy - loss,
                    num_bytes=num_bytes // part,
                    reference_level=44,
                    **fields,
                )
                for level, accuracy, num_bytes in _JPEG2000_LEVELS
            ),
        ]
    return found


def study(
    store: Path, *, title: str = "net on pictures", task: str = "segmentation", table: int = 1
) -> None:
    """A model before, and one retrained for each of two levels, in a table of the paper."""
    made = one_stream if task == "action" else result
    levels = ((95, 0.93), (50, 0.9), (5, 0.6))
    before = [made("jpeg", q, accuracy=a, num_bytes=4 * q) for q, a in levels]
    after = [
        made("jpeg", q, accuracy=a, num_bytes=4 * int(q), model=f"net {q}", weights=f"w{q}")
        for q, a in ((50, 0.92), (5, 0.8))
    ]
    put(store, [*before, *after])
    comparison = Comparison(
        title="retrained for each",
        codec="jpeg",
        before="baseline",
        after={"retrain": {50: ("retrain 50",), 5: ("retrain 5",)}},
        table=table,
    )
    names = {"baseline": "net_1", "retrain 50": "net 50", "retrain 5": "net 5"}
    kept = Study(
        name="mine",
        title=title,
        task=task,
        data="camvid:x",
        models=names,
        comparisons=(comparison,),
    )
    entries = [Entry("baseline", one.cell) for one in before]
    entries += [Entry(f"retrain {one.cell.level}", one.cell) for one in after]
    save(Record(study=kept, ids={}, entries=tuple(entries), comparisons=(comparison,)), store)


class Seen(HTMLParser):
    """Every element with its attributes, the headings in order, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.headings: list[tuple[int, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} ends what it did not begin"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            return
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings.append((int(self.open[-1][1]), data))
        self.words.append(data)

    def all(self, name: str) -> list[dict[str, str]]:
        return [given for tag, given in self.elements if tag == name]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def ids(seen: Seen) -> Sequence[str]:
    return [given["id"] for _, given in seen.elements if "id" in given]
