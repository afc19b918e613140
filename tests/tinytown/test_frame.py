"""Whole pictures with their ground truth."""

import numpy as np
import pytest

from lossproof.codecs.jpeg import Jpeg
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.frame import (
    FEWEST_PIXELS,
    boxes_of,
    hits,
    paint,
    random_camera,
    render,
    still,
    taken_by,
)
from lossproof.tinytown.people import random_person
from lossproof.tinytown.shadows import round_caster
from lossproof.tinytown.street import make_street
from lossproof.tinytown.truth import CLASSES, THINGS, Still
from lossproof.tinytown.weather import random_light

SKY = CLASSES.index("sky")


@pytest.fixture(scope="module")
def stills() -> list[Still]:
    return [still(np.random.default_rng([5, seed])) for seed in range(30)]


def test_a_still_has_the_shapes_that_are_promised(stills: list[Still]) -> None:
    for one in stills:
        assert one.frame.shape == (240, 320, 3)
        assert one.frame.dtype == np.uint8
        assert one.depth.shape == one.class_map.shape == one.instances.shape == (240, 320)
        assert one.class_map.max() < len(CLASSES)


def test_the_same_seed_gives_the_same_bytes(stills: list[Still]) -> None:
    again = still(np.random.default_rng([5, 3]))
    for name in ("frame", "depth", "class_map", "instances"):
        np.testing.assert_array_equal(getattr(again, name), getattr(stills[3], name))
    assert [thing.box.tolist() for thing in again.things] == [
        thing.box.tolist() for thing in stills[3].things
    ]
    assert (again.frame != stills[4].frame).any()


def test_depth_is_known_everywhere_but_in_the_sky(stills: list[Still]) -> None:
    for one in stills:
        np.testing.assert_array_equal(np.isnan(one.depth), one.class_map == SKY)
        known = one.depth[one.class_map != SKY]
        assert known.min() >= 0.1
        assert known.max() < 110


def test_every_class_appears_often(stills: list[Still]) -> None:
    counts = np.array([np.bincount(one.class_map.ravel(), minlength=12) for one in stills])
    shares = counts.mean(axis=0) / (240 * 320)
    assert dict(zip(CLASSES, shares > 0.004, strict=True)) == dict.fromkeys(CLASSES, True)
    assert ((counts > 50).mean(axis=0) >= 0.5).all()


def test_boxes_hold_exactly_the_visible_pixels(stills: list[Still]) -> None:
    for one in stills[:10]:
        for thing in one.things:
            own = one.instances == thing.instance
            x1, y1, x2, y2 = thing.box.astype(int)
            assert own.sum() == own[y1:y2, x1:x2].sum() == thing.area
            for edge in (own[y1, x1:x2], own[y2 - 1, x1:x2], own[y1:y2, x1], own[y1:y2, x2 - 1]):
                assert edge.any()
            labels = np.unique(one.class_map[own])
            assert [CLASSES[label] for label in labels] == [THINGS[thing.label]]


