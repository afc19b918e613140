"""The main job on real pictures and a real network, held against independent figures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score, balanced_accuracy_score, jaccard_score

from lossproof.codecs import make_codec
from lossproof.records import Result
from lossproof.report.rows import rows
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store

CARD_MIOU, CARD_GLOBAL_ACCURACY, CARD_MEAN_CLASS_ACCURACY = 0.655, 0.904, 0.787
MEAN = np.array([105.24152451, 102.88858979, 99.17933632], np.float32)
NUM_PICTURES = 12
DECLARATION = Path(__file__).parents[2] / "examples" / "cgnet_camvid.toml"


@pytest.fixture
def sweep(shared: Path) -> Sweep:
    folder = shared / "segmentation"
    return Sweep(
        task="segmentation",
        data=(f"camvid:{folder / 'camvid'}",),
        models=(f"{DECLARATION}:{folder / 'cgnet_camvid' / 'cgnet_camvid.onnx'}",),
        points=(Point(make_codec("source")),),
    )


def measured(sweep: Sweep, root: Path) -> list[Result]:
    store = Store(root)
    conditions = Conditions(engine=make_engine("serial", workers=1), machine=Machine(2))
    return [store.get(cell) for cell in run(sweep, store, conditions).cells]


def test_without_compression_the_scores_are_the_data_cards(sweep: Sweep, tmp_path: Path) -> None:
    (row,) = rows(measured(sweep, tmp_path))
    assert row.num_samples == 233
    assert row.scores["miou"] == pytest.approx(CARD_MIOU, abs=0.002)
    assert row.scores["global_accuracy"] == pytest.approx(CARD_GLOBAL_ACCURACY, abs=0.002)
    assert row.scores["mean_class_accuracy"] == pytest.approx(CARD_MEAN_CLASS_ACCURACY, abs=0.002)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_scikit_learn_agrees_on_real_predictions(
    sweep: Sweep, shared: Path, tmp_path: Path
) -> None:
    """Pillow, plain ONNX Runtime and scikit-learn beside the sweep, at JPEG 10."""
    point = Point(make_codec("jpeg", 10))
    few = Sweep(**{**vars(sweep), "points": (point,), "limit": NUM_PICTURES})
    (row,) = rows(measured(few, tmp_path))
    truth, prediction = _plain_predictions(shared / "segmentation", tmp_path / "coded.jpg")
    expected = {
        "global_accuracy": accuracy_score(truth, prediction),
        "mean_class_accuracy": balanced_accuracy_score(truth, prediction),
        "miou": jaccard_score(truth, prediction, average="macro"),
    }
    for name, value in expected.items():
        assert row.scores[name] == pytest.approx(value, abs=1e-9)


def _plain_predictions(folder: Path, coded: Path) -> tuple[np.ndarray, np.ndarray]:
    onnxruntime = pytest.importorskip("onnxruntime")
    weights = folder / "cgnet_camvid" / "cgnet_camvid.onnx"
    session = onnxruntime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    truths, predictions = [], []
    for line in (folder / "camvid" / "test.txt").read_text().splitlines()[:NUM_PICTURES]:
        media, target = (folder / "camvid" / name for name in line.split())
        Image.open(media).save(coded, quality=10)
        image = np.asarray(Image.open(coded), np.float32) - MEAN
        (logits,) = session.run(None, {"image": image.transpose(2, 0, 1)[None]})
        labels = np.asarray(Image.open(target))
        truths.append(labels[labels != 11])
        predictions.append(logits[0].argmax(0)[labels != 11])
    return np.concatenate(truths), np.concatenate(predictions)
