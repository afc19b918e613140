"""ONNX networks: what goes in, what comes out, worked by hand and against plain NumPy."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto

from lossproof.models import Model, open_model
from lossproof.models import onnx as onnx_room
from lossproof.models.batches import batches
from lossproof.models.onnx_answer import answered_class_map
from lossproof.models.onnx_declaration import read_declaration
from lossproof.records import Frame

from .networks import WEIGHTS, write_class_map_network, write_declaration, write_network

Open = Callable[..., Model]


@pytest.fixture
def tiny(tmp_path: Path) -> Open:
    """Opens a tiny network: keywords of the network, and lines of the declaration."""

    def opening(
        *, num_classes: int = 3, lines: dict[str, str] | None = None, **network: object
    ) -> Model:
        weights = write_network(tmp_path / "tiny.onnx", **network)
        declaration = write_declaration(tmp_path / "tiny.toml", **(lines or {}))
        return open_model(
            f"{declaration}:{weights}", task="segmentation", num_classes=num_classes, threads=1
        )

    return opening


def expected(frame: Frame, weights: np.ndarray = WEIGHTS) -> np.ndarray:
    return np.einsum("oc,hwc->hwo", weights, frame.astype(np.float32)).argmax(axis=2)


def test_native_frames_give_numpys_argmax(tiny: Open, frames: list[Frame]) -> None:
    for frame, prediction in zip(frames, tiny().predict(frames), strict=True):
        np.testing.assert_array_equal(prediction, expected(frame))
        assert prediction.dtype == np.uint8


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_numbers_that_are_not_normal_are_0_in_the_network_alone(
    threads: int, tmp_path: Path, frames: list[Frame]
) -> None:
    weights = np.zeros((3, 3), np.float32)
    weights[1] = 1e-39
    network = write_network(tmp_path / "tiny.onnx", weights=weights)
    declared = f"{write_declaration(tmp_path / 'tiny.toml')}:{network}"
    model = open_model(declared, task="segmentation", num_classes=3, threads=threads)
    assert expected(frames[0], weights).any()
    assert not any(prediction.any() for prediction in model.predict(frames))
    assert np.float32(1e-30) * np.float32(1e-10) > 0


def test_bgr_sees_the_channels_exchanged(tiny: Open, frames: list[Frame]) -> None:
    model = tiny(lines={"inputs": 'colour = "BGR"'})
    np.testing.assert_array_equal(model.predict(frames[:1])[0], expected(frames[0][..., ::-1]))


def test_red_is_class_0_and_as_bgr_it_is_class_2(tiny: Open) -> None:
    red = np.zeros((4, 5, 3), np.uint8)
    red[..., 0] = 200
    # RGB: logits 400, -200, 50. BGR puts 200 in the third channel: 0, 0, 100.
    assert (tiny().predict([red])[0] == 0).all()
    assert (tiny(lines={"inputs": 'colour = "BGR"'}).predict([red])[0] == 2).all()


def test_mean_and_std_decide(tiny: Open) -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)
    # (100 - 100, 100 - 40, 100 - 100) / (1, 2, 1) = (0, 30, 0): logits -30, 60, 7.5.
    model = tiny(lines={"inputs": "mean = [100, 40, 100]\nstd = [1, 2, 1]"})
    assert (model.predict([grey])[0] == 1).all()
    # Without them all are 100: logits 100, 100, 100; of equals the first wins.
    assert (tiny().predict([grey])[0] == 0).all()


def test_nhwc(tiny: Open, frames: list[Frame]) -> None:
    model = tiny(shape=("batch", "h", "w", 3), lines={"inputs": 'layout = "NHWC"'})
    for frame, prediction in zip(frames, model.predict(frames), strict=True):
        np.testing.assert_array_equal(prediction, expected(frame))


@pytest.mark.parametrize("dtype", [TensorProto.FLOAT16, TensorProto.UINT8])
def test_other_types_of_input(tiny: Open, frames: list[Frame], dtype: int) -> None:
    weights = np.eye(3, dtype=np.float32)
    model = tiny(dtype=dtype, weights=weights)
    np.testing.assert_array_equal(model.predict(frames[:1])[0], expected(frames[0], weights))


@pytest.mark.parametrize("batch", [1, 4])
def test_a_fixed_batch_takes_any_number_of_frames(
    tiny: Open, frames: list[Frame], batch: int
) -> None:
    model = tiny(shape=(batch, 3, "h", "w"), lines={"top": "batch_size = 3"})
    assert model.batch_size == batch
    for frame, prediction in zip(frames, model.predict(frames), strict=True):
        np.testing.assert_array_equal(prediction, expected(frame))


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("nearest", cv2.INTER_NEAREST_EXACT),
        ("linear", cv2.INTER_LINEAR),
        ("cubic", cv2.INTER_CUBIC),
        ("area", cv2.INTER_AREA),
    ],
)
def test_frames_of_another_size_are_resized(
    tiny: Open, frames: list[Frame], name: str, flag: int
) -> None:
    lines = {"inputs": f'size = [20, 18]\ninterpolation = "{name}"'}
    model = tiny(shape=("batch", 3, 18, 20), lines=lines)
    for frame, prediction in zip(frames, model.predict(frames), strict=True):
        resized = cv2.resize(frame, (20, 18), interpolation=flag)
        np.testing.assert_array_equal(prediction, expected(resized))


def test_classes_are_renamed(tiny: Open, frames: list[Frame]) -> None:
    model = tiny(num_classes=5, lines={"outputs": "classes = [4, 0, 2]"})
    renamed = np.array([4, 0, 2])[expected(frames[0])]
    np.testing.assert_array_equal(model.predict(frames[:1])[0], renamed)


@pytest.mark.parametrize("cast_to", [TensorProto.INT64, TensorProto.UINT8, TensorProto.FLOAT])
@pytest.mark.parametrize("keepdims", [0, 1])
def test_class_maps_are_taken_as_they_are(
    tmp_path: Path, frames: list[Frame], cast_to: int, keepdims: int
) -> None:
    weights = write_class_map_network(tmp_path / "a.onnx", cast_to=cast_to, keepdims=keepdims)
    declaration = write_declaration(tmp_path / "a.toml", outputs='kind = "class_map"')
    model = open_model(f"{declaration}:{weights}", task="segmentation", num_classes=3, threads=2)
    for frame, prediction in zip(frames, model.predict(frames), strict=True):
        np.testing.assert_array_equal(prediction, frame.argmax(axis=2))
        assert prediction.dtype.type is np.int64


@pytest.mark.parametrize(
    "outputs", ['kind = "class_map"', 'kind = "class_map"\nclasses = [2, 1, 0]']
)
def test_data_that_names_no_classes_lets_it_have_its_own(
    outputs: str, tmp_path: Path, frames: list[Frame]
) -> None:
    """As of a folder of pictures, with the model's own labels."""
    weights = write_class_map_network(tmp_path / "a.onnx", cast_to=TensorProto.INT64)
    declaration = write_declaration(tmp_path / "a.toml", outputs=outputs)
    model = open_model(f"{declaration}:{weights}", task="segmentation", num_classes=0, threads=1)
    (prediction,) = model.predict(frames[:1])
    assert set(np.unique(prediction)) <= {0, 1, 2}


