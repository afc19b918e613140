"""What is told of a search, where settings and frame sizes are not the usual ones."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.worlds import NUM_LEVELS, RISING, arms, question, source

from lossproof.codecs import make_codec
from lossproof.console.found import answer_json, answer_lines
from lossproof.console.pasting import RESIZED_OTHERWISE
from lossproof.decisions.evidence import Arm
from lossproof.decisions.search import Decision, decide
from lossproof.decisions.stored import Stored
from lossproof.records import FrameSize, Setting
from lossproof.runs.sweep import Point

FULL_COLOUR = {"subsampling": "4:4:4"}


class Answering:
    """Evidence that knows the codec of each arm."""

    def point(self, arm: Arm) -> Point:
        assert isinstance(arm.level, int)
        return Point(make_codec(arm.codec, arm.level, **dict(arm.settings)), arm.frame_size)


def decided(size: FrameSize | None, **chosen: Setting) -> Decision:
    found = arms(num_samples=200, losses=RISING[: NUM_LEVELS // 4])
    named = {
        replace(arm, frame_size=size, settings=tuple(chosen.items())): one
        for arm, one in found.items()
    }
    return decide(Stored(source(200), named), question())


def told(decision: Decision) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(answer_json(decision, question(), Answering()))["answer"]
    return answer


def test_settings_that_are_not_usual_are_told_everywhere() -> None:
    decision = decided(None, **FULL_COLOUR)
    first, *_ = answer_lines(decision, question(), Answering())
    assert first.startswith("jpeg:subsampling=4:4:4 at quality ")
    answer = told(decision)
    assert answer["settings"] == FULL_COLOUR
    assert all(one["settings"] == FULL_COLOUR for one in answer["asked"])
    assert told(decided(None))["settings"] == {}


def test_lines_that_resize_otherwise_say_so() -> None:
    decision = decided((320, 240))
    *_, last = answer_lines(decision, question(), Answering())
    assert last.strip() == RESIZED_OTHERWISE == told(decision)["note"]
    native = decided(None)
    assert RESIZED_OTHERWISE not in "".join(answer_lines(native, question(), Answering()))
    assert told(native)["note"] is None


def test_what_could_not_be_measured_is_told() -> None:
    lost = Arm("webp", "webp", 3, "quality")
    decision = replace(decided(None), unmeasured=(lost,))
    lines = list(answer_lines(decision, question(), Answering()))
    assert any("failed   webp at quality 3 could not be measured" in line for line in lines)
    (one,) = told(decision)["unmeasured"]
    assert one == {"codec": "webp", "level": 3, "frame_size": None, "settings": {}}


def test_where_nothing_holds_the_closest_has_its_settings() -> None:
    found = arms(num_samples=60, losses=np.full(2, 0.3))
    named = {replace(arm, settings=(("subsampling", "4:4:4"),)): one for arm, one in found.items()}
    answer = told(decide(Stored(source(60), named), question()))
    assert answer["settings"] is None
    assert answer["closest"]["settings"] == FULL_COLOUR


def test_an_answer_that_is_no_smaller_than_the_source_says_so() -> None:
    decision = decided(None)
    assert decision.answer
    arrived = decision.answer.arrived
    large = replace(arrived, num_bytes=3 * decision.answer.source.num_bytes)
    wasteful = replace(decision, answer=replace(decision.answer, arrived=large))
    first, *others = answer_lines(wasteful, question(), Answering())
    assert first.endswith("% confidence, but the source's own files are no larger.")
    (saving,) = (line for line in others if line.startswith("  saving "))
    assert saving.startswith("  saving   none: ")
    assert saving.endswith(" more than the source's files, by 200% of them")
    first, *_ = answer_lines(decision, question(), Answering())
    assert first.endswith("% confidence.")


def test_a_bound_is_shown_on_its_side_of_the_tolerance() -> None:
    decision = decided(None)
    assert decision.answer
    upper = decision.answer.upper
    for tolerance in (upper * 0.9999, upper * 1.0001, round(upper, 3), 2 * upper):
        asked = replace(question(), max_drop=tolerance)
        (drop,) = (
            line
            for line in answer_lines(decision, asked, Answering())
            if line.startswith("  drop ")
        )
        shown = float(re.search(r"between \S+ and ([0-9.]+)%", drop)[1])
        assert (shown > 100 * tolerance) == (upper > tolerance)
        assert shown == pytest.approx(100 * upper, abs=0.05)


def two_curves() -> Decision:
    dear = arms(num_samples=200, losses=RISING[: NUM_LEVELS // 4])
    cheap = arms(num_samples=200, losses=RISING[: NUM_LEVELS // 4], curve="webp", seed=1)
    small = arms(num_samples=200, losses=np.full(4, 0.3), curve="avif", seed=2)
    for result in small.values():
        result.num_bytes[:] *= 100
    return decide(Stored(source(200), dear | cheap | small), question())


def test_what_came_of_every_other_curve_is_told() -> None:
    decision = two_curves()
    assert decision.answer
    others = [
        line.removeprefix("  other    ")
        for line in answer_lines(decision, question(), Answering())
        if line.startswith("  other ")
    ]
    assert len(others) == 2
    found = {line.partition(" ")[0].rstrip(","): line for line in others}
    assert set(found) == {"jpeg", "webp", "avif"} - {decision.answer.arm.codec}
    assert found["avif"].startswith("avif was not asked: ")
    lost = replace(decision, unmeasured=(Arm("avif", "avif", 3, "quality"),))
    assert not [one for one in answer_lines(lost, question(), Answering()) if "avif was" in one]


def test_the_model_and_its_samples_are_told() -> None:
    decision = decided(None)
    (line,) = (one for one in answer_lines(decision, question(), Answering()) if "  model " in one)
    first = decision.num_samples - decision.num_asked
    assert line.endswith(
        f": 200 pictures, of which {first} were for the first look and {decision.num_asked} are "
        "to answer"
    )


def test_labels_of_the_model_are_told() -> None:
    decision = decided(None)
    assert decision.answer
    own = replace(decision.answer.source, cell=replace(decision.answer.source.cell, labels="model"))
    by_itself = replace(decision, answer=replace(decision.answer, source=own))
    first, *others = answer_lines(by_itself, question(), Answering())
    assert "keeps mIoU, against the model's own predictions, within 5%" in first
    assert [line for line in others if line.startswith("  labels   the model's own predictions")]


def test_rows_are_not_compared_with_those_of_other_samples() -> None:
    rows = json.loads(answer_json(decided(None), question(), Answering()))["rows"]
    assert len(rows) > 2
    for row in rows:
        assert (row["drops"], row["saving"], row["reference_level"]) == ({}, None, None)
        assert set(row["intervals"]) <= set(row["scores"])
