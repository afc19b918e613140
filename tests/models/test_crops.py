"""Cutting a person out and bringing keypoints back, worked by hand."""

import cv2
import numpy as np
import pytest

from lossproof.models.crops import Crop, crop_of, cut, keypoints_in


@pytest.mark.parametrize(
    ("box", "extent"),
    [
        # 3:4 already: by a quarter.
        ((10, 20, 40, 60), (37.5, 50.0)),
        # Too flat: the height becomes 40 / 0.75.
        ((10, 20, 50, 30), (50.0, 40 / 0.75 * 1.25)),
        # Too narrow: the width becomes 0.75 of the height.
        ((10, 20, 12, 60), (37.5, 50.0)),
        # Nothing: one pixel wide, and as high as that needs.
        ((10, 20, 10, 20), (1.25, 1.25 / 0.75)),
    ],
)
def test_the_box_is_widened(box: tuple[float, ...], extent: tuple[float, float]) -> None:
    crop = crop_of(np.array(box, np.float32), (48, 64))
    assert crop.extent == pytest.approx(extent)
    assert crop.centre == ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def test_what_is_cut_is_resized_and_black_beyond_the_frame() -> None:
    frame = np.full((40, 30, 3), 200, np.uint8)
    whole = cut(frame, Crop((15.0, 20.0), (30.0, 40.0)), (15, 20))
    assert whole.shape == (20, 15, 3)
    assert (whole == 200).all()
    half = cut(frame, Crop((0.0, 20.0), (30.0, 40.0)), (30, 40))
    assert (half[:, 15:] == 200).all()
    assert (half[:, :15] == 0).all()


def test_a_crop_at_the_same_scale_is_the_frame_itself() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    same = cut(frame, Crop((20.0, 12.0), (8.0, 10.0)), (8, 10))
    np.testing.assert_array_equal(same, frame[7:17, 16:24])


def test_a_quarter_of_a_pixel_towards_the_higher_neighbour() -> None:
    """A map of 4x5 for a rectangle of 40x50 around 100, 200: pixels of ten, the first at 80, 175.

    The peak at 2, 2 moves left, where 5 is more than 4, and stays between equals down.
    """
    heatmap = np.zeros((1, 5, 4), np.float32)
    heatmap[0, 2, 1:] = [5, 9, 4]
    keypoints = keypoints_in(heatmap, Crop((100.0, 200.0), (40.0, 50.0)))
    np.testing.assert_allclose(keypoints, [[80 + 17.5, 175 + 20, 9]])


def test_peaks_at_the_edge_and_maps_without_any() -> None:
    heatmaps = np.zeros((3, 5, 4), np.float32)
    heatmaps[0, 0, 0], heatmaps[0, 0, 1] = 2, 1
    heatmaps[1, 4, 3] = 0.5
    heatmaps[2] = -1
    keypoints = keypoints_in(heatmaps, Crop((2.0, 2.5), (4.0, 5.0)))
    np.testing.assert_allclose(keypoints, [[0, 0, 2], [3, 4, 0.5], [0, 0, 0]])


def test_there_and_back() -> None:
    """A dot in a frame is found again within a pixel of the heat map, wherever the box is."""
    for x, y in ((50, 40), (90, 100), (62, 77)):
        frame = np.zeros((160, 160, 3), np.uint8)
        cv2.circle(frame, (x, y), 6, (255, 255, 255), -1)
        crop = crop_of(np.array([30, 20, 110, 130], np.float32), (96, 128))
        patch = cut(frame, crop, (96, 128))[..., 0].astype(np.float32)
        heatmap = cv2.resize(
            cv2.GaussianBlur(patch, (0, 0), 3), (24, 32), interpolation=cv2.INTER_AREA
        )
        (found,) = keypoints_in(heatmap[None], crop)
        assert np.hypot(found[0] - x, found[1] - y) < crop.extent[0] / 24


def test_maps_that_are_not_numbers() -> None:
    with pytest.raises(ValueError, match="heat maps hold NaN or infinity"):
        keypoints_in(np.full((1, 4, 4), np.nan, np.float32), Crop((1.0, 1.0), (4.0, 4.0)))
