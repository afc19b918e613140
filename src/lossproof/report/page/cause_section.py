"""How much of the drop comes from what."""

from collections.abc import Sequence

from lossproof.report.causes import CAUSES, Causes, causes
from lossproof.report.page.contents import Contents
from lossproof.report.page.curve_section import by_model, groups_of
from lossproof.report.page.html import section, text, traced_table
from lossproof.report.page.plots import point_words
from lossproof.report.page.words import share_words
from lossproof.report.tables import Table, Traced

HOW_CAUSES = (
    "The drop against the same model's score on the source, in percent of that score, and the "
    "parts that add up to it. Frame size: the source made smaller and nothing else. 4:2:0 colour: "
    "colour kept at half the resolution, without a codec. Quantisation: what is left, which is the "
    "codec itself. 95% intervals in brackets; below 0 the step helped."
)
NO_CAUSES = (
    "It takes the source at the smaller frame size, or the codec yuv420, beside a codec for the "
    "same model and samples: sweep with --codec yuv420 and two of --frame-size."
)


def cause_section(contents: Contents) -> str:
    """A table per model and samples; nothing where none is known."""
    tables = cause_tables(contents)
    if not tables:
        return ""
    shown = (traced_table(one, caption=name) for name, one in tables)
    return section("causes", "Where the drop comes from", text("p", HOW_CAUSES), *shown)


def cause_tables(contents: Contents) -> list[tuple[str, Traced]]:
    """A line per codec, level and frame size."""
    found = []
    for group in groups_of(contents.curves):
        for own in by_model(group):
            known = causes(own)
            if known:
                first = own[0]
                caption = f"{first.score.heading} of {first.model} on {first.samples}"
                found.append((caption, _table(known)))
    return found


def _table(own: Sequence[Causes]) -> Traced:
    measured = {name for one in own for name in one.parts}
    names = [name for name in CAUSES if name in measured]
    shown = Table(
        ("codec, level and frame size", "drop %", *(f"{name} %" for name in names)),
        (False, True, *(True for _ in names)),
        tuple(
            (
                point_words(one.row),
                share_words(one.total),
                *(share_words(one.parts[name]) if name in one.parts else "-" for name in names),
            )
            for one in own
        ),
    )
    return Traced(shown, tuple(one.row.cell.hash for one in own))
