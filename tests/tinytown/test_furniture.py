"""Trees, signs, benches and fences."""

import numpy as np
import pytest

from lossproof.tinytown.furniture import bench, crown, fence, fence_of, sign, tree
from lossproof.tinytown.solids import Place
from lossproof.tinytown.truth import CLASSES


def covered(picture: np.ndarray) -> np.ndarray:
    return picture[..., 3] >= 0.5


@pytest.mark.parametrize("seed", range(4))
def test_a_crown_is_ragged_and_fills_much_of_its_square(seed: int) -> None:
    foliage = crown(np.random.default_rng(seed))
    side = foliage.size[0]
    leaves = covered(foliage.atlas[1 : side + 1, 1 : side + 1])
    assert 0.25 < leaves.mean() < 0.9
    edge = (leaves[:, 1:] != leaves[:, :-1]).sum() + (leaves[1:] != leaves[:-1]).sum()
    # A disc of the same size has an outline of about 4 / pi times its circumference in pixels.
    disc = 8 * np.sqrt(leaves.sum() / np.pi)
    assert edge > 1.3 * disc


def test_a_crown_stands_on_its_trunk() -> None:
    rng = np.random.default_rng(0)
    (trunk, leaves), shadows = tree(rng, crown(rng), x=3.0, z=8.0)
    assert trunk.low == 0
    assert leaves.low < trunk.high < leaves.high
    assert trunk.width < 0.5 < leaves.width
    assert len(shadows) == 2


def test_a_sign_shows_its_plate_to_the_front_and_metal_to_the_back() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        front, back, post, _ = sign(rng, place=Place(0.0, 0.0, np.pi), instance=3)
        # A sign that looks back along the street shows its plate to a camera before it.
        assert np.cross(front.right, front.down)[2] < 0 < np.cross(back.right, back.down)[2]
        plate, metal = (face.texture.atlas[1:65, 1:65] for face in (front, back))
        np.testing.assert_array_equal(covered(plate), covered(metal)[:, ::-1])
        assert np.ptp(plate[covered(plate)][:, :3]) > 0.3
        assert np.ptp(metal[covered(metal)][:, :3]) == 0
        assert (front.instance, back.instance, post.instance) == (3, 3, 0)
        assert CLASSES[post.label] == "pole"


def test_a_bench_looks_where_it_should_and_is_as_high_as_benches_are() -> None:
    faces, caster = bench(np.random.default_rng(0), place=Place(4.0, 9.0, 0.3), instance=2)
    tops = [face.corner[1] for face in faces]
    assert max(tops) == pytest.approx(0.92)
    assert {CLASSES[face.label] for face in faces} == {"bench"}
    np.testing.assert_allclose(caster.outline.mean(axis=0), (4, 9), atol=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_a_fence_repeats_along_its_length(seed: int) -> None:
    look = fence_of(np.random.default_rng(seed))
    face, _ = fence(look, x=5.0, along=(2.0, 8.0), high=1.2)
    assert face.tiles[0] * look[1] == pytest.approx(6)
    assert np.linalg.norm(face.right) == pytest.approx(6)
    assert 0.3 < covered(look[0].atlas[1:65, 1:65]).mean() <= 1
