"""PSNR, SSIM and the error of the optical flow of what arrives against what was sent."""

import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from lossproof.dense_flow import dense_flow
from lossproof.metrics import motion
from lossproof.metrics.fidelity import MOST_DB, sample_stat, summarise, validate
from lossproof.metrics.structure import ssim
from lossproof.targets import SourceTarget
from tests.metrics.stacking import repeated, stacked

Pair = tuple[np.ndarray, SourceTarget]


def noisy(frames: np.ndarray, strength: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, strength, frames.shape)
    return (frames + noise).clip(0, 255).astype(np.uint8)


def picture(height: int = 60, width: int = 90, seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def clip(num_frames: int = 4, shift: int = 2) -> np.ndarray:
    """A scene that moves to the right by ``shift`` pixels a frame."""
    scene = cv2.resize(data.astronaut(), (200, 120))
    return np.stack(
        [np.roll(scene, shift * index, axis=1)[:, 30:150] for index in range(num_frames)]
    )


def scores(pairs: list[Pair]) -> dict[str, float]:
    found = summarise(stacked([sample_stat(*pair) for pair in pairs]))
    return {name: float(values[0]) for name, values in found.items()}


def test_what_arrives_unchanged_is_perfect_and_finite() -> None:
    sent = clip()
    assert scores([(sent.copy(), SourceTarget(sent))]) == {
        "psnr_db": MOST_DB,
        "psnr_db_per_sample": MOST_DB,
        "ssim": 1.0,
        "flow_epe_px": 0.0,
    }


def test_an_example_worked_by_hand() -> None:
    # One picture is off by 10 everywhere; one, twice as large, is unchanged.
    sent = np.full((10, 10, 3), 100, np.uint8)
    large = np.zeros((10, 20, 3), np.uint8)
    found = scores([(sent + np.uint8(10), SourceTarget(sent)), (large, SourceTarget(large))])
    assert found["psnr_db"] == pytest.approx(10 * np.log10(255**2 / (100 / 3)), abs=1e-12)
    alone = 10 * np.log10(255**2 / 100)
    assert found["psnr_db_per_sample"] == pytest.approx((alone + MOST_DB) / 2, abs=1e-12)
    assert np.isnan(found["ssim"])  # the window is larger than the frames
    assert np.isnan(found["flow_epe_px"])


@pytest.mark.parametrize("strength", [0.5, 10, 80])
@pytest.mark.parametrize("shape", [(11, 11), (37, 61)])
def test_agrees_with_scikit_image(shape: tuple[int, int], strength: float) -> None:
    sent = cv2.resize(data.astronaut(), shape[::-1])
    arrived = noisy(sent, strength)
    expected = structural_similarity(
        sent,
        arrived,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        channel_axis=2,
        data_range=255,
    )
    assert ssim(arrived, sent) == pytest.approx(expected, abs=1e-6)
    found = scores([(arrived, SourceTarget(sent))])
    assert found["psnr_db"] == pytest.approx(peak_signal_noise_ratio(sent, arrived), abs=1e-9)


def test_ssim_of_flat_and_bright_frames_keeps_its_digits() -> None:
    sent = np.full((20, 20, 3), 255, np.uint8)
    expected = (2 * 255 * 254 + 2.55**2) / (255**2 + 254**2 + 2.55**2)
    assert ssim(sent - np.uint8(1), sent) == pytest.approx(expected, abs=1e-6)


def test_the_flow_of_a_moving_scene_is_its_motion() -> None:
    found = dense_flow(clip(3, shift=3))
    assert found.shape == (2, 120, 120, 2)
    assert np.median(found[..., 0]) == pytest.approx(3, abs=0.1)
    assert np.median(found[..., 1]) == pytest.approx(0, abs=0.1)


def test_a_clip_that_stands_still_misses_the_motion() -> None:
    sent = clip(3, shift=3)
    still = np.repeat(sent[:1], 3, axis=0)
    found = scores([(still, SourceTarget(sent))])
    lengths = np.hypot(*np.moveaxis(dense_flow(sent), -1, 0))
    assert found["flow_epe_px"] == pytest.approx(lengths.mean(), abs=1e-3)


def test_end_point_errors_worked_by_hand() -> None:
    one = np.zeros((1, 2, 2, 2), np.float32)
    other = one.copy()
    other[0, 0, 0] = (3, 4)
    assert motion.end_point_errors(one, other).tolist() == [5.0]


def test_the_flow_of_the_source_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    target, asked, barrier = SourceTarget(clip(2)), [], threading.Barrier(4)

    def slow(frames: np.ndarray) -> np.ndarray:
        asked.append(len(frames))
        return np.zeros((1, 120, 120, 2), np.float32)

    def together(_: int) -> np.ndarray:
        barrier.wait(timeout=10)
        return motion.source_flow(target)

    monkeypatch.setattr(motion, "dense_flow", slow)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(together, range(4)))
    assert len(asked) == 1
    assert all(answer is answers[0] for answer in answers)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    frames = [picture(seed=seed + index, width=40 + index) for index in range(3)]
    stats = [sample_stat(noisy(one, 5 * i), SourceTarget(one)) for i, one in enumerate(frames)]
    repeats = np.random.default_rng(seed).integers(1, 4, 3)
    weighted = summarise(stacked(stats), np.stack([np.ones(3), repeats]).astype(float))
    plain, drawn = summarise(stacked(stats)), summarise(repeated(stats, repeats))
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-9)
        np.testing.assert_allclose(values[1], drawn[name][0], atol=1e-9)


def test_frames_of_another_shape_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"shape \(3, 9, 9, 3\); the source's shape \(4, 9, 9, 3\)"
    ):
        validate(np.zeros((3, 9, 9, 3), np.uint8), SourceTarget(np.zeros((4, 9, 9, 3), np.uint8)))
