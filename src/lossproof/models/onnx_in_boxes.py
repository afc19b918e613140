"""An ONNX network that is shown one person at a time, as a model that is given boxes."""

from collections.abc import Sequence
from typing import Any, final

import numpy as np
from jaxtyping import Float32, Float64

from lossproof.models.batches import batches
from lossproof.models.crops import Crop, crop_of, cut, keypoints_in
from lossproof.models.onnx_declaration import Declaration
from lossproof.models.onnx_input import laid_out
from lossproof.models.onnx_poses import crop_size, heatmaps_of, skeleton_of
from lossproof.models.onnx_runner import OnnxRunner, Outputs
from lossproof.models.skeleton import COCO_KEYPOINTS
from lossproof.predictions import Poses
from lossproof.records import Frame


@final
class OnnxInBoxes:
    """Frames and boxes of people to their poses; safe to call from several threads.

    ``wants_boxes`` says that ``predict_in_boxes`` is to be called in place of ``predict``.
    """

    wants_boxes = True

    def __init__(
        self,
        runner: OnnxRunner,
        *,
        declaration: Declaration,
        weights: str,
    ) -> None:
        self.name = declaration.name
        self.weights = weights
        self.batch_size = runner.batch_size
        self.company = runner.batch
        self._runner = runner
        self._declaration = declaration
        self._size = crop_size(declaration)
        self._skeleton = skeleton_of(declaration.output)

    def predict(self, frames: Sequence[Frame]) -> list[Poses]:
        """Nothing for no frames. Raises ValueError for any: boxes are needed."""
        if frames:
            raise ValueError(
                f"model {self.name} is shown one person at a time; a task that gives it the boxes "
                "of people is allowed"
            )
        return []

    def predict_in_boxes(
        self, frames: Sequence[Frame], boxes: Sequence[Float32[np.ndarray, "_ 4"]]
    ) -> list[Poses]:
        """The person in each box x1, y1, x2, y2 of each frame, in the order of the boxes.

        A keypoint's confidence is the heat map's highest value, a person's score the mean of the 17
        confidences. Raises ValueError for boxes that are none, and as ``OnnxModel.predict``.
        """
        if len(frames) != len(boxes):
            raise ValueError(f"{len(boxes)} arrays of boxes for {len(frames)} frames are given")
        # What is not a frame is refused, also where it has no boxes.
        list(batches(frames, size=1))
        people = [(frame, crop_of(box, self._size)) for frame, of in enumerate(boxes) for box in of]
        batch = self._runner.batch
        every = range(len(people))
        keypoints = self._runner.run(
            [list(every[start : start + batch]) for start in every[::batch]],
            lambda place: self._image(frames[people[place][0]], people[place][1]),
            lambda place, outputs: self._keypoints(outputs, people[place][1]),
        )
        answers = iter(keypoints)
        return [_poses([next(answers) for _ in of_frame]) for of_frame in boxes]

    def _image(self, frame: Frame, crop: Crop) -> Any:
        return laid_out(cut(frame, crop, self._size), self._declaration.input)

    def _keypoints(self, outputs: Outputs, crop: Crop) -> Float64[np.ndarray, "17 3"]:
        (heatmaps,) = heatmaps_of(outputs, self._declaration)
        found = keypoints_in(heatmaps[: len(self._skeleton.parts)], crop)
        ordered = np.zeros((len(COCO_KEYPOINTS), 3))
        for row, place in zip(ordered, self._skeleton.places, strict=True):
            if place is not None:
                row[:] = found[place]
        return ordered


def _poses(people: Sequence[Float64[np.ndarray, "17 3"]]) -> Poses:
    keypoints = np.array(people, np.float32).reshape(-1, len(COCO_KEYPOINTS), 3)
    return Poses(keypoints, keypoints[..., 2].mean(axis=1))
