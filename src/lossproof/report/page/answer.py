"""The answer first: how far one can compress, before and after retraining."""

import math
from collections.abc import Iterator, Sequence

from lossproof.codecs import parse_codec
from lossproof.report.compared import Compared
from lossproof.report.curves import Curve, safe
from lossproof.report.findings import TOLERANCES, Found, in_words
from lossproof.report.page.contents import Contents, Finding
from lossproof.report.page.html import details, section, table, tag, text
from lossproof.report.page.words import counted, level_words, percent, way
from lossproof.report.tables import Table
from lossproof.report.titles import codec_titles, frame_size_title, size_title

NO_SHARE = "no share of a loss: decibels"
_MEANING = (
    "A level is safe when we are 95% sure that it loses no more than the share stated, measured "
    "against the best level at the same frame size, which may itself lose against the source. In "
    "brackets: how many fewer bytes than that best level."
)
UNKNOWN_LEVELS = (
    "Not known: every result stands alone at one level. Measure a codec at several levels to learn "
    "how far it can go."
)
_INTERRUPTED = "* A better level is less sure: the curve is not steady there."


def answer(contents: Contents) -> str:
    """A sentence and a table for each study, then a table for each group of other sweeps."""
    return section("answer", "The answer", *_parts(contents))


def _parts(contents: Contents) -> Iterator[str]:
    yield text("p", _MEANING)
    for words in contents.warnings:
        yield text("p", f"Warning: {words}", class_="warning")
    for one in contents.findings:
        yield text("p", one.words, class_="answer")
        yield table(safe_levels(one), caption=f"Safe levels: {study_title(one.compared)}")
    others = contents.other_curves
    for of_what, lines in [] if contents.findings else sweep_lines(others):
        listed = tag("ul", *(text("li", line) for line in lines))
        yield tag("div", text("p", of_what), listed, class_="answer")
    if others:
        yield table(safe_levels_of(others), caption=sweeps_title(contents))
    if not contents.findings and not others:
        yield text("p", UNKNOWN_LEVELS)
    if any(one.interrupted for one in _all_found(contents)):
        yield text("p", _INTERRUPTED, class_="note")
    if contents.left_out:
        reasons = "".join(text("li", reason) for reason in contents.left_out)
        yield details(_left_out(len(contents.left_out)), tag("ul", reasons))


def _left_out(number: int) -> str:
    return counted(number, "result is left out", "results are left out")


def _all_found(contents: Contents) -> Iterator[Found]:
    for finding in contents.findings:
        yield from finding.found
    for curve in contents.other_curves:
        if curve.score.unit != "dB":
            yield from _findings(curve)


def study_title(compared: Compared) -> str:
    """The study and which of its comparisons."""
    return f"{compared.study.title}, {compared.comparison.title}"


def sweeps_title(contents: Contents) -> str:
    """Of the sweeps beside the studies, or of all where there are no studies."""
    which = "the other sweeps" if contents.findings else "every sweep"
    return f"Safe levels of {which}"


def safe_levels(finding: Finding) -> Table:
    """A line per way, a column per tolerance."""
    codec = parse_codec(finding.compared.comparison.codec)[0]
    methods = list(dict.fromkeys(one.method for one in finding.found))
    by_place = {(one.method, one.tolerance): one for one in finding.found}
    return Table(
        ("model", *_headings()),
        (False, *(False for _ in TOLERANCES)),
        tuple(
            (way(method), *(_cell(by_place[method, one], codec) for one in TOLERANCES))
            for method in methods
        ),
    )


def safe_levels_of(curves: Sequence[Curve]) -> Table:
    """A line per model, data, codec and frame size, a column per tolerance.

    What it is of stands in two columns, so that a narrow screen has room for a level beside them.
    """
    codecs = codec_titles([one.rows[0] for one in curves])
    return Table(
        ("model and samples", "codec and frame size", *_headings()),
        (False,) * (2 + len(TOLERANCES)),
        tuple(
            (
                f"{curve.model} on {curve.samples}",
                f"{codec}, {frame_size_title(curve.rows[0])}",
                *_safe_cells(curve),
            )
            for curve, codec in zip(curves, codecs, strict=True)
        ),
    )


def sweep_lines(curves: Sequence[Curve]) -> list[tuple[str, list[str]]]:
    """For each model on the same samples what is asked, and a line for each codec and size."""
    found: dict[str, list[str]] = {}
    codecs = codec_titles([one.rows[0] for one in curves])
    for curve, codec in zip(curves, codecs, strict=True):
        task = curve.rows[0].cell.task.capitalize()
        of_what = f"{task}, {curve.score.heading} of {curve.model} on {curve.samples}"
        found.setdefault(of_what, []).append(_curve_line(curve, codec))
    return list(found.items())


def _curve_line(curve: Curve, codec: str) -> str:
    """The safe levels of a curve in words."""
    size = curve.rows[0].frame_size
    at = f"{codec} at {size_title(size)}" if size else codec
    if curve.score.unit == "dB":
        return f"{at}: no safe level is told, since a share of decibels means nothing."
    reference = curve.rows[curve.reference].cell
    best = level_words(reference.codec, reference.level)
    against = f", against {best} at that size" if size else ""
    safe = in_words(_findings(curve), reference.codec, reference=reference.level)
    return f"{at}{against}: {safe}."


def _safe_cells(curve: Curve) -> list[str]:
    if curve.score.unit == "dB":
        return [NO_SHARE for _ in TOLERANCES]
    return [_cell(one, curve.rows[0].cell.codec) for one in _findings(curve)]


def _findings(curve: Curve) -> list[Found]:
    return [_found(curve, tolerance) for tolerance in TOLERANCES]


def _found(curve: Curve, tolerance: float) -> Found:
    place, interrupted = safe(curve, tolerance=tolerance)
    if place is None:
        return Found("", tolerance, None, math.nan, interrupted=False)
    row = curve.rows[place]
    return Found("", tolerance, row.cell.level, row.saving, interrupted)


def _cell(found: Found, codec: str) -> str:
    if found.level is None:
        return "no level is sure"
    saved = percent(max(0.0, found.saving))
    return f"{level_words(codec, found.level)} ({saved})" + ("*" if found.interrupted else "")


def _headings() -> list[str]:
    return [f"at most {tolerance:.0%} lost" for tolerance in TOLERANCES]
