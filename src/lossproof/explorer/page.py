"""The page: Gradio's controls, and what happens when they are moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, final

import gradio as gr

from lossproof.codecs import make_codec
from lossproof.codecs.codec import Codec
from lossproof.explorer import markup
from lossproof.explorer.desk import Desk, Picked, arrange, with_dropped
from lossproof.explorer.offer import Choice, Offer
from lossproof.explorer.scene import Seen

TITLE = "lossproof explorer"
_ERRORS = (ValueError, OSError, ImportError)
_DAY = 24 * 3600
"""Seconds after a pick that its scene is kept; a move does not begin them anew."""
_NO_SCENE = "Nothing is open here, or it was left for a day: pick a sample."


class _Views(NamedTuple):
    """Where a level is shown."""

    picture: Any
    drawn: Any
    facts: Any
    curve: Any


class _Controls(NamedTuple):
    """What a person picks with, in the order of ``Picked``."""

    task: Any
    data: Any
    sample: Any
    model: Any
    codec: Any
    size: Any
    files: Any


@dataclass(frozen=True)
class _Parts:
    """Every part of the page that changes."""

    controls: _Controls
    level: Any
    views: _Views
    sources: tuple[Any, Any]
    strip: Any
    message: Any


_NUM_VIEWS = len(_Views._fields)
# Level, two sources and views.
_NUM_SHOWN = 3 + _NUM_VIEWS
# Desk, controls, what is shown, and message.
_NUM_OF_SCENE = 2 + len(_Controls._fields) + _NUM_SHOWN


def make_page(offer: Offer) -> gr.Blocks:
    """The whole page, whose first scene is opened when somebody looks at it."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        desk = gr.State(None, time_to_live=_DAY)
        parts = _lay_out(offer)
        _wire(page, desk, parts, _Doings(offer))
    return page


