"""A whole sweep against its floor, and against the script that a user would write today."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from benchmarks import todays_script
from benchmarks.quick_model import load
from benchmarks.ratio import Amount, Ratio, take_turns
from lossproof.codecs import make_codec
from lossproof.codecs.jpeg import Jpeg
from lossproof.datasets import open_dataset
from lossproof.models.denormals import denormals_as_zero
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store

LEVELS = Jpeg.ladder
HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared" / "data" / "segmentation"
CAMVID = f"camvid:{SHARED / 'camvid'}"
CGNET_WEIGHTS = SHARED / "cgnet_camvid" / "cgnet_camvid.onnx"
CGNET = f"{HERE.parent / 'examples' / 'cgnet_camvid.toml'}:{CGNET_WEIGHTS}"
QUICK = f"{HERE / 'quick_model.py'}:load"
THREADS = os.cpu_count() or 1
MEAN = np.array([105.24152451, 102.88858979, 99.17933632], np.float32)


def measure(amount: Amount) -> Iterator[Ratio]:
    """Nothing without the real data beside the checkout."""
    if not SHARED.is_dir():
        print(f"| left out: the sweeps need {SHARED} | | | | |")
        return
    yield from _real_network(amount.repeats, amount.pictures)
    yield from _quick_model(amount.repeats, amount.pictures)


def _real_network(repeats: int, pictures: int) -> Iterator[Ratio]:
    frames = _frames(pictures)
    forward = _forward(frames)
    script = _script(_plain_prediction(), pictures)
    found = take_turns(repeats, sweep=lambda: _sweep(CGNET, pictures), floor=forward, script=script)
    passes = len(frames) * (1 + len(LEVELS))
    what = (
        f"CGNet, {pictures} CamVid pictures, source and {len(LEVELS)} JPEG levels ({passes} passes)"
    )
    yield Ratio(
        f"{what}: sweep / forward alone",
        found.ratio("sweep", "floor"),
        "at most",
        1.10,
        str(found),
    )
    yield Ratio(
        f"{what}: today's script / sweep",
        found.ratio("script", "sweep"),
        "at least",
        1.0,
        str(found),
    )


def _quick_model(repeats: int, pictures: int) -> Iterator[Ratio]:
    quick = load()
    script = _script(lambda frame: quick.predict([frame])[0], pictures)
    found = take_turns(repeats, sweep=lambda: _sweep(QUICK, pictures), script=script)
    yield Ratio(
        f"a model of under 5 ms, {pictures} CamVid pictures: today's script / sweep",
        found.ratio("script", "sweep"),
        "at least",
        1.5,
        str(found),
    )


def _sweep(model: str, pictures: int) -> None:
    """From nothing to stored results; only what a process does once (imports) is left out."""
    points = [Point(make_codec("source")), *(Point(make_codec("jpeg", q)) for q in LEVELS)]
    sweep = Sweep(
        task="segmentation",
        data=(CAMVID,),
        models=(model,),
        points=tuple(points),
        limit=pictures,
    )
    conditions = Conditions(engine=make_engine("serial", workers=1), machine=Machine(THREADS))
    with tempfile.TemporaryDirectory() as folder:
        run(sweep, Store(Path(folder)), conditions)


def _frames(pictures: int) -> list[np.ndarray]:
    dataset = open_dataset(CAMVID)
    samples = dataset.samples("test")[:pictures]
    return [dataset.read_media(sample).frames for sample in samples]


def _forward(frames: list[np.ndarray]) -> Callable[[], None]:
    """The network alone, its input already prepared, as often as the sweep runs it.

    As many pictures side by side as there are cores, each on one thread, with denormals as 0: the
    quickest way that was found, and quicker than ONNX Runtime's own threads.
    """
    session = _session(threads=1)
    inputs = [_prepared(frame) for frame in frames]

    def passed(image: np.ndarray) -> None:
        with denormals_as_zero():
            session.run(["logits"], {"image": image})

    def forward() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(passed, inputs * (1 + len(LEVELS))))

    return forward


def _plain_prediction() -> todays_script.Predict:
    """ONNX Runtime as its documentation shows it, on all cores, and NumPy's argmax."""
    session = _session(threads=0)
    return lambda frame: session.run(None, {"image": _prepared(frame)})[0][0].argmax(0)


def _session(*, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(str(CGNET_WEIGHTS), options, providers=providers)


def _prepared(frame: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray((frame.astype(np.float32) - MEAN).transpose(2, 0, 1)[None])


def _script(predict: todays_script.Predict, pictures: int) -> Callable[[], object]:
    samples = open_dataset(CAMVID).samples("test")[:pictures]
    pairs = [(sample.media, sample.target) for sample in samples]
    return lambda: todays_script.sweep(pairs, predict, [None, *map(int, LEVELS)])
