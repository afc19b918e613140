"""From bytes to a network's numbers, by hand and against the formula."""

import numpy as np
import pytest

from lossproof.models.normalisation import IMAGENET, Normalisation
from lossproof.records import Frame


def test_imagenet_by_hand() -> None:
    pixel = np.array([[[255, 0, 51]]], np.uint8)
    # (1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225
    wanted = [2.2489083, -2.0357143, -0.9155556]
    assert IMAGENET.planes(pixel)[:, 0, 0] == pytest.approx(wanted, abs=1e-6)


def test_means_go_by_the_place_of_the_networks_channel() -> None:
    pixel = np.array([[[10, 20, 30]]], np.uint8)
    rgb = Normalisation(mean=(1.0, 2.0, 3.0))
    bgr = Normalisation(mean=(1.0, 2.0, 3.0), colour="BGR")
    assert rgb.planes(pixel)[:, 0, 0].tolist() == [9, 18, 27]
    assert bgr.planes(pixel)[:, 0, 0].tolist() == [29, 18, 7]


def test_the_table_is_the_formula_in_float32(frames: list[Frame]) -> None:
    mean, std = np.array([105.24, 102.89, 99.18], np.float32), np.array([3, 7, 11], np.float32)
    normalisation = Normalisation(0.3, (105.24, 102.89, 99.18), (3.0, 7.0, 11.0))
    wanted = (frames[0].astype(np.float32) * np.float32(0.3) - mean) / std
    np.testing.assert_array_equal(normalisation.pixels(frames[0]), wanted)
    np.testing.assert_array_equal(normalisation.planes(frames[0]), wanted.transpose(2, 0, 1))


def test_a_view_of_a_larger_frame_is_read_rightly(frames: list[Frame]) -> None:
    view = frames[0][1:-3:2, ::-1]
    np.testing.assert_array_equal(Normalisation().pixels(view), view.astype(np.float32))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"scale": 0.0}, "scale is 0.0; a finite number other than 0"),
        ({"mean": (0.0, float("nan"), 0.0)}, "mean is .*nan.*; three finite numbers"),
        ({"std": (1.0, 0.0, 1.0)}, "std is .*; three finite numbers above 0"),
    ],
)
def test_mistakes(mistake: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Normalisation(**mistake)