def test_things_of_few_pixels_are_left_out() -> None:
    instances = np.zeros((20, 2 * FEWEST_PIXELS), np.int32)
    instances[2:6, 3 : 3 + FEWEST_PIXELS // 4] = 4
    instances[10, : FEWEST_PIXELS - 1] = 2
    boxes = boxes_of(instances)
    assert list(boxes) == [4]
    np.testing.assert_array_equal(boxes[4][0], [3, 2, 3 + FEWEST_PIXELS // 4, 6])
    assert boxes[4][1] == FEWEST_PIXELS


def test_things_are_large_enough_to_be_learnt(stills: list[Still]) -> None:
    heights: dict[int, list[float]] = {label: [] for label in range(len(THINGS))}
    for one in stills:
        for thing in one.things:
            heights[thing.label].append(float(thing.box[3] - thing.box[1]))
    people, cars, signs, benches = heights.values()
    assert len(people) > 45
    assert 40 < np.median(people) < 150
    assert min(len(cars), len(signs), len(benches)) > 45
    assert np.percentile(cars, 75) > 35
    assert np.percentile(signs, 75) > 18
    assert np.percentile(benches, 75) > 18


def test_people_have_keypoints_and_others_none(stills: list[Still]) -> None:
    for one in stills:
        for thing in one.things:
            assert (thing.keypoints is not None) == (THINGS[thing.label] == "person")


def test_people_are_the_instances_after_the_street_and_things_hide_them() -> None:
    rng = np.random.default_rng(1)
    street, light = make_street(rng), random_light(rng)
    camera = Camera(position=(0.0, 1.6, 0.0), frame_size=(160, 120), focal=140.0)
    people = [random_person(rng, position=(0.0, z), heading=0.0) for z in (3.0, 4.5)]
    one = render(street, camera, light, people, rng=rng)
    first, second = street.num_things + 1, street.num_things + 2
    assert (one.instances == first).sum() > 4 * (one.instances == second).sum()
    own = one.instances == first
    np.testing.assert_allclose(one.depth[own], 3.0, atol=0.6)


def test_a_frame_of_half_the_size_shows_the_same() -> None:
    rng = np.random.default_rng(2)
    street, light = make_street(rng), random_light(rng)
    large = random_camera(rng, street)
    small = Camera(position=large.position, frame_size=(160, 120), focal=large.focal / 2,
                   yaw=large.yaw, pitch=large.pitch, roll=large.roll)  # fmt: skip
    wide, narrow = (paint(street, camera, light, ()) for camera in (large, small))
    same = wide.labels[::2, ::2] == narrow.labels
    assert same.mean() > 0.93
    means = [canvas.colour.mean(axis=(0, 1)) for canvas in (wide, narrow)]
    np.testing.assert_allclose(means[0], means[1], rtol=0.02)


def test_what_is_seen_moves_with_the_camera_without_flicker() -> None:
    rng = np.random.default_rng(3)
    street, light = make_street(rng), random_light(rng)
    frames = []
    for step in range(3):
        camera = Camera(position=(0.0, 1.6, 0.002 * step), frame_size=(160, 120), focal=140.0)
        frames.append(np.clip(paint(street, camera, light, ()).colour, 0, 1))
    change = np.abs(frames[2] - frames[1]).mean()
    assert 0 < change < 0.01


def test_cameras_do_not_stand_in_things() -> None:
    clear = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        street = make_street(rng)
        camera = random_camera(rng, street, frame_size=(80, 60))
        clear.append(not hits(taken_by(street.casters), camera.position[0], camera.position[2]))
    assert np.mean(clear) > 0.9


def test_only_what_stands_on_the_ground_takes_room() -> None:
    trunk = round_caster(1.0, 5.0, radius=0.2, low=0.0, high=2.0)
    crown = round_caster(1.0, 9.0, radius=2.0, low=2.0, high=6.0)
    taken = taken_by([trunk, crown])
    assert hits(taken, 1.4, 5.0)
    assert not hits(taken, 1.6, 5.0)
    assert not hits(taken, 1.0, 9.0)


# Of two sets of photographs shrunk to 320x240: bits per pixel and PSNR from the one to the other.
PHOTOGRAPHS = {
    5: ((0.202, 0.346), (22.4, 27.1)),
    10: ((0.256, 0.482), (24.8, 30.2)),
    15: ((0.308, 0.601), (26.1, 31.7)),
    50: ((0.584, 1.204), (29.6, 35.7)),
    75: ((0.870, 1.784), (31.7, 37.9)),
    95: ((2.181, 4.232), (36.9, 43.5)),
}


@pytest.mark.parametrize("quality", PHOTOGRAPHS)
def test_pictures_compress_like_photographs(stills: list[Still], quality: int) -> None:
    codec = Jpeg(quality)
    rates, psnr_db = [], []
    for one in stills[:24]:
        data = codec.encode(one.frame)
        error = codec.decode(data).astype(np.float64) - one.frame
        rates.append(8 * len(data) / one.class_map.size)
        psnr_db.append(10 * np.log10(255**2 / (error**2).mean()))
    rate, quality_db = PHOTOGRAPHS[quality]
    assert rate[0] < np.mean(rates) < rate[1]
    assert quality_db[0] < np.mean(psnr_db) < quality_db[1]