@pytest.mark.parametrize("lines", [{}, {"outputs": "classes = [2, 1, 0]"}])
def test_logits_may_have_their_own_classes_too(
    lines: dict[str, str], tiny: Open, frames: list[Frame]
) -> None:
    (prediction,) = tiny(num_classes=0, lines=lines).predict(frames[:1])
    own = expected(frames[0])
    np.testing.assert_array_equal(prediction, 2 - own if lines else own)


def test_a_class_map_beyond_the_list_of_classes(tmp_path: Path, frames: list[Frame]) -> None:
    weights = write_class_map_network(tmp_path / "a.onnx", cast_to=TensorProto.INT64)
    lines = 'kind = "class_map"\nclasses = [1, 0]'
    declaration = write_declaration(tmp_path / "a.toml", outputs=lines)
    model = open_model(f"{declaration}:{weights}", task="segmentation", num_classes=3, threads=1)
    with pytest.raises(
        ValueError, match=r"holds 0 to 2; output\.classes lists 2 classes, so 0 to 1"
    ):
        model.predict(frames[:1])


@pytest.mark.parametrize(
    ("network", "lines", "message"),
    [
        ({}, {"outputs": "classes = [0, 1]"}, "logits for 3 classes, but output.classes lists 2"),
        ({}, {"outputs": "classes = [0, 1, 3]"}, "output.classes holds 3; 0 to 2 are allowed"),
        ({}, {"outputs": 'name = "out"'}, "output.name is 'out'; 'logits' are allowed"),
        (
            {},
            {"inputs": 'layout = "NHWC"'},
            r"input.size is native, but the network takes \[any, 3\]",
        ),
        (
            {"shape": ("b", 3, 18, 20)},
            {"inputs": "size = [18, 20]"},
            r"input.size is \[18, 20\], but the network takes \[20, 18\] \(width, height\)",
        ),
        ({"shape": ("b", 3, 18, 20)}, {}, "input.size is native, but the network takes"),
        (
            {"shape": ("b", 4, "h", "w"), "weights": np.zeros((3, 4), np.float32)},
            {},
            r"'image' \(float32, \?x4x\?x\?\) has 4 channels as NCHW; 3 are allowed",
        ),
        ({"weights": WEIGHTS[:2]}, {}, "logits for 2 classes, but the dataset has 3"),
        (
            {"dtype": TensorProto.UINT8},
            {"inputs": "scale = 0.5"},
            "takes bytes, so scale 1, mean 0 and std 1 are allowed; declared are 0.5",
        ),
    ],
)
def test_a_network_that_is_not_as_declared(
    tiny: Open, network: dict[str, object], lines: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        tiny(lines=lines, **network).predict([np.zeros((6, 5, 3), np.uint8)])


def test_logits_of_unstated_shape_are_checked_when_they_come(
    tiny: Open, frames: list[Frame]
) -> None:
    model = tiny(weights=WEIGHTS[:2], state_output=False)
    with pytest.raises(ValueError, match="logits for 2 classes, but the dataset has 3"):
        model.predict(frames[:1])


def test_logits_that_are_not_numbers(tiny: Open, frames: list[Frame]) -> None:
    model = tiny(weights=np.full((3, 3), np.nan, np.float32))
    with pytest.raises(ValueError, match="logits hold NaN"):
        model.predict(frames[:1])


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (np.zeros((4, 4), np.uint8), r"frame 0 has shape \(4, 4\)"),
        (np.zeros((4, 4, 3), np.float32), "frame 0 has .* type float32"),
    ],
)
def test_what_is_not_a_frame(frame: np.ndarray, message: str) -> None:
    # The function behind the checks of shapes that are on while testing.
    unchecked = getattr(batches, "__wrapped__", batches)
    with pytest.raises(ValueError, match=message):
        list(unchecked([frame], size=1))


