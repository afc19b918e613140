"""What a stream is trained on is what the model sees, but for the place in time and the view."""

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import pytest

from lossproof.models.clip_inputs import normalised_flow, square_flow, square_frames, without_mean
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.stream_settings import TwoStreamSettings
from lossproof.records import Clip
from lossproof.training import stream_views
from lossproof.training.stream_views import drawn_frame, drawn_stack
from lossproof.training.view import Look, View, Window, whole

SETTINGS = TwoStreamSettings(side=32, stack=2)
WHOLE = whole((80, 64))
SEEDS = range(30)


@pytest.fixture
def clip() -> Clip:
    """Six frames of 80x64, whose content moves right by 2 pixels a frame."""
    generator = np.random.default_rng(6)
    wide = cv2.GaussianBlur(generator.integers(0, 256, (64, 100, 3), dtype=np.uint8), (0, 0), 2)
    wide = cv2.normalize(wide, None, 0, 255, cv2.NORM_MINMAX)
    return np.stack([wide[:, 20 - 2 * step :][:, :80] for step in range(6)])


def planes(clip: Clip) -> np.ndarray:
    """Every stack of two fields as the model makes it, channels last."""
    fields = normalised_flow(square_flow(optical_flow(clip), side=32))
    return np.stack([np.concatenate(pair).transpose(1, 2, 0) for pair in pairwise(fields)])


def test_frames_are_those_of_the_model_each_of_them_in_its_turn(clip: Clip) -> None:
    wanted = square_frames(clip, number=6, side=32).transpose(0, 2, 3, 1)
    places = set()
    for seed in SEEDS:
        seen = drawn_frame(clip, Look(WHOLE, seed), settings=SETTINGS)
        (place,) = [place for place, one in enumerate(wanted) if np.array_equal(one, seen)]
        places.add(place)
        again = drawn_frame(clip, Look(WHOLE, seed), settings=SETTINGS)
        assert np.array_equal(again, seen)
    assert places == set(range(6))


def test_stacks_are_those_of_the_model_each_of_them_in_its_turn(clip: Clip) -> None:
    wanted = planes(clip)
    places = set()
    for seed in SEEDS:
        seen = drawn_stack(clip, Look(WHOLE, seed), settings=SETTINGS)
        errors = np.abs(wanted - seen).max(axis=(1, 2, 3))
        places.add(int(errors.argmin()))
        assert errors.min() < 1e-3  # half precision
    assert places == set(range(4))


def test_the_mean_goes_before_the_view(clip: Clip) -> None:
    settings = TwoStreamSettings(side=32, stack=5, subtract_mean=True, flow_order="xxyy")
    seen = drawn_stack(clip, Look(WHOLE, 0), settings=settings)
    fields = normalised_flow(square_flow(without_mean(optical_flow(clip)), side=32))
    np.testing.assert_allclose(seen[..., :5], fields[:, 0].transpose(1, 2, 0), atol=1e-3)
    np.testing.assert_allclose(seen[..., 5:], fields[:, 1].transpose(1, 2, 0), atol=1e-3)


def test_mirrored_what_moves_right_moves_left(clip: Clip) -> None:
    mirrored = View((80, 64), Window(0, 0, 80, 64), flipped=True)
    one = drawn_stack(clip, Look(WHOLE, 1), settings=SETTINGS)
    other = drawn_stack(clip, Look(mirrored, 1), settings=SETTINGS)
    np.testing.assert_allclose(other[..., 0::2], -one[:, ::-1, 0::2], atol=1e-6)
    np.testing.assert_allclose(other[..., 1::2], one[:, ::-1, 1::2], atol=1e-6)
    assert one[..., 0].mean() > 0 > other[..., 0].mean()
    by_clip = planes(np.ascontiguousarray(clip[:, :, ::-1]))
    assert np.abs(by_clip - other).mean(axis=(1, 2, 3)).min() < 0.02


def test_a_window_is_cut_of_the_flow_of_the_whole(clip: Clip) -> None:
    window = View((80, 64), Window(40, 20, 32, 32))
    seen = drawn_stack(clip, Look(window, 1), settings=SETTINGS)
    flow = optical_flow(clip)[:, 20:52, 40:72]
    wanted = normalised_flow(square_flow(flow, side=32))
    errors = [np.abs(pair - seen[..., :2].transpose(2, 0, 1)).max() for pair in wanted]
    assert min(errors) < 1e-3


@pytest.mark.parametrize(("num_frames", "repeats"), [(1, True), (2, True), (3, False)])
def test_short_clips(clip: Clip, num_frames: int, repeats: bool) -> None:
    seen = drawn_stack(clip[:num_frames], Look(WHOLE, 0), settings=SETTINGS)
    assert seen.shape == (32, 32, 4)
    assert seen.any() == (num_frames > 1)
    assert np.array_equal(seen[..., :2], seen[..., 2:]) == repeats


@pytest.mark.parametrize("drawn", [drawn_frame, drawn_stack])
def test_pictures_and_clips_without_frames(drawn: Callable[..., object], clip: Clip) -> None:
    for wrong in (clip[0], clip[:0]):
        with pytest.raises(ValueError, match=r"given an array of shape .*; clips \(time, height"):
            drawn(wrong, Look(WHOLE, 0), settings=SETTINGS)


def test_flow_of_a_pair_is_computed_when_it_is_wanted_and_once(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(pair: Clip, *, method: FlowMethod) -> np.ndarray:
        asked.append(len(pair))
        return optical_flow(pair, method=method)

    kept: dict[str, bytes] = {}

    def keep(name: str, make: Callable[[], bytes]) -> bytes:
        return kept.setdefault(name, b"") or kept.update({name: make()}) or kept[name]

    monkeypatch.setattr(stream_views, "optical_flow", counted)
    first = drawn_stack(clip, Look(WHOLE, 0, keep), settings=SETTINGS)
    assert asked == [2, 2]
    for seed in SEEDS:
        drawn_stack(clip, Look(WHOLE, seed, keep), settings=SETTINGS)
    assert asked == [2] * 5
    kept.update({name: data[:40] for name, data in kept.items()})
    assert np.array_equal(drawn_stack(clip, Look(WHOLE, 0, keep), settings=SETTINGS), first)
