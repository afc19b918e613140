"""Drawings against pictures that were looked at; ``python tests/tasks/test_drawings.py`` remakes.

Tolerances let the letters of another OpenCV pass, and no missing box, bar or limb.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from lossproof.predictions import Detections, Poses, StreamLogits
from lossproof.targets import DepthTarget
from lossproof.tasks import Legend, make_task
from lossproof.tasks.drawing.canvas import Type, canvas, fitted, text_size
from lossproof.tasks.drawing.detection import LEAST_SCORE
from lossproof.tasks.drawing.flow import coloured
from lossproof.tasks.drawing.heat import Range, heat
from lossproof.tasks.drawing.palette import colours

BASELINE = Path(__file__).parent / "baseline"
_FAR = 48  # levels of 255
_MOST_FAR = 0.01  # of all values

LEGEND = Legend(("car", "person", "traffic light"))


def scene(width: int = 320, height: int = 240) -> np.ndarray:
    """A disc on a flat ground."""
    frame = np.full((height, width, 3), (70, 90, 110), np.uint8)
    frame[height // 2 :] = (120, 110, 90)
    cv2.circle(frame, (width // 3, height // 2), height // 5, (200, 190, 60), cv2.FILLED)
    return frame


def segmentation(frame: np.ndarray) -> np.ndarray:
    class_map = np.repeat(np.arange(8) % 3, 40)[None].repeat(240, axis=0)
    class_map[:60] = 255
    return make_task("segmentation").draw(frame, class_map, LEGEND)


def depth(frame: np.ndarray) -> np.ndarray:
    metres = np.linspace(1, 5, 240, dtype=np.float32)[:, None].repeat(320, axis=1)
    return make_task("depth").draw(frame, metres, Legend())


def detection(frame: np.ndarray) -> np.ndarray:
    boxes = [[20, 0, 120, 100], [60, 70, 160, 170], [240, 100, 330, 250], [5, 5, 9, 9]]
    found = Detections(
        np.array(boxes, float),
        np.array([0.9, 0.55, 0.31, LEAST_SCORE - 0.01]),
        np.array([0, 1, 2, 0]),
    )
    return make_task("detection").draw(frame, found, LEGEND)


def test_a_keypoint_far_away_is_drawn_towards() -> None:
    person = np.full((17, 3), 5.0)
    person[9, :2] = 1e9
    task, frame = make_task("pose"), np.zeros((40, 40, 3), np.uint8)
    assert task.draw(frame, Poses(person[None], np.array([0.9])), Legend()).any()


def pose(frame: np.ndarray) -> np.ndarray:
    places = [(160, 40), (166, 36), (154, 36), (172, 38), (148, 38), (185, 70), (135, 70)]
    places += [(200, 110), (120, 110), (205, 145), (110, 145), (175, 140), (145, 140)]
    places += [(180, 180), (140, 180), (182, 220), (60, 230)]
    person = np.column_stack([np.array(places, float), np.full(17, 0.9)])
    person[9, 2] = 0.2
    person[16, 2] = 0.0
    return make_task("pose").draw(frame, Poses(person[None], np.array([0.87])), Legend())


def action(frame: np.ndarray) -> np.ndarray:
    small = cv2.resize(frame, (64, 64), interpolation=cv2.INTER_AREA)
    clip = np.stack([np.roll(small, 3 * index, axis=1) for index in range(3)])
    clip.flags.writeable = frame.flags.writeable
    logits = StreamLogits(fusion=np.array([0.0, 2.0, 1.0]))
    return make_task("action").draw(clip, logits, LEGEND)


def fidelity(frame: np.ndarray) -> np.ndarray:
    arrived = frame.copy()
    arrived[60:120, 40:200] += np.uint8(30)
    arrived.flags.writeable = frame.flags.writeable
    return make_task("fidelity").draw(frame, arrived, Legend())


DRAWINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    one.__name__: one for one in (segmentation, depth, detection, pose, action, fidelity)
}


def _halved(drawn: np.ndarray) -> np.ndarray:
    """As baselines are kept."""
    return cv2.resize(
        drawn, (drawn.shape[1] // 2, drawn.shape[0] // 2), interpolation=cv2.INTER_AREA
    )


def _read(name: str) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(BASELINE / f"{name}.png")), cv2.COLOR_BGR2RGB)


def _far(drawn: np.ndarray, expected: np.ndarray) -> float:
    """The share of values that are far from those of the baseline."""
    return float((abs(drawn.astype(int) - expected) > _FAR).mean())


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_look_like_those_that_were_looked_at(name: str) -> None:
    drawn, expected = _halved(DRAWINGS[name](scene())), _read(name)
    assert abs(drawn.shape[1] - expected.shape[1]) <= 6  # as wide as the letters are
    width = min(drawn.shape[1], expected.shape[1])
    assert _far(drawn[:, :width], expected[:, :width]) < _MOST_FAR


@pytest.mark.parametrize("name", DRAWINGS)
def test_baselines_are_small_and_would_notice_a_frame_without_a_drawing(name: str) -> None:
    assert (BASELINE / f"{name}.png").stat().st_size < 30_000
    expected = _read(name)
    frame = cv2.resize(canvas(scene()).picture, expected.shape[1::-1])
    assert _far(frame, expected) > _MOST_FAR


@pytest.mark.parametrize("name", DRAWINGS)
def test_frames_are_not_drawn_on(name: str) -> None:
    frame = scene()
    frame.flags.writeable = False
    drawn = DRAWINGS[name](frame)
    assert (drawn.dtype, drawn.ndim, drawn.shape[2]) == (np.uint8, 3, 3)
    assert np.array_equal(frame, scene())


@pytest.mark.parametrize("size", [(320, 240), (1280, 720), (64, 64)])
def test_letters_can_be_read_at_every_size(size: tuple[int, int]) -> None:
    frame = np.zeros((size[1], size[0], 3), np.uint8)
    found = Detections(np.array([[0, 0, size[0], size[1]]], float), np.ones(1), np.zeros(1, int))
    drawn = make_task("detection").draw(frame, found, LEGEND)
    rows = np.flatnonzero((drawn[:, 6:40] != 0).any(axis=(1, 2)))
    assert min(drawn.shape[:2]) >= 240
    label = rows[rows < drawn.shape[0] // 2]
    assert len(label) >= 15


def test_nothing_found_leaves_the_frame() -> None:
    frame = scene()
    none = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    assert np.array_equal(make_task("detection").draw(frame, none, LEGEND), frame)
    nobody = Poses(np.zeros((0, 17, 3)), np.zeros(0))
    assert np.array_equal(make_task("pose").draw(frame, nobody, LEGEND), frame)


def test_classes_that_the_dataset_does_not_name_are_drawn_by_number() -> None:
    found = Detections(np.array([[9, 9, 99, 99.0]]), np.ones(1), np.array([7]))
    drawn = make_task("detection").draw(scene(), found, Legend())
    assert not np.array_equal(drawn, scene())


def test_an_action_without_logits_or_motion_is_its_frame() -> None:
    frame = scene()
    assert np.array_equal(make_task("action").draw(frame, StreamLogits(), LEGEND), frame)


def test_flow_has_the_colours_of_middlebury() -> None:
    flow = np.zeros((1, 4, 2), np.float32)
    flow[0, :3] = [(1, 0), (0, 1), (-1, 0)]
    right, down, left, still = coloured(flow)[0].astype(int).tolist()
    assert right[0] == 255
    assert max(right[1:]) < 10
    assert min(down[:2]) > 200
    assert down[2] < 10
    assert left[0] < 10
    assert min(left[1:]) > 150
    assert still == [255, 255, 255]


def test_unknown_numbers_have_the_colour_of_the_low_end() -> None:
    values = np.array([[np.nan, 0.0, 5.0, 9.0]])
    drawn = heat(values, Range(0.0, 5.0, "m"), cv2.COLORMAP_CIVIDIS)[0]
    assert drawn[0].tolist() == drawn[1].tolist()
    assert drawn[2].tolist() == drawn[3].tolist() != drawn[0].tolist()


def test_colours_are_all_different_for_21_classes_and_then_return() -> None:
    assert len(set(colours(21))) == 21
    assert colours(22)[21] == colours(1)[0]


def test_long_names_are_cut_to_their_room() -> None:
    kind = Type(10)
    cut = fitted("a very long name of a class", 80, kind)
    assert cut.endswith("..")
    assert text_size(cut, kind)[0] <= 80
    assert fitted("car", 80, kind) == "car"


def remake() -> None:
    BASELINE.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        drawn = cv2.cvtColor(_halved(draw(scene())), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(BASELINE / f"{name}.png"), drawn, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def test_depths_that_stand_side_by_side_share_their_colours() -> None:
    """A pixel of 3 m has one colour in both, where the other pixels differ."""
    frame = np.zeros((240, 240, 3), np.uint8)
    near, far = (np.full((240, 240), metres, np.float32) for metres in (2.0, 8.0))
    near[120:], far[120:] = 3.0, 3.0
    task = make_task("depth")
    assert task.span is not None
    shared = Legend(span=task.span(DepthTarget(near)))
    assert shared.span == pytest.approx((2.0, 3.0))
    row, column = 200, 300
    drawn = [task.draw(frame, depths, shared) for depths in (near, far)]
    assert (drawn[0][row, column] == drawn[1][row, column]).all()
    alone = [task.draw(frame, depths, Legend()) for depths in (near, far)]
    assert (alone[0][row, column] != alone[1][row, column]).any()
    assert make_task("depth", median_scaling=True).span is None


if __name__ == "__main__":
    remake()
