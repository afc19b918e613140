"""What can be picked, and what comes of it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from lossproof.codecs import CODECS
from lossproof.explorer.desk import Picked, arrange, with_dropped
from lossproof.explorer.offer import Offer, codecs_for, knob_of, own_model
from lossproof.models import zoo
from lossproof.tasks import parse_task
from tests.datasets.layouts import write_tinytown, write_video
from tests.fakes import write_model

from .worlds import offer


def own_picture(folder: Path) -> str:
    pixels = np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "own.png")
    return str(folder / "own.png")


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_every_knob_stays_within_its_codec(codec: type) -> None:
    knob = knob_of(codec)
    if codec.level_range is None:
        assert knob is None
        return
    low, high = codec.level_range
    assert low <= knob.low < knob.high <= high
    assert all(knob.low <= level <= knob.high for level in codec.ladder)
    assert knob.start in codec.ladder
    assert codec(codec.level_type(knob.low))
    assert codec(codec.level_type(knob.high))


def test_source_is_no_codec_to_pick() -> None:
    assert "source" not in [one.name for one in codecs_for("picture")]
    assert {"h264", "mjpeg"} <= {one.name for one in codecs_for("clip")}


def test_the_first_of_everything_is_picked(tmp_path: Path) -> None:
    desk = arrange(offer(tmp_path), Picked())
    assert (desk.picked.task, desk.picked.codec, desk.picked.size) == (
        "segmentation",
        "jpeg",
        "native",
    )
    assert desk.picked.sample == desk.samples[0].value
    assert [one.value for one in desk.sizes] == ["native", "48x32", "24x16"]


def test_tasks_are_those_with_data(tmp_path: Path) -> None:
    assert offer(tmp_path).tasks == ("segmentation", "action", "fidelity")


def test_another_task_takes_what_fits_it(tmp_path: Path) -> None:
    made = offer(tmp_path)
    before = arrange(made, Picked(codec="webp"))
    after = arrange(made, before.picked._replace(task="action", model=""), before.scene)
    assert after.picked.model == f"{tmp_path / 'actor.py'}:load"
    assert after.picked.codec == "h264"
    assert after.scene.subject.kind == "clip"
    assert after.picked.sample in made.samples(after.picked.data, "action")


def test_the_scene_stays_while_only_the_codec_changes(tmp_path: Path) -> None:
    made = offer(tmp_path)
    first = arrange(made, Picked())
    same = arrange(made, first.picked._replace(codec="webp"), first.scene)
    assert same.scene is first.scene
    other = arrange(made, first.picked._replace(sample=first.samples[1].value), first.scene)
    assert other.scene is not first.scene


def test_a_picture_of_ones_own_comes_before_the_samples(tmp_path: Path) -> None:
    made, path = offer(tmp_path), own_picture(tmp_path)
    desk = arrange(made, Picked(files=(path,)))
    assert desk.samples[0] == ("your own.png", path)
    assert not desk.scene.has_truth
    assert desk.scene.source.score == pytest.approx(1.0)
    again = arrange(made, desk.picked._replace(sample=desk.samples[1].value))
    assert again.scene.has_truth


def test_a_model_of_ones_own_comes_before_the_others(tmp_path: Path) -> None:
    spec = write_model(tmp_path / "dropped", seconds=0.0)
    file = spec.removesuffix(":load")
    made = offer(tmp_path)
    picked = with_dropped(made, Picked(task="segmentation", files=(file,)))
    desk = arrange(made, picked)
    assert desk.models[0] == ("your nearest.py", spec)
    assert desk.picked.model == spec


def test_a_dropped_model_that_fails_is_not_passed_over(tmp_path: Path) -> None:
    made = offer(tmp_path)
    (tmp_path / "bad.py").write_text("def load():\n    return 3\n")
    with pytest.raises(ValueError, match="returned int without predict"):
        arrange(
            made,
            with_dropped(made, Picked(task="segmentation", files=(str(tmp_path / "bad.py"),))),
        )


def test_two_pictures_are_one_too_many(tmp_path: Path) -> None:
    write_video(tmp_path / "b.mp4")
    with pytest.raises(ValueError, match=r"own.png, b.mp4 are dropped; one picture or clip"):
        arrange(offer(tmp_path), Picked(files=(own_picture(tmp_path), str(tmp_path / "b.mp4"))))


def test_a_model_that_wants_boxes_needs_a_dataset(tmp_path: Path) -> None:
    made = offer(tmp_path)
    text = Path(made.models[0].removesuffix(":load")).read_text()
    boxed = tmp_path / "boxed.py"
    boxed.write_text(
        text.replace(
            "    batch_size", "    wants_boxes, predict_in_boxes = True, print\n    batch_size"
        )
    )
    picked = Picked(task="segmentation", files=(own_picture(tmp_path), str(boxed)))
    with pytest.raises(ValueError, match="shown one person at a time"):
        arrange(made, with_dropped(made, picked))


def test_files_of_models() -> None:
    task = parse_task("segmentation")
    a, b = Path("/x/a.py"), Path("/x/b.toml")
    assert own_model([], task) is None
    assert own_model([a], task) == "/x/a.py:load"
    assert own_model([b, Path("/y/c.onnx")], task) == "/x/b.toml:/y/c.onnx"
    with pytest.raises(ValueError, match=r"a.py is a program; where other machines can reach"):
        own_model([a], task, runs_code=False)
    with pytest.raises(ValueError, match=r"c.onnx are no model; a .py file, a .toml with"):
        own_model([Path("/y/c.onnx")], task)
    with pytest.raises(ValueError, match="2 files of one kind"):
        own_model([a, Path("/x/d.py")], task)


@pytest.mark.parametrize("name", ["evil.py,a=.toml", "a,b.safetensors", "a=b.onnx", "a:b.py"])
def test_names_that_would_be_taken_apart_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"has , : or = in its name; others are allowed"):
        own_model([Path("/x") / name, Path("/x/n.onnx")], parse_task("segmentation"))


@pytest.mark.parametrize("runs_code", [False, True])
def test_weights_name_an_architecture_and_no_program(tmp_path: Path, runs_code: bool) -> None:
    task, file = parse_task("segmentation"), tmp_path / "x.safetensors"
    program = tmp_path / "evil.py"
    program.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    picked = Picked(task="segmentation", files=(str(file),))
    for arch in (str(program), f"{program}:load,a", "segnet,a=b"):
        save_file({"a": np.zeros(1)}, file, metadata={"arch": arch})
        with pytest.raises(ValueError, match=r"x.safetensors has arch '.*'; segnet, "):
            with_dropped(offer(tmp_path, runs_code=runs_code), picked)
    assert not (tmp_path / "ran").exists()
    save_file({"a": np.zeros(1)}, file, metadata={"arch": "segnet"})
    assert own_model([file], task, runs_code=runs_code) == f"segnet:{file}"


def test_of_models_of_ones_own_only_the_last_are_kept(tmp_path: Path) -> None:
    made = offer(tmp_path)
    specs = [write_model(tmp_path / str(place)) for place in range(5)]
    opened = [made.own_model(spec, made.data[0], "segmentation") for spec in specs]
    assert made.own_model(specs[4], made.data[0], "segmentation") is opened[4]
    assert made.own_model(specs[0], made.data[0], "segmentation") is not opened[0]


def test_the_zoo_is_offered_where_its_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = offer(tmp_path, data=("tinytown", *offer(tmp_path).data), models=("own.py:load",))
    monkeypatch.setattr("lossproof.explorer.offer.weights_file", lambda name: tmp_path / name)
    home, away = "tinytown_segmentation", made.data[1]
    assert [one.value for one in made.models_for("segmentation", home)] == ["own.py:load"]
    for name in zoo.ZOO_FILES:
        (tmp_path / name).write_bytes(b"")
    names = [one.value for one in made.models_for("segmentation", home)]
    assert names == ["segnet_tinytown", "own.py:load"]
    assert [one.value for one in made.models_for("segmentation", away)] == ["own.py:load"]
    without = Offer(data=("tinytown",))
    assert [one.value for one in without.models_for("depth", "kitti_depth:x")] == [
        "depth_gan_tinytown"
    ]


def test_without_any_model_untrained_ones_say_so(tmp_path: Path) -> None:
    made = Offer(data=offer(tmp_path).data)
    (only,) = made.models_for("segmentation", made.data[0])
    assert only == ("segnet (untrained)", "segnet")


def test_the_built_in_world_has_five_tasks_and_fidelity(tmp_path: Path) -> None:
    write_tinytown(tmp_path / "town")
    made = Offer(data=(f"tinytown:{tmp_path / 'town'}",))
    assert len(made.tasks) == 6
    assert made.samples(made.data_for("pose")[0], "pose")


def test_folders_that_were_named_come_before_what_is_made(tmp_path: Path) -> None:
    made = offer(tmp_path, data=("tinytown", *offer(tmp_path).data))
    camvid, clips = offer(tmp_path).data
    assert list(made.first_tasks)[:2] == [camvid, clips]
    assert made.first_tasks[camvid] == "segmentation"
    assert made.first_tasks["tinytown_action"] == "action"
    assert len(made.first_tasks) == 7


@pytest.mark.parametrize("text", ["camvid", "nowhere:x", "camvid:"])
def test_data_that_is_not_there(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|known"):
        Offer(data=(text,))


def test_an_unknown_sample_is_refused(tmp_path: Path) -> None:
    made = offer(tmp_path)
    with pytest.raises(ValueError, match="sample 'x' is not there; such as "):
        made.subject(made.data[0], "segmentation", "x")


def test_the_size_of_tiny_pictures_is_only_their_own(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "tiny.png")
    desk = arrange(offer(tmp_path), Picked(task="fidelity", files=(str(tmp_path / "tiny.png"),)))
    assert [one.words for one in desk.sizes] == ["20x20 (native)"]
