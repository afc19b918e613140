"""What the page shows, as HTML."""

import math
from collections.abc import Sequence

from lossproof.analysis.rates import saving
from lossproof.codecs.codec import CodecClass
from lossproof.explorer.scene import Scene, Seen
from lossproof.records import Level
from lossproof.report.page.chart import Chart, Point, Series, draw
from lossproof.report.page.colours import colour_key
from lossproof.report.page.html import image, tag, text
from lossproof.report.page.words import NOT_KNOWN
from lossproof.report.tables import level_text
from lossproof.tasks import Score
from lossproof.tasks.look import merged_key

HERE = "you are here"


def steady(data: bytes, *, alt: str) -> str:
    """A PNG or JPEG that is part of the page and does not flicker where it follows another."""
    return image(data, alt=alt, decoding="sync")


def level_words(codec: CodecClass, level: Level) -> str:
    """``jpeg quality 50``."""
    return codec.name if level is None else f"{codec.name} {codec.unit} {level:g}"


def score_words(score: Score, value: float) -> str:
    """``65.5 %``."""
    if not math.isfinite(value):
        return NOT_KNOWN
    return f"{score.shown * value:.{score.digits}f} {score.unit}".strip()


def facts(scene: Scene, codec: CodecClass, seen: Seen) -> str:
    """What this level costs and how it scores, beside the source."""
    source, score = scene.source, scene.score
    saved = saving(float(seen.num_bytes), float(source.num_bytes))
    lines = [
        ("Level", level_words(codec, seen.level)),
        ("Size", f"{seen.num_bytes / 1000:.1f} kB"),
        ("Rate", f"{seen.rate:.3g} {scene.rate_heading}"),
        ("Saved", f"{100 * saved:.1f} % of the source's {source.num_bytes / 1000:.1f} kB"),
        (score.heading, score_words(score, seen.score)),
        (f"{score.heading} of the source", score_words(score, source.score)),
        ("Took", f"{1000 * seen.seconds:.0f} ms"),
    ]
    pairs = [tag("div", text("dt", name), text("dd", words)) for name, words in lines]
    level = "" if seen.level is None else f"{seen.level:g}"
    return tag("dl", *pairs, class_="lp-facts", data_level=level) + _of_what(scene)


def _of_what(scene: Scene) -> str:
    if scene.has_truth:
        words = "The score is of this one sample, against its truth."
    else:
        words = (
            "Nobody told the truth about this file: the score says how far the model agrees with "
            "what it says of the source."
        )
    return text("p", words, class_="lp-note")


def strip(scene: Scene, codec: CodecClass, ladder: Sequence[Seen]) -> str:
    """The source and the levels side by side, and what their colours stand for; a level is a button
    that goes there."""
    shown = (scene.source, *ladder)
    views = [_view(scene, codec, seen) for seen in shown]
    steps = tag("ol", *views, class_="lp-strip", aria_label="Levels side by side")
    return steps + colour_key(merged_key(seen.key for seen in shown))


def _view(scene: Scene, codec: CodecClass, seen: Seen) -> str:
    is_source = seen.codec == "source"
    name = "source" if is_source else level_words(codec, seen.level)
    words = f"{seen.num_bytes / 1000:.1f} kB, {score_words(scene.score, seen.score)}"
    inside = steady(seen.small, alt="") + text("span", name) + text("span", words)
    if seen.level is None:
        return tag("li", tag("div", inside, class_="lp-step"))
    return tag(
        "li", tag("button", inside, type="button", class_="lp-step", data_level=f"{seen.level:g}")
    )


def curve(scene: Scene, codec: CodecClass, ladder: Sequence[Seen], here: Seen) -> str:
    """Score against rate over the ladder, with the level where one is."""
    known = [seen for seen in ladder if math.isfinite(seen.score) and seen.rate > 0]
    if not math.isfinite(here.score):
        return text("p", f"This sample by itself has no {scene.score.heading}.", class_="lp-note")
    score = scene.score
    heading = f"{score.heading}{f' ({score.unit})' if score.unit else ''}"
    better = "higher" if score.higher_is_better else "lower"
    words = level_words(codec, here.level)
    chart = Chart(
        "lp-curve",
        f"{heading} against {scene.rate_heading}, {codec.name}",
        f"{better} is better; {HERE}: {words}, {here.rate:.3g} {scene.rate_heading}, "
        f"{score_words(score, here.score)}",
        scene.rate_heading,
        heading,
        (
            *([Series(codec.name, tuple(_point(score, seen) for seen in known))] if known else []),
            Series(f"{HERE}: {words}", (_point(score, here),)),
        ),
    )
    return tag("figure", draw(chart), class_="lp-curve")


def _point(score: Score, seen: Seen) -> Point:
    value = round(score.shown * seen.score, max(score.digits, 4))
    return Point(seen.rate, value, math.nan, math.nan, level_text(seen.level))


def alert(words: str) -> str:
    """Something that did not work, in words; nothing for no words."""
    return text("p", words, class_="lp-alert", role="alert") if words else ""
