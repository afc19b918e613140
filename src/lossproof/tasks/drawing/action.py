"""Action: a clip's middle frame, how it moves, and the likeliest classes."""

import cv2
import numpy as np
from jaxtyping import Float, Float64

from lossproof.dense_flow import dense_flow
from lossproof.predictions import StreamLogits
from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.canvas import (
    beside,
    canvas,
    class_name,
    fitted,
    middle,
    sheet,
    text_size,
    type_for,
    write,
)
from lossproof.tasks.drawing.flow import coloured
from lossproof.tasks.drawing.palette import colours
from lossproof.tasks.task import Legend

_MOST_SHOWN = 5
_STREAMS = ("fusion", "spatial", "motion")


def draw(frames: Frames, prediction: StreamLogits, legend: Legend) -> Frame:
    """The middle frame, its optical flow in Middlebury's colours, and five bars below.

    The bars are of the fusion, or of the stream that the network has, as shares that sum to 1.
    """
    picture = canvas(middle(frames)).picture
    top = picture if frames.ndim == 3 else beside(picture, _moved(frames, picture))
    given = ((name, getattr(prediction, name)) for name in _STREAMS)
    stream, logits = next((pair for pair in given if pair[1] is not None), ("", None))
    if logits is None:
        return top
    return np.vstack([top, _bars(top, stream, _shares(logits), legend)])


def _moved(frames: Frames, picture: Frame) -> Frame:
    """The flow from the middle frame to the next, or to it from the one before where it is last."""
    start = min(frames.shape[0] // 2, frames.shape[0] - 2)
    if start < 0:
        return sheet(*picture.shape[:2])
    drawn = coloured(dense_flow(frames[start : start + 2])[0])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_LINEAR))


def _shares(logits: Float[np.ndarray, " c"]) -> Float64[np.ndarray, " c"]:
    """The softmax."""
    powers = np.exp(logits.astype(np.float64) - logits.max())
    return np.asarray(powers / powers.sum())


def _bars(top: Frame, stream: str, shares: Float64[np.ndarray, " c"], legend: Legend) -> Frame:
    """The likeliest classes, the first at the top; names take half of the width at most."""
    kind = type_for(top)
    row = text_size("x", kind)[1]
    best = np.argsort(-shares, kind="stable")[:_MOST_SHOWN]
    names = [class_name(int(label), legend) for label in best]
    drawn = sheet(row * (len(best) + 1), top.shape[1])
    write(drawn, f"{stream}:", (0, 0), kind)
    start = min(drawn.shape[1] // 2, max(text_size(name, kind)[0] for name in names))
    room = drawn.shape[1] - start - text_size("0.00", kind)[0] - kind.margin
    for place, (name, label) in enumerate(zip(names, best, strict=True), 1):
        write(drawn, fitted(name, start, kind), (0, place * row), kind)
        end = start + max(1, round(room * float(shares[label])))
        corners = (start, place * row + kind.margin), (end, (place + 1) * row - kind.margin)
        cv2.rectangle(drawn, *corners, colours(1)[0], cv2.FILLED)
        write(drawn, f"{shares[label]:.2f}", (end + kind.margin, place * row), kind)
    return drawn
