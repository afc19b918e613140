"""The command line as a person meets it: real processes, real files, real exit codes."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.datasets.layouts import write_video
from tests.fakes import frames_predicted, write_model, write_world

Run = subprocess.CompletedProcess[str]
NUM_SAMPLES = 5


def lossproof(*words: str | Path, **more: object) -> Run:
    command = [sys.executable, "-m", "lossproof", *map(str, words)]
    more = {"timeout": 120, **more}
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cli")
    write_world(root / "world", num_samples=NUM_SAMPLES)
    write_model(root / "model")
    return root


def sweep_words(root: Path, *more: str) -> list[str]:
    model = f"{root / 'model' / 'nearest.py'}:load"
    required = ["--task", "segmentation", "--data", f"camvid:{root / 'world'}", "--model", model]
    return ["sweep", *required, "--store", str(root / "store"), *more]


@pytest.fixture(scope="module")
def swept(world: Path) -> dict[str, object]:
    done = lossproof(*sweep_words(world, "--codec", "jpeg", "--levels", "95,10", "--json"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_one_line(done: Run, code: int, *parts: str) -> None:
    assert done.returncode == code, done
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("lossproof: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in lines[0]


class TestSweep:
    def test_json_has_the_rows_of_the_design(self, swept: dict[str, list[dict]]) -> None:
        source, best, worst = swept["rows"]
        assert (source["codec"], source["level"]) == ("source", None)
        assert [row["level"] for row in (best, worst)] == [95, 10]
        for row in swept["rows"]:
            assert {
                *("task", "data", "model", "codec", "level", "num_samples", "num_bytes"),
                *("num_pixels", "num_frames", "bits_per_pixel", "scores", "intervals", "cell"),
            } <= set(row)
            assert row["num_samples"] == NUM_SAMPLES
            assert row["bits_per_pixel"] == 8 * row["num_bytes"] / row["num_pixels"]
            for score in ("global_accuracy", "mean_class_accuracy", "miou"):
                low, high = row["intervals"][score]
                assert 0 <= low <= row["scores"][score] <= high <= 1

    def test_drops_are_from_the_best_level_and_have_intervals(
        self, swept: dict[str, list[dict]]
    ) -> None:
        source, best, worst = swept["rows"]
        assert source["drops"] == {}
        assert best["drops"]["miou"] == 0.0
        expected = 1 - worst["scores"]["miou"] / best["scores"]["miou"]
        assert worst["drops"]["miou"] == pytest.approx(expected)
        low, high = worst["intervals"]["miou_drop"]
        assert low <= expected <= high
        assert worst["reference_level"] == 95

    def test_the_scores_of_classes_go_by_their_names(self, swept: dict[str, list[dict]]) -> None:
        assert "iou/Road" in swept["rows"][0]["scores"]

    def test_again_it_predicts_nothing_and_says_the_same(
        self, world: Path, swept: dict[str, object]
    ) -> None:
        before = frames_predicted(world / "model")
        done = lossproof(*sweep_words(world, "--codec", "jpeg", "--levels", "95,10", "--json"))
        assert json.loads(done.stdout) == swept
        assert frames_predicted(world / "model") == before

    def test_without_json_it_prints_a_table(self, world: Path, swept: object) -> None:
        done = lossproof(*sweep_words(world, "--codec", "jpeg", "--levels", "95,10"))
        assert "global ACC %" in done.stdout
        assert "reference" in done.stdout

    def test_frame_sizes_codecs_and_settings_multiply(self, world: Path) -> None:
        words = ("--codec", "jpeg:subsampling=4:4:4", "--codec", "yuv420", "--levels", "50")
        sizes = ("--frame-size", "24x16", "--frame-size", "native", "--json", "--limit", "2")
        done = lossproof(*sweep_words(world, *words, *sizes))
        rows = json.loads(done.stdout)["rows"]
        found = [(row["codec"], row["level"], row["frame_size"]) for row in rows]
        codecs = [("source", None), ("jpeg", 50), ("yuv420", None)]
        assert found == [(*codec, size) for size in ([24, 16], None) for codec in codecs]
        assert rows[1]["settings"]["subsampling"] == "4:4:4"

    def test_levels_may_be_given_per_codec(self, world: Path) -> None:
        words = ("--codec", "jpeg", "--levels", "50", "--codec", "jpegxl", "--levels", "2")
        done = lossproof(*sweep_words(world, *words, "--json", "--limit", "2"))
        found = [(row["codec"], row["level"]) for row in json.loads(done.stdout)["rows"]]
        assert found == [("source", None), ("jpeg", 50), ("jpegxl", 2.0)]

    def test_an_untrained_network_is_called_so(self, world: Path) -> None:
        words = ["--codec", "jpeg", "--levels", "50", "--limit", "1", "--model", "segnet"]
        done = lossproof(*sweep_words(world, *words))
        assert done.returncode == 0, done.stderr
        assert "segnet is untrained" in done.stderr


class TestWrongInput:
    @pytest.mark.parametrize(
        ("words", "parts"),
        [
            (["--codec", "jpg"], ["unknown codec 'jpg'", "did you mean 'jpeg'?", "webp"]),
            (["--codec", "jpeg", "--levels", "0"], ["jpeg quality 0 is out of range", "1 to 100"]),
            (["--codec", "jpeg", "--levels", "101"], ["jpeg quality 101 is", "1 to 100"]),
            (["--codec", "jpeg", "--levels", "best"], ["'best' is not a whole number"]),
            (["--codec", "jpeg", "--levels", "9.5"], ["'9.5' is not a whole number"]),
            (["--codec", "jpeg:chroma=no"], ["jpeg has no setting 'chroma'", "subsampling"]),
            (["--codec", "jpeg", "--frame-size", "320"], ["'320' is not of the form WIDTHxHEIGHT"]),
            (
                ["--codec", "jpeg", "--frame-size", "0x9"],
                ["0x9 has 0 pixels; 1 pixel to 200 megapixels"],
            ),
            (["--codec", "jpeg", "--limit", "0"], ["limit is 0; 1 or more"]),
            (["--codec", "jpeg", "--threads", "0"], ["threads is 0; 1 or more"]),
            (["--codec", "jpeg", "--engine", "local", "--workers", "0"], ["workers is 0"]),
            (["--codec", "jpeg", "--engine", "cluster"], ["unknown engine 'cluster'", "ray"]),
            (["--codec", "jpeg", "--max-failures", "7"], ["max_failures is 7.0; a share from 0"]),
            (["--codec", "jpeg", "--split", "night"], ["no split 'night'"]),
            (["--codec", "jpeg", "--model", "resnot"], ["unknown model 'resnot'", "segnet"]),
            (["--codec", "jpeg", "--model", "nowhere.py:load"], ["nowhere.py"]),
            (["--codec", "jpeg", "--task", "depht"], ["depht"]),
            (["--codec", "jpeg", "--data", "camvid"], ["is not of the form NAME:PATH"]),
            (["--codec", "jpeg", "--data", "camvid:/no/where"], ["/no/where does not exist"]),
            (["--codec", "jpeg", "--data", "kitty:."], ["unknown dataset 'kitty'"]),
            (["--codec", "jpeg", "--levels", "5", "--levels", "6"], ["--levels is given 2 times"]),
            (
                ["--codec", "yuv420", "--levels", "5"],
                ["--levels 5 is given, but yuv420 has no lev"],
            ),
            (["--codec", "jpeg webp"], ["is not one codec; --codec jpeg --codec webp is allowed"]),
            (["--codec", "h265"], ["unknown codec 'h265' (did you mean 'hevc'?)"]),
            (["--codec", "jpeg:50"], ["a sweep takes --levels 50"]),
            (["--codec", "h264:crf=23"], ["a sweep takes --levels 23"]),
            (["--codec", "jpeg", "--levels", ""], ["--levels is given without a level"]),
            (["--codec", "jpeg", "--store", ""], ["--store is the current folder"]),
            (["--codec", "jpeg", "--workers", "4"], ["--workers 4 is for the engines local and"]),
            (["--codec", "jpeg,webp"], ["is not one codec; --codec jpeg --codec webp is allowed"]),
            (["--codec", "jpeg", "--device", "cuda"], ["has no to(device)", "cpu is allowed"]),
            (["--codec", "jpeg", "--store", "/proc/store"], ["/proc"]),
        ],
        ids=lambda value: " ".join(value[-2:]) if isinstance(value, list) else None,
    )
    def test_it_is_one_clear_line(self, world: Path, words: list[str], parts: list[str]) -> None:
        assert_one_line(lossproof(*sweep_words(world, *words)), 2, *parts)

    def test_an_empty_folder(self, world: Path, tmp_path: Path) -> None:
        words = sweep_words(world, "--codec", "jpeg", "--data", f"camvid:{tmp_path}")
        assert_one_line(lossproof(*words), 2, "is an empty folder", "Get it from", "licence")

    def test_an_unknown_option(self, world: Path) -> None:
        done = lossproof(*sweep_words(world, "--codec", "jpeg", "--speed", "9"))
        assert_one_line(done, 2, "No such option: --speed. See lossproof sweep --help")

    def test_a_missing_option(self) -> None:
        assert_one_line(lossproof("sweep"), 2, "Missing option '--task'")

    def test_an_unknown_command(self) -> None:
        assert_one_line(lossproof("swep"), 2, "No such command 'swep'", "See lossproof --help")

    def test_a_store_without_results(self, tmp_path: Path) -> None:
        assert_one_line(lossproof("report", tmp_path), 2, "there are no results in")

    def test_a_frame_size_that_fits_no_memory(self, world: Path) -> None:
        words = sweep_words(world, "--codec", "jpeg", "--frame-size", "99999x99999")
        done = lossproof(*words)
        assert done.returncode == 2
        assert "99999x99999 has 9,999,800,001 pixels; 1 pixel to 200 megapixels" in done.stderr

    def test_a_fault_of_the_program_is_one_line_with_its_own_exit_code(
        self, world: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "sitecustomize.py").write_text(
            "import lossproof.console.inventory as inventory\n"
            "def codec_lines():\n"
            "    raise RuntimeError('on purpose')\n"
            "inventory.codec_lines = codec_lines\n"
        )
        done = lossproof("codecs", env={**os.environ, "PYTHONPATH": str(tmp_path)})
        assert_one_line(done, 3, "RuntimeError: on purpose", "LOSSPROOF_DEBUG=1")

    def test_a_model_that_raises(self, world: Path, tmp_path: Path) -> None:
        path = tmp_path / "broken.py"
        path.write_text("def load():\n    raise RuntimeError('no\\nluck')\n")
        words = sweep_words(world, "--codec", "jpeg", "--model", f"{path}:load")
        assert_one_line(lossproof(*words), 2, "no luck")


@pytest.fixture
def own_world(tmp_path: Path) -> Path:
    write_world(tmp_path / "world", num_samples=NUM_SAMPLES)
    write_model(tmp_path / "model")
    return tmp_path


class TestDamage:
    def truncate(self, root: Path) -> None:
        path = root / "world" / "test" / "0001.png"
        path.write_bytes(path.read_bytes()[:200])

    def wrong_size(self, root: Path) -> None:
        other = root / "other"
        write_world(other, num_samples=2, size=(20, 10))
        shutil.copy(other / "testannot" / "0001.png", root / "world" / "testannot" / "0001.png")

    @pytest.mark.parametrize(
        ("damage", "reason"), [("truncate", "truncated"), ("wrong_size", "20x10")]
    )
    def test_it_is_skipped_named_and_in_the_exit_code(
        self, own_world: Path, damage: str, reason: str
    ) -> None:
        getattr(self, damage)(own_world)
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95,10", "--json")
        done = lossproof(*words)
        assert done.returncode == 1
        assert "skipped sample 0001" in done.stderr
        assert reason in done.stderr
        rows = json.loads(done.stdout)["rows"]
        assert [row["num_samples"] for row in rows] == [NUM_SAMPLES - 1] * 3
        assert [row["num_failures"] for row in rows] == [1] * 3
        assert [row["failures"][0]["sample_id"] for row in rows] == ["0001"] * 3
        report = lossproof("report", own_world / "store")
        assert "skipped sample 0001" in report.stderr

    def test_an_allowed_share_is_no_failure(self, own_world: Path) -> None:
        self.truncate(own_world)
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95", "--max-failures")
        done = lossproof(*words, "0.5")
        assert done.returncode == 0
        assert "skipped sample 0001" in done.stderr

    def test_a_stored_result_is_held_to_the_allowed_share_too(self, own_world: Path) -> None:
        self.truncate(own_world)
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95")
        assert lossproof(*words).returncode == 1
        assert lossproof(*words, "--max-failures", "0.1").returncode == 1
        assert lossproof(*words, "--max-failures", "0.2").returncode == 0

    def test_more_than_the_allowed_share_stops(self, own_world: Path) -> None:
        self.truncate(own_world)
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95")
        strict = [*words, "--max-failures", "0.1"]
        assert_one_line(lossproof(*strict), 1, "1 of 5 samples failed", "0001")
        assert lossproof(*words).returncode == 1
        assert_one_line(lossproof(*strict), 1, "1 of 5 samples failed", "0001")


class TestFullDisk:
    """A file system of 64 kB, made in a user namespace, where the machine allows that."""

    def inside(self, folder: Path, command: str) -> Run:
        mounted = f"mount -t tmpfs -o size=64k tmpfs {folder} && {command}"
        words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted]
        return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)

    def test_it_is_one_clear_line(self, own_world: Path) -> None:
        store = own_world / "small"
        store.mkdir()
        if shutil.which("unshare") is None or self.inside(store, "true").returncode != 0:
            pytest.skip("this machine gives no user namespace to mount a small disk in")
        words = sweep_words(own_world, "--codec", "jpeg", "--store", str(store))
        fill = f"head -c 60000 /dev/zero > {store}/fill"
        command = f"{fill}; {sys.executable} -m lossproof {' '.join(words)}"
        assert_one_line(self.inside(store, command), 2, "No space left on device")

    def test_writing_leaves_nothing_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from lossproof.atomic import write_bytes

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left on device"):
            write_bytes(tmp_path / "file", b"data")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", ["serial", "local"])
def test_an_interrupt_leaves_at_once_and_says_how_to_go_on(engine: str, own_world: Path) -> None:
    write_model(own_world / "model", seconds=0.2)
    words = sweep_words(own_world, "--codec", "jpeg", "--engine", engine)
    command = [sys.executable, "-m", "lossproof", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while frames_predicted(own_world / "model") < 4 * NUM_SAMPLES:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        shown = process.stderr.read()
    assert process.returncode == 130
    assert "lossproof: interrupted; the same command goes on from here" in shown
    assert "Traceback" not in shown
    assert list((own_world / "store" / "parts").rglob("*.parquet"))


class TestReport:
    def test_it_writes_every_format_and_a_plot(self, world: Path, swept: object) -> None:
        done = lossproof("report", world / "store", "--out", world / "report")
        assert done.returncode == 0, done.stderr
        names = {path.name for path in (world / "report").iterdir()}
        assert {"results.csv", "results.json", "results.tex"} <= names
        assert {"report.html", "report.md"} <= names
        assert {Path(name).suffix for name in names if "score" in name} == {".png", ".svg"}
        for name in names:
            assert f"wrote {world / 'report' / name}" in done.stdout

    def test_json_and_csv_hold_the_numbers_of_the_sweep(
        self, world: Path, swept: dict[str, list[dict]]
    ) -> None:
        shown = json.loads(lossproof("report", world / "store", "--format", "json").stdout)["rows"]
        by_cell = {row["cell"]: row for row in shown}
        for row in swept["rows"]:
            assert by_cell[row["cell"]]["scores"] == row["scores"]
        text = lossproof("report", world / "store", "--format", "csv").stdout
        table = {line["cell"]: line for line in csv.DictReader(text.splitlines())}
        for row in swept["rows"]:
            assert float(table[row["cell"]]["miou"]) == row["scores"]["miou"]
            assert float(table[row["cell"]]["miou_low"]) == row["intervals"]["miou"][0]

    def test_the_page_and_its_text_can_be_printed(self, world: Path, swept: object) -> None:
        page = lossproof("report", world / "store", "--format", "html").stdout
        assert page.startswith("<!doctype html>")
        text = lossproof("report", world / "store", "--format", "markdown").stdout
        assert text.startswith("# What compression costs: store")

    def test_an_unknown_format(self, world: Path, swept: object) -> None:
        done = lossproof("report", world / "store", "--format", "pdf")
        assert_one_line(done, 2, "unknown format 'pdf'", "csv, json, latex")

    def test_what_an_earlier_metric_measured_is_left_out_and_named(self, own_world: Path) -> None:
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95,10")
        assert lossproof(*words).returncode == 0
        path, *others = sorted((own_world / "store" / "cells").glob("*.json"))
        path.write_text(path.read_text().replace('"segmentation-1"', '"segmentation-0"'))
        done = lossproof("report", own_world / "store", "--format", "csv")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1 + len(others)
        assert "it was measured for segmentation-0" in done.stderr

    def test_a_query_as_table_csv_and_json(self, world: Path, swept: dict[str, list[dict]]) -> None:
        rows = [row for row in swept["rows"] if row["level"] is not None]
        hashes = ", ".join(f"'{row['cell']}'" for row in rows)
        sql = (
            "SELECT cell.codec, cell.level, avg(num_bytes) AS mean, "
            "any_value(cell.frame_size) AS s FROM samples JOIN cells USING (hash) "
            f"WHERE hash IN ({hashes}) GROUP BY ALL ORDER BY cell.level DESC"
        )
        given = ("query", sql, "--store", world / "store")
        means = {row["level"]: row["num_bytes"] / row["num_samples"] for row in rows}
        found = json.loads(lossproof(*given, "--format", "json").stdout)
        assert {row["level"]: row["mean"] for row in found} == means
        assert {row["s"] for row in found} == {None}
        lines = list(csv.DictReader(lossproof(*given, "--format", "csv").stdout.splitlines()))
        assert {float(line["level"]): float(line["mean"]) for line in lines} == means
        table = lossproof(*given).stdout
        assert len([line for line in table.splitlines() if "jpeg" in line]) == len(means)

    def test_a_wrong_query(self, world: Path, swept: object) -> None:
        done = lossproof("query", "SELECT nothing", "--store", world / "store")
        assert_one_line(done, 2, "the query failed", '"nothing"')
        assert "LINE" not in done.stderr
        done = lossproof("query", "SELECT 1", "--store", world / "none")
        assert_one_line(done, 2, "there is no store")
        done = lossproof("query", "SELECT 1", "--store", world / "store", "--format", "xml")
        assert_one_line(done, 2, "unknown format 'xml'", "table, csv, json")

    def test_files_and_screen_at_once(self, world: Path, swept: object) -> None:
        done = lossproof("report", world / "store", "--format", "csv", "--out", world / "no")
        assert_one_line(done, 2, "one of them is allowed")

    @pytest.mark.parametrize("words", [["--paper"], ["--format", "csv"], ["--format", "markdown"]])
    def test_pictures_where_there_are_none(
        self, world: Path, swept: object, words: list[str]
    ) -> None:
        done = lossproof("report", world / "store", "--pictures", "2", *words)
        assert_one_line(done, 2, f"own page; {' '.join(words)} draws none")

    def test_the_page_has_pictures(self, world: Path, swept: object) -> None:
        done = lossproof("report", world / "store", "--format", "html", "--pictures", "0")
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (
            ["codecs"],
            ["jpeg", "jpeg2000", "webp", "avif", "jpegxl", "yuv420", "source", "1 to 100", "hevc"],
        ),
        (["models"], ["segnet", "FILE.toml", "FILE.py:FUNCTION"]),
        (["codecs", "h264"], ["constant rate factor", "preset=medium", "made by libx264"]),
        (["data"], ["camvid:PATH", "cityscapes:PATH", "ucf101:PATH"]),
        (["data", "about", "voc"], ["splits:", "licence:", "VOCdevkit"]),
        (["doctor"], ["Python", "codec jpeg", "disk"]),
    ],
)
def test_lists(words: list[str], parts: list[str]) -> None:
    done = lossproof(*words)
    assert done.returncode == 0, done.stderr
    for part in parts:
        assert part in done.stdout


def test_data_check_counts_and_says_where_to_get_what_is_missing(own_world: Path) -> None:
    done = lossproof("data", "check", f"camvid:{own_world / 'world'}")
    assert done.returncode == 0, done.stderr
    assert "split test: 5 listed, 5 readable, 0 damaged" in done.stdout
    assert "split train is missing" in done.stdout
    assert "licence" in done.stdout


def test_data_check_names_the_damaged(own_world: Path) -> None:
    (own_world / "world" / "test" / "0001.png").write_bytes(b"")
    done = lossproof("data", "check", f"camvid:{own_world / 'world'}")
    assert done.returncode == 1
    assert "damaged 0001" in done.stdout


def test_one_codec_and_curves_of_all(tmp_path: Path) -> None:
    done = lossproof("codecs", "h264", "--curves", tmp_path)
    assert_one_line(done, 2, "h264 and --curves are both given; one of them is allowed")


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--out", "{}"],
        ["study", "{}/study.py"],
        ["explore", "--store", "{}"],
        [
            *["find", "--task", "segmentation", "--data", "camvid:{}", "--model", "segnet"],
            *["--codec", "jpeg", "--max-drop", "1%"],
        ],
    ],
    ids=lambda words: words[0],
)
def test_no_threads_are_refused_everywhere(tmp_path: Path, words: list[str]) -> None:
    given = [word.format(tmp_path) for word in words]
    done = lossproof(*given, "--threads", "0")
    assert_one_line(done, 2, "threads is 0; 1 or more are allowed")


def test_curves_of_codecs_are_a_table_and_a_plot(tmp_path: Path) -> None:
    done = lossproof("codecs", "--curves", tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"wrote {tmp_path / 'codecs.csv'}" in done.stdout
    lines = list(csv.DictReader((tmp_path / "codecs.csv").read_text().splitlines()))
    assert len({line["codec"] for line in lines}) == 6
    jpeg = [float(line["bits/pixel"]) for line in lines if line["codec"] == "jpeg"]
    assert jpeg == sorted(jpeg, reverse=True)
    assert (tmp_path / "codecs.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def helps() -> Callable[[str], str]:
    return lambda words: lossproof(*words.split(), "--help").stdout


@pytest.mark.parametrize(
    "words",
    [
        *("", "sweep", "report", "query", "codecs", "models", "doctor", "demo"),
        *("data", "data check", "data make", "data export"),
    ],
)
def test_help_ends_with_an_example(words: str, helps: Callable[[str], str]) -> None:
    last = helps(words).strip().split("\n\n")[-1]
    assert " ".join(last.split()).startswith(f"Example: lossproof {words}".strip())


def test_the_version() -> None:
    assert lossproof("--version").stdout == f"lossproof {version('lossproof')}\n"


def test_help_imports_neither_torch_nor_numpy() -> None:
    script = (
        "import sys; from lossproof.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'numpy', 'rich', 'duckdb') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_a_model_prints_is_not_the_answer(own_world: Path) -> None:
    path = own_world / "model" / "nearest.py"
    path.write_text("print('loading weights')\n" + path.read_text())
    for engine in ("serial", "local"):
        words = sweep_words(own_world, "--codec", "jpeg", "--levels", "50", "--engine", engine)
        done = lossproof(*words, "--store", str(own_world / engine), "--json")
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)["rows"]) == 2
        assert "loading weights" in done.stderr


def test_a_scheduler_that_ends_it_is_as_an_interrupt(own_world: Path) -> None:
    write_model(own_world / "model", seconds=0.2)
    words = sweep_words(own_world, "--codec", "jpeg")
    command = [sys.executable, "-m", "lossproof", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while frames_predicted(own_world / "model") < 4 * NUM_SAMPLES:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        shown = process.stderr.read()
    assert process.returncode == 130
    assert "interrupted; the same command goes on from here" in shown
    assert list((own_world / "store" / "parts").rglob("*.parquet"))


def test_a_damaged_cell_is_left_out_of_a_report_and_measured_again(own_world: Path) -> None:
    words = sweep_words(own_world, "--codec", "jpeg", "--levels", "95,10", "--json")
    whole = json.loads(lossproof(*words).stdout)["rows"]
    cells = own_world / "store" / "cells"
    (cells / f"{whole[1]['cell']}.json").write_text('{"format": 2, "ha')
    (cells / f"{whole[2]['cell']}.parquet").unlink()
    report = lossproof("report", own_world / "store", "--format", "csv")
    assert report.returncode == 0, report.stderr
    assert len(report.stdout.splitlines()) == 2
    assert f"{whole[1]['cell']}.json is damaged, sweep again" in report.stderr
    assert f"no {whole[2]['cell']}.parquet; sweep again" in report.stderr
    again = lossproof(*words)
    assert json.loads(again.stdout)["rows"] == whole


def test_a_limit_beyond_the_dataset_is_none(own_world: Path) -> None:
    words = sweep_words(own_world, "--codec", "jpeg", "--levels", "50", "--json")
    found = [json.loads(lossproof(*words, *more).stdout) for more in ([], ["--limit", "999"])]
    assert found[0] == found[1]


def test_a_folder_of_clips_is_enough(tmp_path: Path) -> None:
    for index in range(2):
        write_video(tmp_path / "yard" / f"{index}.mp4", num_frames=4)
    words = ["--task", "fidelity:flow=false", "--data", f"clips:{tmp_path / 'yard'}"]
    words += ["--model", "identity", "--codec", "h264", "--levels", "30", "--json"]
    done = lossproof("sweep", *words, "--store", tmp_path / "store")
    assert done.returncode == 0, done.stderr
    coded = json.loads(done.stdout)["rows"][1]
    assert coded["num_samples"] == 2
    assert coded["scores"]["flow_epe_px"] is None


def test_a_default_split_that_cannot_be_read_is_no_success(tmp_path: Path) -> None:
    for name in ("t.avi", "t.mp4"):
        write_video(tmp_path / "yard" / name, num_frames=4, codec="mpeg4")
    done = lossproof("data", "check", f"clips:{tmp_path / 'yard'}")
    assert done.returncode == 1
    assert "lists 'yard/t' twice" in done.stdout
