"""The samples that break first: how much each loses, and how it looks."""

import math
from collections.abc import Mapping, Sequence

import cv2

from lossproof.records import Frame, Level
from lossproof.report.breaking import Breaking
from lossproof.report.page.colours import colour_key
from lossproof.report.page.contents import Broken, Contents, View
from lossproof.report.page.html import details, image, section, table, tag, text
from lossproof.report.page.words import NOT_KNOWN, counted, level_words
from lossproof.report.tables import Table, plain
from lossproof.report.titles import size_title
from lossproof.tasks import Look, Score
from lossproof.tasks.look import merged_key

_QUALITY = 85
HOW_DAMAGED = (
    "Each sample is scored by itself, and its damage is what it loses of that score against the "
    "best picture of it that was measured. The score of one sample has no interval."
)
_NO_LOOKS = (
    "No pictures were given to this page. lossproof report --pictures N draws the N samples that "
    "break first, lossproof figure --sample ID draws any sample at every level with its prediction."
)
NO_SAMPLES = "No sample by itself has a score that falls here, or there are too many samples."


def broken_from(
    looks: Sequence[Look], damages: Mapping[tuple[str, Level], float], *, score: Score
) -> list[Broken]:
    """Looks of one codec, a sample of the gallery for each sample and model.

    ``damages`` are what samples lose at levels; what has none there is not known.
    """
    samples: dict[tuple[str, str], list[Look]] = {}
    for one in looks:
        samples.setdefault((one.sample, one.model), []).append(one)
    return [
        Broken(
            sample,
            model,
            score,
            tuple(_view(one, damages) for one in own),
            merged_key(one.key for one in own),
        )
        for (sample, model), own in samples.items()
    ]


def _view(look: Look, damages: Mapping[tuple[str, Level], float]) -> View:
    unknown = 0.0 if look.codec == "source" else math.nan
    damage = damages.get((look.sample, look.level), unknown)
    return View(look.codec, look.level, look.num_bytes, damage, _jpeg(look.picture))


def _jpeg(picture: Frame) -> bytes:
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    assert done
    return bytes(data.tobytes())


def gallery_section(contents: Contents) -> str:
    """The gallery where there are pictures, and tables of the samples that lose most; nothing
    where there is neither."""
    if not contents.gallery and not contents.breaking:
        return ""
    body = [text("p", HOW_DAMAGED)]
    body += [_gallery(contents.gallery)] if contents.gallery else [text("p", _NO_LOOKS)]
    tables = [table(breaking_table(one), caption=breaking_title(one)) for one in contents.breaking]
    if tables:
        first, *others = tables
        more = counted(len(others), "more model and codec", "more models and codecs")
        folded = [details(more, *others)] if others else []
        body += [text("h3", "Samples that lose most"), first, *folded]
    return section("gallery", "Samples that break first", *body)


def breaking_title(one: Breaking) -> str:
    """Whose samples they are, and in what their damage is told."""
    at = f" at {size_title(one.frame_size)}" if one.frame_size else ""
    return f"{_loss(one.score)}: {one.model} on {one.samples}, {one.codec}{at}"


def _loss(score: Score) -> str:
    if score.unit == "%":
        return f"{score.heading} lost, in points"
    return f"{score.heading} lost{f', in {score.unit}' if score.unit else ''}"


def breaking_table(one: Breaking) -> Table:
    """A line per sample, the one that loses most at the strongest level first."""
    return Table(
        ("sample", *(level_words(one.codec, level) for level in one.levels)),
        (False, *(True for _ in one.levels)),
        tuple(
            (sample, *(_number(lost[level], one.score) for level in one.levels))
            for sample, lost in one.damages
        ),
    )


def damage_words(lost: float, score: Score) -> str:
    """A loss in the unit of its score."""
    if not math.isfinite(lost):
        return NOT_KNOWN
    unit = "points" if score.unit == "%" else score.unit
    return f"{_number(lost, score)} {unit}".strip()


def _number(lost: float, score: Score) -> str:
    if not math.isfinite(lost):
        return NOT_KNOWN
    return plain(lost * score.shown, digits=score.digits)


def _gallery(gallery: Sequence[Broken]) -> str:
    points = list(
        dict.fromkeys(
            (view.codec, view.level)
            for one in gallery
            for view in one.views
            if view.level is not None
        )
    )
    keys: dict[tuple[str, Level], str] = {
        point: f"data-damage-{place}" for place, point in enumerate(points)
    }
    ordered = sorted(gallery, key=lambda one: -_worst(one))
    options = [text("option", "most damage at any level", value="data-damage-worst")]
    options += [
        text("option", f"damage at {level_words(*point)}", value=key) for point, key in keys.items()
    ]
    options.append(text("option", "name", value="data-name"))
    chooser = tag(
        "p",
        text("label", "Sort by ", for_="gallery-sort"),
        tag("select", *options, id="gallery-sort"),
        class_="control",
        hidden="hidden",
    )
    items = "".join(_item(one, keys) for one in ordered)
    return chooser + tag("ol", items, id="gallery-samples", class_="gallery")


def _worst(one: Broken) -> float:
    known = (view.damage for view in one.views if math.isfinite(view.damage))
    return max(known, default=-math.inf)


def _item(one: Broken, keys: Mapping[tuple[str, Level], str]) -> str:
    damages = {(view.codec, view.level): view.damage for view in one.views}
    known = {"data-damage-worst": _worst(one)}
    known |= {key: damages.get(point, math.nan) for point, key in keys.items()}
    given = {key: f"{damage:.6g}" for key, damage in known.items() if math.isfinite(damage)}
    views = "".join(_shown(one, view) for view in one.views)
    return tag(
        "li",
        text("h3", one.sample),
        text("p", one.model, class_="note"),
        tag("div", views, class_="views", tabindex="0", role="group", aria_label=one.sample),
        colour_key(one.key),
        data_name=one.sample,
        **given,
    )


def _shown(one: Broken, view: View) -> str:
    words = level_words(view.codec, view.level)
    alt = f"{one.sample} through {words} with the prediction of {one.model}"
    lost = damage_words(view.damage, one.score)
    of = "" if view.codec == "source" else f"; loses {lost} of {one.score.heading}"
    if lost == NOT_KNOWN:
        of = "; loss not known"
    caption = f"{words}: {view.num_bytes / 1000:.1f} kB{of}"
    return tag("figure", image(view.jpeg, alt=alt), text("figcaption", caption))
