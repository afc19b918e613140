"""A sweep, from what is missing to what is kept."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from lossproof.codecs import make_codec
from lossproof.datasets.audit import Audit
from lossproof.errors import TooManyFailures
from lossproof.metrics import segmentation
from lossproof.records import Result
from lossproof.runs import local
from lossproof.runs.engines import ENGINES, make_engine
from lossproof.runs.run import Conditions, Outcome, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store
from tests.fakes import frames_predicted, write_model, write_world

SOURCE = Point(make_codec("source"))
JPEG_90, JPEG_10 = Point(make_codec("jpeg", 90)), Point(make_codec("jpeg", 10))
NUM_SAMPLES = 10


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return Sweep(
        task="segmentation",
        data=(write_world(tmp_path / "world", num_samples=NUM_SAMPLES),),
        models=(write_model(tmp_path / "model"),),
        points=(SOURCE, JPEG_90, JPEG_10),
    )


def serial(**more: object) -> Conditions:
    return Conditions(engine=make_engine("serial", workers=1), machine=Machine(2), **more)


def measured(sweep: Sweep, store: Store, conditions: Conditions | None = None) -> list[Result]:
    outcome = run(sweep, store, conditions or serial())
    return [store.get(cell) for cell in outcome.cells]


def assert_same(found: list[Result], expected: list[Result]) -> None:
    assert [result.cell for result in found] == [result.cell for result in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.sample_ids == other.sample_ids
        assert np.array_equal(one.num_bytes, other.num_bytes)
        assert np.array_equal(one.stats["confusion"], other.stats["confusion"])


def test_every_point_is_measured_on_every_sample(sweep: Sweep, tmp_path: Path) -> None:
    source, best, worst = measured(sweep, Store(tmp_path / "store"))
    for result in (source, best, worst):
        assert result.num_samples == NUM_SAMPLES
        assert result.num_pixels.tolist() == [48 * 32] * NUM_SAMPLES
        assert result.num_frames.tolist() == [1] * NUM_SAMPLES
    files = sorted((tmp_path / "world" / "test").iterdir())
    assert source.num_bytes.tolist() == [path.stat().st_size for path in files]
    miou = [segmentation.summarise(r.stats, None)["miou"][0] for r in (source, best, worst)]
    assert miou[2] < 0.8 * min(miou[:2])


def test_bytes_are_what_the_encoder_returned(sweep: Sweep, tmp_path: Path) -> None:
    from lossproof.datasets import open_dataset

    result = measured(replace(sweep, points=(JPEG_10,)), Store(tmp_path / "store"))[0]
    dataset = open_dataset(sweep.data[0])
    frames = [dataset.read_media(sample).frames for sample in dataset.samples("test")]
    assert result.num_bytes.tolist() == [len(JPEG_10.codec.encode(frame)) for frame in frames]


def test_running_again_predicts_nothing(sweep: Sweep, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = measured(sweep, store)
    before = frames_predicted(tmp_path / "model")
    assert before == 3 * NUM_SAMPLES
    assert_same(measured(sweep, store), first)
    assert frames_predicted(tmp_path / "model") == before


def test_a_new_level_measures_only_itself(sweep: Sweep, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    measured(sweep, store)
    before = frames_predicted(tmp_path / "model")
    more = replace(sweep, points=(*sweep.points, Point(make_codec("jpeg", 30))))
    assert len(measured(more, store)) == 4
    assert frames_predicted(tmp_path / "model") == before + NUM_SAMPLES


def test_sources_are_read_once_and_coded_once_however_many_models(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lossproof.codecs.jpeg import Jpeg
    from lossproof.datasets.camvid import CamVid

    read, encode = CamVid.read_media, Jpeg.encode
    reads, encodes = [], []
    monkeypatch.setattr(CamVid, "read_media", lambda s, x: reads.append(x.id) or read(s, x))
    monkeypatch.setattr(Jpeg, "encode", lambda s, x: encodes.append(1) or encode(s, x))
    models = (*sweep.models, write_model(tmp_path / "other"))
    results = measured(replace(sweep, models=models), Store(tmp_path / "store"))
    assert len(results) == 6
    assert len(reads) == NUM_SAMPLES
    assert len(encodes) == 2 * NUM_SAMPLES


def test_a_frame_size_shrinks_before_the_codec(sweep: Sweep, tmp_path: Path) -> None:
    small = tuple(Point(point.codec, (24, 16)) for point in (SOURCE, JPEG_90))
    source, coded, native = measured(
        replace(sweep, points=(*small, JPEG_90)), Store(tmp_path / "store")
    )
    assert coded.num_pixels.tolist() == [24 * 16] * NUM_SAMPLES
    assert coded.num_bytes.sum() < native.num_bytes.sum()
    # The source is the dataset's own file at every frame size, and scored in the target's frame.
    assert source.num_pixels.tolist() == [48 * 32] * NUM_SAMPLES
    assert np.array_equal(
        coded.stats["confusion"].sum((1, 2)), native.stats["confusion"].sum((1, 2))
    )


@pytest.mark.parametrize("name", ENGINES)
def test_all_engines_give_the_same_results(name: str, sweep: Sweep, tmp_path: Path) -> None:
    if name == "ray":
        pytest.importorskip("ray")
    conditions = Conditions(engine=make_engine(name, workers=2), machine=Machine(2))
    found = measured(sweep, Store(tmp_path / name), conditions)
    assert_same(found, measured(sweep, Store(tmp_path / "reference")))


def test_a_task_of_ray_asks_for_no_more_than_a_node_has(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray")
    asked: list[int] = []
    remote = ray.remote

    def one_core(*, num_cpus: int, **more: object) -> object:
        asked.append(num_cpus)
        return remote(num_cpus=1, **more)

    monkeypatch.setattr(ray, "remote", one_core)
    conditions = Conditions(engine=make_engine("ray", workers=1), machine=Machine(10_000))
    few = replace(sweep, points=(SOURCE,), limit=2)
    assert measured(few, Store(tmp_path / "store"), conditions)[0].num_samples == 2
    assert asked == [max(int(node["Resources"]["CPU"]) for node in ray.nodes())]


def ask_and_end(line: Connection) -> None:
    line.send("job")
    os._exit(9)


def test_a_worker_that_ends_before_its_answer_is_named(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hire(*words: object) -> local._Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=ask_and_end, args=(theirs,))
        process.start()
        theirs.close()
        process.join()
        return local._Worker(process, ours)

    monkeypatch.setattr(local, "_hire", hire)
    conditions = Conditions(engine=make_engine("local", workers=1), machine=Machine(1))
    with pytest.raises(OSError, match="a worker process ended with code 9, killed or out of"):
        measured(sweep, Store(tmp_path / "store"), conditions)


class TestDamage:
    @pytest.fixture
    def damaged(self, sweep: Sweep, tmp_path: Path) -> Sweep:
        path = tmp_path / "world" / "test" / "0003.png"
        path.write_bytes(path.read_bytes()[:100])
        return sweep

    def test_a_damaged_sample_is_skipped_counted_and_named(
        self, damaged: Sweep, tmp_path: Path
    ) -> None:
        for result in measured(damaged, Store(tmp_path / "store")):
            assert result.num_samples == NUM_SAMPLES - 1
            assert [failure.sample_id for failure in result.failures] == ["0003"]
            assert "0003.png" in result.failures[0].reason

    def test_it_changes_nothing_for_the_others(self, sweep: Sweep, tmp_path: Path) -> None:
        whole = measured(sweep, Store(tmp_path / "whole"))
        path = tmp_path / "world" / "testannot" / "0003.png"
        path.write_bytes(b"not a picture")
        for found, expected in zip(
            measured(sweep, Store(tmp_path / "damaged")), whole, strict=True
        ):
            kept = np.arange(NUM_SAMPLES) != 3
            assert np.array_equal(found.stats["confusion"], expected.stats["confusion"][kept])

    def test_more_than_the_allowed_share_stops_the_run(
        self, damaged: Sweep, tmp_path: Path
    ) -> None:
        with pytest.raises(TooManyFailures, match="1 of 10 samples failed, more than the share 0"):
            measured(damaged, Store(tmp_path / "store"), serial(max_failures=0.05))
        assert len(measured(damaged, Store(tmp_path / "store"), serial(max_failures=0.1))) == 3

    def test_a_cell_with_nothing_measured_says_so_and_the_others_stand(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        too_wide = Point(make_codec("webp", 50), (17000, 1))
        store = Store(tmp_path / "store")
        outcome = run(replace(sweep, points=(SOURCE, too_wide)), store, serial())
        assert [cell.codec for cell in outcome.cells] == ["source"]
        assert "webp 50 at 17000x1: all 10 samples failed" in outcome.unmeasured[0]


def test_a_wrong_prediction_names_model_and_sample(sweep: Sweep, tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "import numpy as np\n"
        "class Wrong:\n"
        "    def predict(self, frames):\n"
        "        return [np.full(frame.shape[:2], 99) for frame in frames]\n"
        "def load():\n"
        "    return Wrong()\n"
    )
    with pytest.raises(ValueError, match="sample 0000: prediction has classes 99 to 99; 0 to 10"):
        run(replace(sweep, models=(f"{path}:load",)), Store(tmp_path / "store"), serial())


def test_two_models_of_one_file_are_two_cells(sweep: Sweep, tmp_path: Path) -> None:
    path = tmp_path / "pair.py"
    path.write_text(
        "import numpy as np\n"
        "class One:\n"
        "    name = 'mine'\n"
        "    number = 1\n"
        "    def predict(self, frames):\n"
        "        return [np.full(frame.shape[:2], self.number) for frame in frames]\n"
        "class Two(One):\n"
        "    number = 2\n"
    )
    both = replace(sweep, models=(f"{path}:One", f"{path}:Two"), points=(SOURCE,))
    one, two = measured(both, Store(tmp_path / "store"))
    assert one.cell.hash != two.cell.hash
    assert one.stats["confusion"][..., 2].sum() == two.stats["confusion"][..., 1].sum() == 0


def test_a_model_that_is_given_twice_is_refused(sweep: Sweep, tmp_path: Path) -> None:
    twice = replace(sweep, models=sweep.models * 2)
    with pytest.raises(ValueError, match="a model is given twice"):
        run(twice, Store(tmp_path / "store"), serial())


@pytest.mark.parametrize("values", ["tolist()", "astype(np.uint64)", "astype(np.int8)"])
def test_class_maps_of_every_whole_type_are_taken(
    values: str, sweep: Sweep, tmp_path: Path
) -> None:
    path = tmp_path / "other.py"
    path.write_text(
        "import numpy as np\n"
        "class Other:\n"
        "    def predict(self, frames):\n"
        f"        return [(frame[::2, ::2, 0] // 24).{values} for frame in frames]\n"
        "def load():\n"
        "    return Other()\n"
    )
    other = replace(sweep, models=(f"{path}:load",), points=(SOURCE,))
    assert measured(other, Store(tmp_path / "store"))[0].num_samples == NUM_SAMPLES


def test_two_processes_may_measure_into_one_store(sweep: Sweep, tmp_path: Path) -> None:
    slow = replace(sweep, models=(write_model(tmp_path / "slow", seconds=0.01),))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        both = [pool.submit(run, slow, Store(tmp_path / "store"), serial()) for _ in range(2)]
        cells = [future.result().cells for future in both]
    assert cells[0] == cells[1]
    store = Store(tmp_path / "store")
    assert_same([store.get(cell) for cell in cells[0]], measured(slow, Store(tmp_path / "other")))


def test_progress_ends_at_the_total(sweep: Sweep, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run(
        sweep,
        Store(tmp_path / "s"),
        serial(progress=lambda done, total: seen.append((done, total))),
    )
    assert seen[0] == (0, 30)
    assert seen[-1] == (30, 30)
    assert seen == sorted(seen)


def test_the_provenance_says_where_and_with_what(sweep: Sweep, tmp_path: Path) -> None:
    origin = measured(sweep, Store(tmp_path / "store"))[0].provenance
    assert origin["engine"] == "serial"
    assert origin["packages"]["numpy"] == np.__version__
    assert {"started", "duration_seconds", "host", "python", "threads", "device"} <= set(origin)
    files = Audit.from_dict(origin["source_files"])
    assert [(kind.words, kind.num_files) for kind in files.kinds] == [("PNG", 10)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "segmentatoin"}, "unknown task 'segmentatoin'"),
        ({"split": "night"}, "no split 'night'"),
        ({"data": ()}, "a sweep needs data; none were given"),
        ({"limit": 0}, "limit is 0; 1 or more samples are allowed"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    sweep: Sweep, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        run(replace(sweep, **change), Store(tmp_path / "store"), serial())


def test_an_outcome_lists_cells_in_the_order_of_the_sweep(sweep: Sweep, tmp_path: Path) -> None:
    outcome: Outcome = run(sweep, Store(tmp_path / "store"), serial())
    assert [(cell.codec, cell.level) for cell in outcome.cells] == [
        ("source", None),
        ("jpeg", 90),
        ("jpeg", 10),
    ]
