"""Detection: boxes with the names of their classes and their scores."""

import cv2
import numpy as np
from jaxtyping import Float

from lossproof.predictions import Detections
from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.canvas import (
    canvas,
    class_name,
    line_width,
    middle,
    text_size,
    type_for,
    write,
)
from lossproof.tasks.drawing.palette import colours
from lossproof.tasks.task import Colour, Legend

Box = tuple[int, int, int, int]

LEAST_SCORE = 0.3
MOST_SHOWN = 30


def draw(frames: Frames, prediction: Detections, legend: Legend) -> Frame:
    """The frame with the boxes of the best 30 detections whose score is 0.3 or more.

    Boxes are in pixels of the frame. The best is drawn last, over the others.
    """
    picture, times = canvas(middle(frames))
    known = max([len(legend.classes), *(prediction.labels + 1).tolist()])
    palette = legend.palette if len(legend.palette) >= known else colours(known)
    order = np.argsort(-prediction.scores, kind="stable")[:MOST_SHOWN]
    shown = [place for place in order if prediction.scores[place] >= LEAST_SCORE]
    boxes = [_corners(prediction.boxes[place] * times, picture) for place in shown]
    labels = [int(prediction.labels[place]) for place in shown]
    for box, label in zip(reversed(boxes), reversed(labels), strict=True):
        cv2.rectangle(picture, box[:2], box[2:], palette[label], line_width(picture))
    # After all boxes, so that no line runs through a word.
    for place, box, label in reversed(list(zip(shown, boxes, labels, strict=True))):
        words = f"{class_name(label, legend)} {prediction.scores[place]:.2f}"
        _write_on(picture, box, words, palette[label])
    return picture


def _corners(box: Float[np.ndarray, " 4"], picture: Frame) -> Box:
    """The first and the last pixel, at most one beyond the picture."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (round(float(v)) for v in np.clip(box, -1, [width, height] * 2))
    return x1, y1, x2 - 1, y2 - 1


def _write_on(picture: Frame, box: Box, words: str, colour: Colour) -> None:
    """The words stand on the box, or in it where it touches the upper edge."""
    kind = type_for(picture, colour)
    tall = text_size(words, kind)[1]
    write(picture, words, (box[0], box[1] - tall if box[1] >= tall else box[1]), kind)