def look() -> dict[str, Any]:
    """How the page looks: fonts that are there already, and nothing from a network."""
    theme = gr.themes.Base(
        primary_hue="blue",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
    script = f"<script>\n{_own('explorer.js')}</script>"
    return {"theme": theme, "css": _own("explorer.css"), "head": script}


def _lay_out(offer: Offer) -> _Parts:
    gr.HTML(_own("header.html"), elem_id="lp-header")
    with gr.Row(elem_id="lp-main"):
        with gr.Column(scale=1, min_width=280, elem_id="lp-controls"):
            controls = _lay_out_controls(offer)
        with gr.Column(scale=3, min_width=300, elem_id="lp-view"):
            message = gr.HTML("", elem_id="lp-message")
            level = gr.Slider(1, 100, 50, step=1, label="Level", elem_id="lp-level")
            sources, views, strip = _lay_out_views()
    return _Parts(controls, level, views, sources, strip, message)


def _lay_out_controls(offer: Offer) -> _Controls:
    return _Controls(
        _dropdown("task", "Task", offer.tasks),
        _dropdown("data", "Data"),
        _dropdown("sample", "Sample"),
        _dropdown("model", "Model"),
        _dropdown("codec", "Codec"),
        _dropdown("size", "Frame size before the codec"),
        gr.File(
            file_count="multiple",
            label="Your own picture, clip or model",
            elem_id="lp-files",
            height=150,
        ),
    )


def _dropdown(name: str, label: str, there: Sequence[str] = ()) -> Any:
    # Gradio refuses a value that is no longer among the choices, which a quick hand may send; here
    # such a one becomes the first that fits.
    return gr.Dropdown(
        list(there),
        value=there[0] if there else None,
        label=label,
        elem_id=f"lp-{name}",
        allow_custom_value=True,
    )


def _lay_out_views() -> tuple[tuple[Any, Any], _Views, Any]:
    facts = gr.HTML("", elem_id="lp-facts")
    gr.HTML(_own("divider.html"), elem_id="lp-divided")
    with gr.Row():
        pairs = [_pair("picture", "Picture"), _pair("drawn", "Prediction")]
    gr.HTML("<h2>Score against rate</h2>")
    curve = gr.HTML("", elem_id="lp-curve-place")
    gr.HTML("<h2>Levels side by side</h2>")
    strip = gr.HTML("", elem_id="lp-strip-place", js_on_load=_own("strip.js"))
    (picture_source, picture), (drawn_source, drawn) = pairs
    return (picture_source, drawn_source), _Views(picture, drawn, facts, curve), strip


def _pair(name: str, heading: str) -> tuple[Any, Any]:
    """The source and, over the right of it, what arrived."""
    with gr.Column(min_width=280):
        gr.HTML(f"<h2>{heading}</h2>")
        with gr.Column(elem_id=f"lp-{name}", elem_classes="lp-pair"):
            source = gr.HTML("", elem_classes="lp-source")
            seen = gr.HTML("", elem_classes="lp-seen")
    return source, seen


def _wire(page: gr.Blocks, desk: gr.State, parts: _Parts, doings: "_Doings") -> None:
    controls, level, views = parts.controls, parts.level, parts.views
    inputs = [desk, *controls, level]
    scene = [desk, *controls, level, *parts.sources, *views, parts.message]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    triggers = [page.load, *(one.input for one in controls[:-1])]
    triggers += [controls.files.upload, controls.files.delete, controls.files.clear]
    controls.files.upload(None, None, parts.message, js="() => ''", **quiet)
    picked = gr.on(
        triggers,
        doings.pick,
        inputs,
        scene,
        js=_with_allowed_level(len(inputs)),
        trigger_mode="always_last",
        **quiet,
    )
    filled = picked.then(doings.fill, [desk], parts.strip, **quiet)
    filled.then(doings.curve, [desk, level], views.curve, js=_with_allowed_level(2), **quiet)
    level.input(
        doings.move,
        [desk, level],
        [*views, parts.message],
        js=_with_allowed_level(2),
        trigger_mode="always_last",
        concurrency_limit=2,
        **quiet,
    )
    parts.strip.click(
        doings.step, [desk], [level, *views, parts.message], trigger_mode="always_last", **quiet
    )


def _with_allowed_level(num_inputs: int) -> str:
    """What the browser does before it sends inputs, of which the level is the last.

    Gradio refuses a number beyond the slider's range with an error for every event.
    """
    last = num_inputs - 1
    return f"(...given) => [...given.slice(0, {last}), lossproofLevel(given[{last}])]"


@final
class _Doings:
    """What the page's events call; each answer has a value for every output."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def pick(self, desk: Desk | None, *given: Any) -> list[Any]:
        """A new scene, at the level that was there where the codec is the same.

        Gradio may tell of one pick twice; the second time nothing is new.
        """
        if desk is not None and desk.asked == given:
            return [gr.skip()] * _NUM_OF_SCENE
        *values, level = given
        picked = _picked(values)
        try:
            found = arrange(self._offer, self._meant(picked, desk), desk.scene if desk else None)
            stays = desk is not None and desk.picked.codec == found.picked.codec
            found = replace(found, asked=given)
            codec = _codec(found, level if stays else None)
            shown = _shown(found, codec)
        except _ERRORS as error:
            undone = _undone(desk) if desk else [gr.skip()] * len(picked)
            words = markup.alert(_plain(error, picked.files))
            return [gr.skip(), *undone, *[gr.skip()] * _NUM_SHOWN, words]
        if desk is not None:
            desk.later.append(found)
        controls = [*_updates(found), gr.skip()]
        return [found, *controls, _slider(found, codec), *_sources(found), *shown, ""]

    def _meant(self, picked: Picked, desk: Desk | None) -> Picked:
        """Files that were just dropped in are meant, and no model of another task or dataset."""
        before = desk.picked if desk else Picked()
        if picked.files != before.files:
            return with_dropped(self._offer, picked)
        same = (picked.task, picked.data) == (before.task, before.data)
        return picked if same else picked._replace(model="")

    def fill(self, desk: Desk | None) -> Iterator[str]:
        """The levels of the ladder as they come, side by side.

        Gradio drops what is picked while this goes on, so it goes on with that.
        """
        while desk is not None:
            yield from self._levels(desk)
            desk = desk.later[-1] if desk.later else None

    def _levels(self, desk: Desk) -> Iterator[str]:
        """As far as they come before another desk takes the place of this."""
        ladder: list[Seen] = []
        for step in desk.codec.ladder:
            if desk.later:
                return
            try:
                ladder.append(desk.scene.at(make_codec(desk.codec.name, step)))
            except _ERRORS:
                continue
            yield markup.strip(desk.scene, desk.codec, ladder)

    def curve(self, desk: Desk | None, level: float) -> Any:
        """The whole ladder as a curve, once it is there, with the level that is picked by then."""
        if desk is None or desk.later:
            return gr.skip()
        try:
            return _curve(desk, desk.scene.at(_codec(desk, level)))
        except _ERRORS:
            return gr.skip()

    def move(self, desk: Desk | None, level: float) -> list[Any]:
        """Another level of the same scene."""
        if desk is None:
            return [gr.skip()] * _NUM_VIEWS + [markup.alert(_NO_SCENE)]
        try:
            return [*_shown(desk, _codec(desk, level)), ""]
        except _ERRORS as error:
            return [gr.skip()] * _NUM_VIEWS + [markup.alert(_plain(error, ()))]

    def step(self, desk: Desk | None, event: gr.EventData) -> list[Any]:
        """The level of the button that was pressed."""
        level = getattr(event, "level", None)
        if not isinstance(level, int | float):
            return [gr.skip()] * (2 + _NUM_VIEWS)
        return [level, *self.move(desk, level)]


def _picked(values: Sequence[Any]) -> Picked:
    *words, dropped = values
    return Picked._make([*(word or "" for word in words), tuple(dropped or ())])


def _codec(desk: Desk, level: float | None) -> Codec:
    """At the level of the slider, which may be a float, or where it starts."""
    if desk.knob is None:
        return make_codec(desk.codec.name)
    start = desk.knob.start if level is None else level
    return make_codec(desk.codec.name, desk.codec.level_type(start))


def _shown(desk: Desk, codec: Codec) -> list[str]:
    """In the order of ``_Views``."""
    seen = desk.scene.at(codec)
    words = markup.level_words(desk.codec, seen.level)
    return [
        markup.steady(seen.picture, alt=f"{desk.scene.subject.name} through {words}"),
        markup.steady(seen.drawn, alt=f"Prediction of {desk.scene.model.name} through {words}"),
        markup.facts(desk.scene, desk.codec, seen),
        _curve(desk, seen),
    ]


def _curve(desk: Desk, here: Seen) -> str:
    """With those levels of the ladder that have been seen."""
    codecs = [make_codec(desk.codec.name, level) for level in desk.codec.ladder]
    found = [desk.scene.kept.get(codec) for codec in codecs]
    known = [seen for seen in found if seen is not None]
    return markup.curve(desk.scene, desk.codec, known, here)


def _undone(desk: Desk) -> list[Any]:
    """The controls as they were before something that did not work."""
    return [*_updates(desk), gr.update(value=list(desk.picked.files) or None)]


def _sources(desk: Desk) -> list[str]:
    source, name = desk.scene.source, desk.scene.subject.name
    return [
        markup.steady(source.picture, alt=f"{name}, the source"),
        markup.steady(source.drawn, alt=f"Prediction of {desk.scene.model.name} on the source"),
    ]


def _updates(desk: Desk) -> list[Any]:
    """What can be picked, in the order of ``_Controls`` without the files."""
    picked = desk.picked
    return [
        picked.task,
        _choices(desk.data, picked.data),
        _choices(desk.samples, picked.sample),
        _choices(desk.models, picked.model),
        _choices(desk.codecs, picked.codec),
        _choices(desk.sizes, picked.size),
    ]


def _choices(choices: Sequence[Choice], value: str) -> Any:
    return gr.update(choices=[tuple(one) for one in choices], value=value)


def _slider(desk: Desk, codec: Codec) -> Any:
    knob = desk.knob
    if knob is None:
        return gr.update(label=f"Level ({desk.codec.name} has none)", interactive=False)
    return gr.update(
        minimum=knob.low,
        maximum=knob.high,
        step=knob.step,
        value=codec.level,
        label=f"Level ({desk.codec.name} {desk.codec.unit}, {desk.codec.better} is better)",
        interactive=True,
    )


def _plain(error: Exception, dropped: Sequence[str]) -> str:
    """The error in one line, where files that were dropped have their own names."""
    words = " ".join(str(error).split()) or type(error).__name__
    for file in dropped:
        words = words.replace(str(Path(file).parent) + "/", "")
    return words


def _own(name: str) -> str:
    return files("lossproof.explorer").joinpath(name).read_text(encoding="utf-8")
