"""CGNet itself, where it lies beside the repository: exactly what plain ONNX Runtime says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lossproof.models import open_model

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY.parent / "shared" / "data" / "segmentation"
WEIGHTS = DATA / "cgnet_camvid" / "cgnet_camvid.onnx"
PICTURES = DATA / "camvid" / "test"

pytestmark = pytest.mark.skipif(
    not (WEIGHTS.is_file() and PICTURES.is_dir()),
    reason="needs ../shared/data/segmentation beside the repository",
)


@pytest.mark.parametrize("threads", [1, 2])
def test_three_pictures_are_plain_onnx_runtimes_to_the_last_pixel(threads: int) -> None:
    import onnxruntime

    paths = sorted(PICTURES.glob("*.png"))[::90]
    frames = [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths]
    spec = f"{REPOSITORY / 'examples' / 'cgnet_camvid.toml'}:{WEIGHTS}"
    model = open_model(spec, task="segmentation", num_classes=11, threads=threads)
    assert model.name == "cgnet-m3n21-camvid"
    assert len(frames) == 3
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(WEIGHTS, options, providers=["CPUExecutionProvider"])
    mean = np.array([105.24152451, 102.88858979, 99.17933632], np.float32)
    for frame, prediction in zip(frames, model.predict(frames), strict=True):
        image = (frame.astype(np.float32) - mean).transpose(2, 0, 1)[None]
        (logits,) = session.run(["logits"], {"image": np.ascontiguousarray(image)})
        np.testing.assert_array_equal(prediction, logits[0].argmax(axis=0))


def test_other_numbers_of_classes_are_refused() -> None:
    spec = f"{REPOSITORY / 'examples' / 'cgnet_camvid.toml'}:{WEIGHTS}"
    with pytest.raises(ValueError, match="logits for 11 classes, but the dataset has 19"):
        open_model(spec, task="segmentation", num_classes=19)
