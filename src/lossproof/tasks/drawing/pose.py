"""Pose: skeletons of COCO's 17 keypoints."""

import cv2
import numpy as np
from jaxtyping import Float

from lossproof.predictions import Poses
from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.canvas import canvas, line_width, middle, text_size, type_for, write
from lossproof.tasks.drawing.palette import INK, PAPER
from lossproof.tasks.task import Colour, Legend

Pixel = tuple[int, int]

MOST_SHOWN = 20
SURE = 0.5
_LEFT: Colour = (86, 180, 233)
_RIGHT: Colour = (230, 159, 0)
_MIDDLE: Colour = (240, 228, 66)
# Nose 0; left and right eye 1 2, ear 3 4, shoulder 5 6, elbow 7 8, wrist 9 10, hip 11 12,
# knee 13 14, ankle 15 16.
_LIMBS = {
    _MIDDLE: ((0, 1), (0, 2), (5, 6), (11, 12)),
    _LEFT: ((1, 3), (3, 5), (5, 7), (7, 9), (5, 11), (11, 13), (13, 15)),
    _RIGHT: ((2, 4), (4, 6), (6, 8), (8, 10), (6, 12), (12, 14), (14, 16)),
}
_NUM_KEYPOINTS = 17
_FARTHEST = 30_000


def draw(frames: Frames, prediction: Poses, legend: Legend) -> Frame:
    """The frame with the 20 best people: their left blue, their right orange, and their scores.

    Keypoints are in pixels of the frame. Those with confidence 0 are not drawn; unsure ones are
    hollow and their limbs thin.
    """
    picture, times = canvas(middle(frames))
    order = np.argsort(-prediction.scores, kind="stable")[:MOST_SHOWN]
    for place in order[::-1]:
        person = prediction.keypoints[place].astype(float) * (times, times, 1)
        if len(person) == _NUM_KEYPOINTS:
            _draw_limbs(picture, person)
        _draw_keypoints(picture, person)
        _draw_score(picture, person, float(prediction.scores[place]))
    return picture


def _draw_limbs(picture: Frame, person: Float[np.ndarray, "k 3"]) -> None:
    for colour, limbs in _LIMBS.items():
        for ends in limbs:
            least = min(person[end, 2] for end in ends)
            if least > 0:
                start, stop = (_pixel(person[end]) for end in ends)
                _draw_limb(picture, (start, stop), colour, sure=bool(least >= SURE))


def _draw_limb(picture: Frame, ends: tuple[Pixel, Pixel], colour: Colour, *, sure: bool) -> None:
    """With a dark edge, so that it is seen on light ground too."""
    thick = line_width(picture) if sure else 1
    cv2.line(picture, *ends, INK, thick + 2, cv2.LINE_AA)
    cv2.line(picture, *ends, colour, thick, cv2.LINE_AA)


def _draw_keypoints(picture: Frame, person: Float[np.ndarray, "k 3"]) -> None:
    radius = line_width(picture) + 1
    for place, point in enumerate(person):
        if point[2] > 0:
            colour = _MIDDLE if place == 0 else _LEFT if place % 2 else _RIGHT
            filled = cv2.FILLED if point[2] >= SURE else 1
            cv2.circle(picture, _pixel(point), radius, colour, filled, cv2.LINE_AA)


def _draw_score(picture: Frame, person: Float[np.ndarray, "k 3"], score: float) -> None:
    """Above the highest keypoint."""
    found = person[person[:, 2] > 0]
    if len(found):
        x, y = _pixel(found[found[:, 1].argmin()])
        kind = type_for(picture, PAPER)
        words = f"{score:.2f}"
        width, height = text_size(words, kind)
        write(picture, words, (x - width // 2, y - height - 2 * line_width(picture)), kind)


def _pixel(point: Float[np.ndarray, " 3"]) -> Pixel:
    """Far beyond the picture it is as far as OpenCV can draw."""
    x, y = (round(float(place)) for place in point[:2].clip(-_FARTHEST, _FARTHEST))
    return x, y
