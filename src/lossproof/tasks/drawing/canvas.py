"""Frames made large enough to be drawn on, and text that can be read on them."""

import math
from typing import NamedTuple

import cv2
import numpy as np

from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.palette import PAPER, ink_on
from lossproof.tasks.task import Colour, Legend

_SMALLEST_SIDE = 240
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_HEIGHT = 22  # pixels of a capital at scale 1
_LEAST_TEXT, _MOST_TEXT = 9, 22


class Canvas(NamedTuple):
    """A copy of a frame to draw on, and how many times larger it is."""

    picture: Frame
    times: int


class Type(NamedTuple):
    """How text is set: the height of a capital in pixels, and the colour behind it."""

    height: int
    paper: Colour = PAPER

    @property
    def scale(self) -> float:
        return self.height / _FONT_HEIGHT

    @property
    def thickness(self) -> int:
        return 2 if self.height > 16 else 1

    @property
    def margin(self) -> int:
        return max(3, self.height // 3)


def canvas(frame: Frame) -> Canvas:
    """Small frames grow by a whole number, so that text fits on them."""
    times = math.ceil(_SMALLEST_SIDE / min(frame.shape[:2]))
    if times == 1:
        return Canvas(frame.copy(), 1)
    size = (frame.shape[1] * times, frame.shape[0] * times)
    return Canvas(np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)), times)


def middle(frames: Frames) -> Frame:
    """A picture as it is, of a clip the frame in the middle."""
    return frames if frames.ndim == 3 else frames[frames.shape[0] // 2]


def type_for(picture: Frame, paper: Colour = PAPER) -> Type:
    """Text of a height that can be read on a picture of this size."""
    height = round(min(picture.shape[:2]) / 32)
    return Type(min(max(height, _LEAST_TEXT), _MOST_TEXT), paper)


def line_width(picture: Frame) -> int:
    return max(2, round(int(min(picture.shape[:2])) / 240))


def text_size(words: str, kind: Type) -> tuple[int, int]:
    """Width and height in pixels of the words with their margins."""
    (width, _), _ = cv2.getTextSize(_plain(words), _FONT, kind.scale, kind.thickness)
    return width + 2 * kind.margin, kind.height + 2 * kind.margin


def write(picture: Frame, words: str, corner: tuple[int, int], kind: Type) -> None:
    """Words on a plain ground whose top left corner is given, moved into the picture if need be."""
    width, height = text_size(words, kind)
    x = min(max(corner[0], 0), max(0, picture.shape[1] - width))
    y = min(max(corner[1], 0), max(0, picture.shape[0] - height))
    cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), kind.paper, cv2.FILLED)
    start = (x + kind.margin, y + kind.margin + kind.height)
    ink = ink_on(kind.paper)
    cv2.putText(picture, _plain(words), start, _FONT, kind.scale, ink, kind.thickness, cv2.LINE_AA)


def _plain(words: str) -> str:
    """OpenCV's letters are those of ASCII."""
    return words.encode("ascii", "replace").decode()


def beside(*pictures: Frame) -> Frame:
    """Pictures of one height next to each other, a narrow gap between them."""
    gap = np.full((pictures[0].shape[0], 4, 3), PAPER, np.uint8)
    parts = [part for picture in pictures for part in (picture, gap)]
    return np.hstack(parts[:-1])


def sheet(height: int, width: int) -> Frame:
    """An empty picture."""
    return np.full((height, width, 3), PAPER, np.uint8)


def fitted(words: str, width: int, kind: Type) -> str:
    """The words, cut off where they are wider than ``width`` pixels."""
    if text_size(words, kind)[0] <= width:
        return words
    while len(words) > 1 and text_size(f"{words}..", kind)[0] > width:
        words = words[:-1]
    return f"{words}.."


def class_name(label: int, legend: Legend) -> str:
    """The dataset's word for a class; its number where the dataset names fewer."""
    return legend.classes[label] if label < len(legend.classes) else f"class {label}"
