"""What OpenPose learns: by hand, as drawn another way, and back to the people they are of."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.models.grouping import GroupingOptions, Maps, group
from lossproof.models.openpose import StageMaps
from lossproof.models.skeleton import COCO_KEYPOINTS, OPENPOSE, OPENPOSE_PARTS
from lossproof.predictions import Poses
from lossproof.targets import PoseTarget
from lossproof.tasks import make_task
from lossproof.training.loops.pose_maps import (
    PoseMaps,
    cell_middles,
    heat_maps,
    keypoints_in,
    left_out,
    limb_fields,
    parts_of,
    pose_maps,
)
from lossproof.training.loops.stage_loss import stage_loss
from lossproof.training.validation import _stacked
from lossproof.training.view import View, Window, whole
from tests.models.drawn_people import PLACES, crowd, drawn

NOWHERE = np.full((18, 2), np.nan)


def target_of(people: np.ndarray, size: tuple[int, int]) -> PoseTarget:
    """People (n, 18, 2), whose boxes lie around their parts; a part that is NaN is not labelled."""
    keypoints = np.zeros((len(people), 17, 3), np.float32)
    keypoints[..., :2] = np.nan_to_num(people[:, PLACES])
    keypoints[..., 2] = 2 * np.isfinite(people[:, PLACES, 0])
    low, high = np.nanmin(people, axis=1), np.nanmax(people, axis=1)
    boxes = np.concatenate([low, high], axis=1).astype(np.float32)
    areas = (0.6 * (high - low).prod(axis=1)).astype(np.float32)
    return PoseTarget(keypoints, boxes, areas, np.zeros(len(people), bool), size)


def boxed(boxes: list[list[float]], *, labelled: list[bool], crowds: list[bool]) -> PoseTarget:
    """People of whom only boxes matter, in a picture of 64x64."""
    keypoints = np.zeros((len(boxes), 17, 3), np.float32)
    keypoints[labelled, 0] = (1, 1, 2)
    corners = np.array(boxes, np.float32)
    return PoseTarget(
        keypoints, corners, np.ones(len(boxes), np.float32), np.array(crowds), (64, 64)
    )


def test_hills_by_hand() -> None:
    """A nose in the middle of the second cell, and another two cells further."""
    people = np.stack([NOWHERE, NOWHERE])
    people[:, 0] = [(11.5, 3.5), (27.5, 3.5)]
    maps = heat_maps(people, cell_middles((32, 8)))
    step = math.exp(-(8**2) / (2 * 7**2))
    np.testing.assert_allclose(maps[0], [[step, 1, step, 1]])
    assert not maps[1:18].any()
    np.testing.assert_allclose(maps[18], [[1 - step, 0, 1 - step, 0]], atol=1e-12)


def test_fields_by_hand() -> None:
    """Two limbs of one kind, one across and one down: where they cross, their mean."""
    limb = OPENPOSE.limbs[0]
    people = np.stack([NOWHERE, NOWHERE])
    people[0, [limb.start, limb.end]] = [(3.5, 11.5), (27.5, 11.5)]
    people[1, [limb.start, limb.end]] = [(35.5, 3.5), (35.5, 27.5)]
    fields = limb_fields(people, cell_middles((56, 32)))
    across, down = fields[limb.x], fields[limb.y]
    # A limb's width is a cell to either side; it reaches a cell beyond its ends.
    np.testing.assert_allclose(across[1], [1, 1, 1, 0.5, 0.5, 0, 0])
    np.testing.assert_allclose(down[1], [0, 0, 0, 0.5, 0.5, 1, 0])
    np.testing.assert_allclose(across[3], 0)
    np.testing.assert_allclose(down[3], [0, 0, 0, 1, 1, 1, 0])
    others = [c for c in range(38) if c not in (limb.x, limb.y)]
    assert not fields[others].any()


def test_they_are_as_another_drawing_of_them() -> None:
    people = crowd((320, 240), columns=3, rows=2, seed=4)
    people[0, 3] = people[2, 1] = np.nan
    reference = drawn(people, (320, 240))
    grid = cell_middles((320, 240))
    np.testing.assert_allclose(heat_maps(people, grid), reference.heatmaps, atol=1e-6)
    np.testing.assert_allclose(limb_fields(people, grid), reference.fields, atol=1e-6)


def test_a_picture_without_people() -> None:
    nobody = target_of(np.zeros((0, 18, 2)), (30, 20))
    maps = pose_maps(nobody, whole((30, 20)))
    assert maps.fields.shape == (38, 3, 4)
    assert not maps.fields.any()
    assert (maps.heatmaps[18] == 1).all()
    assert maps.counted.all()


def test_the_neck_is_between_the_shoulders() -> None:
    keypoints = np.zeros((2, 17, 3))
    left, right = (COCO_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right"))
    keypoints[:, left] = (10, 20, 1)
    keypoints[0, right] = (30, 24, 2)
    parts = parts_of(keypoints)
    neck = OPENPOSE_PARTS.index("neck")
    assert parts[0, neck].tolist() == [20, 22]
    assert np.isnan(parts[1, neck]).all()
    assert np.isfinite(parts[..., 0]).sum(axis=1).tolist() == [3, 1]


def test_mirrored_people_keep_their_sides() -> None:
    """A left wrist at the right border becomes what looks like a right one, at the left border."""
    keypoints = np.zeros((1, 17, 3), np.float32)
    left, right = (COCO_KEYPOINTS.index(f"{side}_wrist") for side in ("left", "right"))
    keypoints[0, left] = (38, 5, 2)
    keypoints[0, 0] = (9, 4, 1)
    target = PoseTarget(
        keypoints, np.zeros((1, 4), np.float32), np.ones(1, np.float32), np.array([False]), (40, 20)
    )
    # The picture arrives at twice its size, whose last pixel's middle is 79.
    view = View((80, 40), Window(2, 1, 70, 30), flipped=True)
    found = keypoints_in(target, view)
    assert found[0, right].tolist() == [79 - 76.5 - 2, 10.5 - 1, 2]
    assert found[0, 0].tolist() == [79 - 18.5 - 2, 8.5 - 1, 1]
    assert not found[0, left, 2]


def grouped(maps: PoseMaps, size: tuple[int, int], frame_size: tuple[int, int]) -> Poses:
    height, width = maps.heatmaps.shape[1:]
    given = Maps(maps.heatmaps, maps.fields, (8 * width, 8 * height), size)
    return group(given, OPENPOSE, GroupingOptions(), frame_size=frame_size)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), columns=st.integers(1, 3), rows=st.integers(1, 2))
def test_the_grouping_gives_the_people_back(seed: int, columns: int, rows: int) -> None:
    size = (400, 300)
    target = target_of(crowd(size, columns=columns, rows=rows, seed=seed), size)
    poses = grouped(pose_maps(target, whole(size)), size, size)
    task = make_task("pose")
    scores = task.summarise(_stacked([task.sample_stat(poses, target)]), None)
    assert scores["oks_ap"][0] > 0.99


@settings(max_examples=25)
@given(seed=st.integers(0, 999), flipped=st.booleans(), degrees=st.floats(-20, 20))
def test_so_it_does_of_a_view(seed: int, flipped: bool, degrees: float) -> None:
    """Scaled, mirrored and turned: the people found are those that the view has."""
    size, window = (400, 300), Window(-80, -80, 440, 370)
    target = target_of(crowd(size, columns=2, rows=1, seed=seed), size)
    view = View(size, window, flipped, scale=0.8, degrees=degrees)
    poses = grouped(pose_maps(target, view), (440, 370), (440, 370))
    wanted = keypoints_in(target, view)
    found = poses.keypoints[np.argsort(poses.keypoints[:, 0, 0])]
    wanted = wanted[np.argsort(wanted[:, 0, 0])]
    assert abs(found[..., :2] - wanted[..., :2]).max() < 1


def test_people_without_keypoints_are_left_out() -> None:
    target = boxed(
        [[0, 0, 16, 16], [48, 48, 64, 64]], labelled=[False, True], crowds=[False, False]
    )
    missing = left_out(target, whole((64, 64)), cell_middles((64, 64)))
    wanted = np.zeros((8, 8), bool)
    wanted[:2, :2] = True
    np.testing.assert_array_equal(missing, wanted)
    assert pose_maps(target, whole((64, 64))).counted.sum() == 60


def test_crowds_are_left_out_but_for_known_people() -> None:
    target = boxed([[0, 0, 64, 32], [16, 0, 32, 64]], labelled=[False, True], crowds=[True, False])
    missing = left_out(target, whole((64, 64)), cell_middles((64, 64)))
    wanted = np.zeros((8, 8), bool)
    wanted[:4, [0, 1, 4, 5, 6, 7]] = True
    np.testing.assert_array_equal(missing, wanted)


@pytest.mark.parametrize("flipped", [False, True])
def test_what_is_left_out_turns_with_the_view(flipped: bool) -> None:
    """By a quarter, clockwise: the upper left comes to the upper right, mirrored to below it."""
    target = boxed([[0, 0, 16, 16]], labelled=[False], crowds=[False])
    view = View((64, 64), Window(0, 0, 64, 64), flipped, degrees=90.0)
    missing = left_out(target, view, cell_middles((64, 64)))
    wanted = np.zeros((8, 8), bool)
    wanted[slice(6, 8) if flipped else slice(0, 2), 6:8] = True
    np.testing.assert_array_equal(missing, wanted)


def maps_of(value: float, *, pictures: int = 2) -> StageMaps:
    size = (pictures, 2, 3)
    fields, heatmaps = (torch.full((size[0], channels, *size[1:]), value) for channels in (38, 19))
    return StageMaps(fields, heatmaps)


def test_the_loss_by_hand() -> None:
    """Errors of 1 in one stage and of 2 in the other, in 57 maps of six places."""
    counted = torch.ones(2, 1, 2, 3)
    stages = [maps_of(1.0), maps_of(-2.0)]
    assert stage_loss(stages, maps_of(0.0), counted).item() == 57 * 6 * (1 + 4)
    counted[1] = 0
    assert stage_loss(stages, maps_of(0.0), counted).item() == 57 * 6 * (1 + 4) / 2
    assert stage_loss([maps_of(0.5)], maps_of(0.5), counted).item() == 0


def test_what_does_not_count_has_no_gradient_and_every_stage_has() -> None:
    stages = [maps_of(1.0), maps_of(2.0)]
    for stage in stages:
        for maps in stage:
            maps.requires_grad_()
    counted = torch.ones(2, 1, 2, 3)
    counted[0, 0, 1, 2] = 0
    stage_loss(stages, maps_of(0.0), counted).backward()
    for stage in stages:
        for maps in stage:
            assert maps.grad is not None
            assert not maps.grad[0, :, 1, 2].any()
            assert (maps.grad != 0).sum() == maps.grad.numel() - maps.shape[1]
