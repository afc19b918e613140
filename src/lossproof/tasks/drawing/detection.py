"""Detection: boxes with the names of their classes and their scores."""

import cv2
import numpy as np

from lossproof.predictions import Detections
from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.canvas import canvas, line_width, middle, text_size, type_for, write
from lossproof.tasks.drawing.palette import colours
from lossproof.tasks.task import Colour, Legend

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
    for place in reversed(shown):
        label = int(prediction.labels[place])
        words = f"{_name(label, legend)} {prediction.scores[place]:.2f}"
        _draw_box(picture, prediction.boxes[place] * times, words, palette[label])
    return picture


def _name(label: int, legend: Legend) -> str:
    return legend.classes[label] if label < len(legend.classes) else f"class {label}"


def _draw_box(picture: Frame, box: np.ndarray, words: str, colour: Colour) -> None:
    """The words stand on the box, or in it where it touches the upper edge."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (round(float(v)) for v in np.clip(box, -1, [width, height] * 2))
    cv2.rectangle(picture, (x1, y1), (x2 - 1, y2 - 1), colour, line_width(picture))
    kind = type_for(picture, colour)
    tall = text_size(words, kind)[1]
    write(picture, words, (x1, y1 - tall if y1 >= tall else y1), kind)
