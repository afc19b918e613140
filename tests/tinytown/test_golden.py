"""The first test stills and clips as they were when the world got its version.

A change that shows here needs another ``plan.VERSION``; then rebuild:
``python -m tests.tinytown.test_golden``
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossproof.tinytown.clips import clip
from lossproof.tinytown.frame import still
from lossproof.tinytown.plan import VERSION, ClipPlace, StillPlace, places_of
from lossproof.tinytown.truth import ACTIONS, CLASSES

GOLDEN = Path(__file__).with_name("golden.json")
TILES = (3, 4)
# Processors differ in the last bit of what is computed in floating point.
LEVELS, PIXELS, METRES, SHARE = 1.0, 24, 0.05, 0.02
STILLS = [place for place in places_of(1, "stills") if isinstance(place, StillPlace)][-2:]
CLIPS = [place for place in places_of(1, "clips") if isinstance(place, ClipPlace)][-2:]


def name(place: StillPlace | ClipPlace) -> str:
    return f"{place.split}/{place.id}"


def tiles(frame: np.ndarray) -> list[list[float]]:
    """The mean colour of each tile of a frame."""
    down, across = TILES
    parts = [
        part.mean(axis=(0, 1))
        for row in np.array_split(frame.astype(float), down)
        for part in np.array_split(row, across, axis=1)
    ]
    return [part.round(2).tolist() for part in parts]


def told_still(place: StillPlace) -> dict[str, Any]:
    one = still(place.rng())
    people = [thing for thing in one.things if thing.keypoints is not None]
    return {
        "tiles": tiles(one.frame),
        "classes": np.bincount(one.class_map.ravel(), minlength=len(CLASSES)).tolist(),
        "median_depth": float(np.nanmedian(one.depth)),
        "boxes": [thing.box.tolist() for thing in one.things],
        "marked": [int((person.keypoints[:, 2] > 0).sum()) for person in people],
    }


def told_clip(place: ClipPlace) -> list[Any]:
    action = ACTIONS[place.label]
    one = clip(place.rng(), action=action, scene_seed=place.scene_seed, group=place.group)
    return [tiles(frame) for frame in one.frames[:: len(one.frames) // 2]]


def told() -> dict[str, Any]:
    return {
        "version": VERSION,
        "stills": {name(place): told_still(place) for place in STILLS},
        "clips": {name(place): told_clip(place) for place in CLIPS},
    }


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(GOLDEN.read_text())
    assert kept["version"] == VERSION, "rebuild the golden file for the new version"
    return kept


@pytest.mark.parametrize("place", STILLS, ids=name)
def test_stills_are_those_of_the_version(place: StillPlace, golden: dict[str, Any]) -> None:
    found, expected = told_still(place), golden["stills"][name(place)]
    np.testing.assert_allclose(found["tiles"], expected["tiles"], atol=LEVELS)
    np.testing.assert_allclose(found["classes"], expected["classes"], rtol=SHARE, atol=PIXELS)
    assert found["median_depth"] == pytest.approx(expected["median_depth"], abs=METRES)
    np.testing.assert_allclose(found["boxes"], expected["boxes"], atol=1)
    assert found["marked"] == expected["marked"]


@pytest.mark.parametrize("place", CLIPS, ids=name)
def test_clips_are_those_of_the_version(place: ClipPlace, golden: dict[str, Any]) -> None:
    np.testing.assert_allclose(told_clip(place), golden["clips"][name(place)], atol=LEVELS)


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(told(), indent=1) + "\n")
