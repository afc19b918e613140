"""Score against rate: charts, knees, the best buys, and codecs against each other."""

from collections.abc import Iterator, Sequence

import numpy as np

from lossproof.analysis.bjontegaard import FEWEST
from lossproof.report.compared import Estimate
from lossproof.report.curves import (
    Curve,
    curve_titles,
    front,
    is_drawn,
    rate_difference,
    score_difference,
)
from lossproof.report.page.chart import draw
from lossproof.report.page.contents import Contents
from lossproof.report.page.html import details, section, table, tag, text, traced_table
from lossproof.report.page.plots import Plot, plot_of, plot_of_curves
from lossproof.report.page.reading import how_to_read
from lossproof.report.page.words import NOT_KNOWN, heading_of, score_words, share_words
from lossproof.report.rows import by_samples
from lossproof.report.tables import LEVEL, Table, Traced, level_text, plain
from lossproof.report.titles import codec_titles, frame_size_title
from lossproof.tasks import Score

_MOST_IN_A_CHART = 8
_MOST_KNEES_SHOWN = 2
HOW_FRONT = (
    "The settings that no other measured setting beats in both size and score. Everything else "
    "costs more bytes, gives a lower score, or both."
)
HOW_BETWEEN = (
    "Averages over the range that both curves reach (Bjøntegaard's BD-rate and BD-score). Bytes: "
    "how many more a codec needs for the same score; below 0 it needs fewer. Score: how much "
    "better it is at the same bytes. Intervals are from 200 resamples. Where a curve has fewer "
    f"than {FEWEST} levels or does not rise throughout, or the two have too little in common, the "
    "number is not known."
)


def curve_section(contents: Contents) -> str:
    """Every chart with its numbers, then the tables over several curves."""
    plots = plots_of(contents)
    body = [text("p", how_to_read([one.chart for one in plots]), class_="note")] if plots else []
    body += [tag("div", *map(_figure, plots), class_="charts")]
    if not plots:
        body.append(text("p", "No curve: every result stands alone at one level, or has no score."))
    return section("curves", "Score against size", *body, *_tables(contents))


def plots_of(contents: Contents) -> list[Plot]:
    """Of every comparison with a score, then of the curves that no comparison holds."""
    known = {row.cell.hash: one for one in contents.curves for row in one.rows}
    compared = [one for one in contents.compared if one.is_known]
    plots = [plot_of(one, known, id_=f"chart-{place}") for place, one in enumerate(compared)]
    others = {one.rows[0].cell.hash for one in contents.other_curves}
    for group in groups_of(contents.curves):
        if any(one.rows[0].cell.hash in others for one in group):
            for part in _charts(group):
                plots.append(plot_of_curves(part, id_=f"chart-{len(plots)}"))
    return plots


def groups_of(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves of the same samples together."""
    by_first = {one.rows[0].cell.hash: one for one in curves}
    groups = by_samples(one.rows[0] for one in curves)
    return [[by_first[row.cell.hash] for row in group] for group in groups]


def by_model(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves of the same model together."""
    groups: dict[tuple[str, str], list[Curve]] = {}
    for one in curves:
        cell = one.rows[0].cell
        groups.setdefault((cell.model, cell.weights), []).append(one)
    return list(groups.values())


def _charts(group: Sequence[Curve]) -> list[list[Curve]]:
    """All in one chart, or a chart for each model where they are too many."""
    drawn = [one for one in group if is_drawn(one)]
    return [drawn] if len(drawn) <= _MOST_IN_A_CHART else by_model(drawn)


def _figure(plot: Plot) -> str:
    return tag(
        "figure",
        text("figcaption", plot.chart.title),
        draw(plot.chart),
        _knees(plot.remarks),
        details("The numbers", traced_table(plot.numbers, caption=plot.chart.title)),
    )


def _knees(remarks: Sequence[str]) -> str:
    """In a line where they are few, else folded."""
    if not remarks:
        return ""
    if len(remarks) <= _MOST_KNEES_SHOWN:
        return text("p", f"Knee: {'; '.join(remarks)}.", class_="note")
    return details("The knees", tag("ul", *(text("li", one) for one in remarks), class_="note"))


def _tables(contents: Contents) -> Iterator[str]:
    fronts, between = front_tables(contents), between_tables(contents)
    if fronts:
        yield text("h3", "The best buys (Pareto front)")
        yield text("p", HOW_FRONT)
        yield from (traced_table(shown, caption=caption) for caption, shown in fronts)
    if between:
        yield text("h3", "Codecs against each other")
        yield text("p", HOW_BETWEEN)
        yield from (table(shown, caption=caption) for caption, shown in between)


def front_tables(contents: Contents) -> list[tuple[str, Traced]]:
    """Of every model that was measured through several codecs or frame sizes."""
    return [
        (f"{group[0].model} on {group[0].samples}", _front(group)) for group in _several(contents)
    ]


def between_tables(contents: Contents) -> list[tuple[str, Table]]:
    """Every other curve of a model against its first."""
    found = []
    for group in _several(contents):
        first, *others = group
        title = curve_titles(group)
        lines = tuple(
            (name, share_words(rate_difference(first, other)), _score(first, other))
            for name, other in zip(title[1:], others, strict=True)
        )
        caption = f"Against {title[0]}: {first.model} on {first.samples}"
        headings = ("codec", "bytes for the same score %", f"{heading_of(first.score)} at the same")
        found.append((caption, Table((*headings[:2], f"{headings[2]} bytes"), _NUMBERS, lines)))
    return found


_NUMBERS = (False, True, True)


def _score(first: Curve, other: Curve) -> str:
    return _signed(score_difference(first, other), first.score)


def _signed(estimate: Estimate, score: Score) -> str:
    """Of scores that are better when lower, what is better counts as more all the same."""
    words = score_words(estimate.value, estimate.interval, score)
    return words if estimate.value < 0 or words == NOT_KNOWN else f"+{words}"


def _several(contents: Contents) -> Iterator[list[Curve]]:
    for group in groups_of([one for one in contents.curves if is_drawn(one)]):
        yield from (own for own in by_model(group) if len(own) > 1)


def _front(group: Sequence[Curve]) -> Traced:
    score = group[0].score
    codecs = codec_titles([one.rows[0] for one in group])
    chosen = [
        (curve.rows[place], codec)
        for curve, codec, kept in zip(group, codecs, front(group), strict=True)
        for place in np.flatnonzero(kept)
    ]
    chosen.sort(key=lambda one: one[0].bytes_per_sample)
    media = group[0].rows[0].media
    shown = Table(
        ("codec", LEVEL, "frame size", f"kB per {media}", heading_of(score)),
        (False, True, False, True, True),
        tuple(
            (
                codec,
                level_text(row.cell.level),
                frame_size_title(row),
                plain(row.bytes_per_sample / 1000, digits=1),
                score_words(row.scores[score.name], row.intervals[score.name], score),
            )
            for row, codec in chosen
        ),
    )
    return Traced(shown, tuple(row.cell.hash for row, _ in chosen))