def test_files_that_are_not_networks(tmp_path: Path) -> None:
    declaration = write_declaration(tmp_path / "a.toml")
    text = tmp_path / "text.onnx"
    text.write_text("not a network at all, but words")
    with pytest.raises(ValueError, match=r"text\.onnx' are not an ONNX network"):
        open_model(f"{declaration}:{text}", task="segmentation", num_classes=3)
    with pytest.raises(ValueError, match="names no weights; add a line weights"):
        open_model(str(declaration), task="segmentation", num_classes=3)
    with pytest.raises(ValueError, match="is a folder; a readable file is allowed"):
        open_model(f"{declaration}:{tmp_path}", task="segmentation", num_classes=3)


def test_a_network_that_onnx_runtime_cannot_load(tiny: Open, tmp_path: Path) -> None:
    model = tiny()
    (tmp_path / "tiny.onnx").write_bytes(b"gone")
    with pytest.raises(ValueError, match=r"ONNX Runtime cannot load '.*tiny\.onnx'"):
        model.predict([np.zeros((4, 4, 3), np.uint8)])


def test_the_hash_covers_network_and_declaration_and_nothing_else(tiny: Open) -> None:
    base = tiny().weights
    assert tiny(lines={"top": "batch_size = 7\n# a remark"}).weights == base
    assert tiny(lines={"inputs": "mean = [1, 2, 3]"}).weights != base
    assert tiny(weights=2 * WEIGHTS).weights != base


def test_weights_kept_in_a_file_of_their_own_count(tmp_path: Path, frames: list[Frame]) -> None:
    declaration = write_declaration(tmp_path / "a.toml")

    def hash_of(weights: np.ndarray) -> str:
        network = onnx.load(write_network(tmp_path / "whole.onnx", weights=weights))
        onnx.save(
            network,
            tmp_path / "split.onnx",
            save_as_external_data=True,
            location="split.data",
            size_threshold=0,
        )
        model = open_model(
            f"{declaration}:{tmp_path / 'split.onnx'}",
            task="segmentation",
            num_classes=3,
            threads=1,
        )
        np.testing.assert_array_equal(model.predict(frames[:1])[0], expected(frames[0], weights))
        return model.weights

    first = hash_of(WEIGHTS)
    (tmp_path / "split.data").unlink()
    assert hash_of(WEIGHTS + 1) != first
    (tmp_path / "split.data").unlink()
    with pytest.raises(ValueError, match=r"split\.data' does not exist"):
        open_model(f"{declaration}:{tmp_path / 'split.onnx'}", task="segmentation", num_classes=3)


