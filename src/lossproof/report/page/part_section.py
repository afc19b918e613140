"""What single classes and sizes of objects lose."""

import math
from collections.abc import Sequence

from lossproof.report.compared import Estimate
from lossproof.report.curves import Curve, is_drawn
from lossproof.report.page.contents import Contents
from lossproof.report.page.html import details, section, table, text
from lossproof.report.page.words import NOT_KNOWN, level_words, score_words, share_words
from lossproof.report.tables import Table
from lossproof.report.titles import frame_size_title

_SIZES = ("small", "medium", "large")
NO_PARTS = "No score here is of a single class or size of objects."
HOW_PARTS = (
    "The drop in percent of the score at the best level, with its 95% interval. A class that does "
    "not occur, or that is never found at the best level, has no drop: not known."
)


def part_section(contents: Contents) -> str:
    """A folded table per curve that has such scores, the first one open; nothing without any."""
    tables = part_tables(contents)
    if not tables:
        return ""
    folded = [details(caption, table(shown, caption=caption)) for caption, shown in tables]
    folded[0] = folded[0].replace("<details>", "<details open>", 1)
    return section("parts", "Per class and object size", text("p", HOW_PARTS), *folded)


def part_tables(contents: Contents) -> list[tuple[str, Table]]:
    """Of every curve of several levels with scores of parts."""
    found = []
    for curve in contents.curves:
        names = _names(curve)
        if is_drawn(curve) and names:
            size = frame_size_title(curve.rows[0])
            codec = curve.rows[0].cell.codec
            caption = f"{curve.model} on {curve.samples}, {codec}, {size}"
            found.append((caption, _table(curve, names)))
    return found


def _names(curve: Curve) -> list[str]:
    """Scores of classes, of the headline's family where it has them, and of sizes."""
    known = [name for name, value in curve.rows[0].scores.items() if math.isfinite(value)]
    families = dict.fromkeys(name.partition("/")[0] for name in known if "/" in name)
    family = curve.score.name if curve.score.name in families else next(iter(families), None)
    classes = [name for name in known if "/" in name and name.partition("/")[0] == family]
    return classes + [name for name in known if name.rpartition("_")[2] in _SIZES]


def _table(curve: Curve, names: Sequence[str]) -> Table:
    reference = curve.rows[curve.reference]
    others = [row for row in curve.rows if row is not reference]
    codec = reference.cell.codec
    best = level_words(codec, reference.cell.level)
    return Table(
        (
            "class or size",
            f"score at {best}",
            *(f"drop % at {level_words(codec, row.cell.level)}" for row in others),
        ),
        (False, *(True for _ in curve.rows)),
        tuple(
            (
                _title(curve, name),
                score_words(
                    reference.scores[name],
                    reference.intervals[name],
                    reference.task.score(name),
                ),
                *(
                    share_words(
                        Estimate(
                            row.drops.get(name, math.nan),
                            row.intervals.get(f"{name}_drop", (math.nan, math.nan)),
                        )
                    )
                    if name in row.drops
                    else NOT_KNOWN
                    for row in others
                ),
            )
            for name in names
        ),
    )


def _title(curve: Curve, name: str) -> str:
    """``IoU Sky`` as ``Sky (iou)``, or the heading of a score of sizes."""
    family, slash, which = name.partition("/")
    return f"{which} ({family})" if slash else curve.rows[0].task.score(name).heading
