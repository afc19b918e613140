"""Fidelity: what arrived, beside how far each pixel is from what was sent."""

import cv2
import numpy as np

from lossproof.metrics.fidelity import psnr_db
from lossproof.records import Frame, Frames
from lossproof.tasks.drawing.canvas import beside, canvas, middle, type_for, write
from lossproof.tasks.drawing.heat import Range, bar, heat
from lossproof.tasks.task import Legend

_COLOURS = cv2.COLORMAP_INFERNO
_LEAST_SPAN = 16.0


def draw(frames: Frames, prediction: Frames, legend: Legend) -> Frame:
    """What arrived with its PSNR, and beside it the mean error of red, green and blue in colours.

    ``frames`` are those of the source and ``prediction`` what arrived, of the same shape; of clips
    the middle frames. The colours reach to the 99.5th percentile of the errors, or to 16 levels of
    255 where that is more, so that small errors look small.
    """
    sent, arrived = middle(frames), middle(prediction)
    errors = sent.astype(np.float64) - arrived
    picture = canvas(arrived).picture
    seen = abs(errors).mean(axis=2)
    span = Range(0.0, max(_LEAST_SPAN, float(np.quantile(seen, 0.995))), "")
    size = (picture.shape[1], picture.shape[0])
    shown = cv2.resize(seen, size, interpolation=cv2.INTER_NEAREST_EXACT)
    decibels = psnr_db(np.array([np.square(errors).mean()])).item()
    write(picture, f"PSNR {decibels:.1f} dB", (0, 0), type_for(picture))
    return beside(picture, heat(np.asarray(shown), span, _COLOURS), bar(picture, span, _COLOURS))