def test_weights_that_change_before_they_are_loaded(tiny: Open, tmp_path: Path) -> None:
    frame = np.zeros((4, 4, 3), np.uint8)
    model = tiny()
    write_network(tmp_path / "tiny.onnx", weights=2 * WEIGHTS)
    with pytest.raises(
        ValueError, match=r"tiny\.onnx' were changed after they were opened; run it again"
    ):
        model.predict([frame])
    model = tiny()
    content = (tmp_path / "tiny.onnx").read_bytes()
    (tmp_path / "tiny.onnx").unlink()
    (tmp_path / "tiny.onnx").write_bytes(content)
    assert model.predict([frame])[0].shape == (4, 4)


@pytest.mark.parametrize("place", ["../elsewhere.data", "/dev/zero"])
def test_weights_are_read_from_no_other_folder(tmp_path: Path, place: str) -> None:
    declaration = write_declaration(tmp_path / "a.toml")
    network = onnx.load(write_network(tmp_path / "whole.onnx", weights=WEIGHTS))
    tensor = network.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, place)
    tensor.ClearField("raw_data")
    (tmp_path / "split.onnx").write_bytes(network.SerializeToString())
    with pytest.raises(ValueError, match=r"are in part in .*; files beside it are allowed"):
        open_model(f"{declaration}:{tmp_path / 'split.onnx'}", task="segmentation", num_classes=3)


def test_a_missing_extra_is_named_in_one_line(tiny: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_room, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r'pip install "lossproof\[onnx\]"$'):
        tiny()


def test_a_device_that_this_onnx_runtime_lacks(tmp_path: Path) -> None:
    declaration = write_declaration(tmp_path / "a.toml")
    weights = write_network(tmp_path / "a.onnx")
    with pytest.raises(
        ValueError, match="device 'tpu' is unknown; cpu, cuda or cuda:N are allowed"
    ):
        open_model(f"{declaration}:{weights}", task="segmentation", num_classes=3, device="tpu")


def test_a_network_that_fails_says_where(tmp_path: Path) -> None:
    weights = write_network(tmp_path / "a.onnx", shape=("b", "c", "h", "w"))
    declaration = write_declaration(tmp_path / "a.toml", inputs='layout = "NHWC"')
    model = open_model(f"{declaration}:{weights}", task="segmentation", num_classes=3, threads=1)
    with pytest.raises(
        ValueError, match=r"tiny: the network fails on input of shape \(1, 6, 5, 3\)"
    ):
        model.predict([np.zeros((6, 5, 3), np.uint8)])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((4, 4), 0.5, np.float32), "holds fractions or NaN; whole numbers are allowed"),
        (np.full((4, 4), np.nan, np.float32), "holds fractions or NaN"),
        (np.zeros((2, 4, 4), np.int64), r"class map is \(2, 4, 4\); \(height, width\) is allowed"),
    ],
)
def test_answers_that_are_no_class_maps(tmp_path: Path, values: np.ndarray, message: str) -> None:
    path = write_declaration(tmp_path / "a.toml", outputs='kind = "class_map"')
    with pytest.raises(ValueError, match=message):
        answered_class_map(values, read_declaration(path), num_classes=3)


def test_an_output_of_another_kind_than_declared_is_refused_before_predicting(
    tmp_path: Path,
) -> None:
    logits = write_network(tmp_path / "logits.onnx")
    classes = write_class_map_network(tmp_path / "classes.onnx", cast_to=TensorProto.INT64)
    declared_map = write_declaration(tmp_path / "map.toml", outputs='kind = "class_map"')
    declared_logits = write_declaration(tmp_path / "logits.toml")
    with pytest.raises(ValueError, match=r"map\.toml and .* do not fit: output\.kind is class_map"):
        open_model(f"{declared_map}:{logits}", task="segmentation", num_classes=3)
    with pytest.raises(ValueError, match=r"do not fit: output .* has 3 axes; 4 are allowed"):
        open_model(f"{declared_logits}:{classes}", task="segmentation", num_classes=3)
