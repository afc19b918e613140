"""From a frame to the input of a declared ONNX network."""

import cv2
import numpy as np
from jaxtyping import Shaped

from lossproof.models.onnx_declaration import Input
from lossproof.records import Frame

_INTERPOLATIONS = {
    "nearest": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
}


def fitted(frame: Frame, declared: Input) -> Shaped[np.ndarray, "_ _ _"]:
    """The frame at the declared size, normalised and laid out."""
    if declared.size != "native" and frame.shape[1::-1] != declared.size:
        interpolation = _INTERPOLATIONS[declared.interpolation]
        frame = cv2.resize(frame, declared.size, interpolation=interpolation)
    return laid_out(frame, declared)


def laid_out(frame: Frame, declared: Input) -> Shaped[np.ndarray, "_ _ _"]:
    """The frame as it is, normalised, with its channels first or last."""
    normalisation = declared.normalisation
    nchw = declared.layout == "NCHW"
    return normalisation.planes(frame) if nchw else normalisation.pixels(frame)
