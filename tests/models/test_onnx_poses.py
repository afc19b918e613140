"""ONNX networks for poses: people drawn by constant networks, and persons cut out of frames."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from lossproof.models import Model, open_model
from lossproof.models.onnx_declaration import read_declaration
from lossproof.models.skeleton import COCO_KEYPOINTS, OPENPOSE_LIMBS, OPENPOSE_PARTS

from .drawn_people import assert_people, drawn, standing
from .networks import save, write_declaration

SIZE = (368, 184)
PEOPLE = np.array([standing(30, 14, height=150), standing(250, 16, height=150)])

Open = Callable[..., Model]


def write_constant(
    path: Path,
    *outputs: tuple[str, np.ndarray],
    shape: tuple[int | str, ...] = ("n", 3, "h", "w"),
    state_output: bool = True,
) -> Path:
    """A network that answers the same maps (c, h, w) to every picture, whatever it is."""
    nodes, constants, infos = [], [], []
    for name, maps in outputs:
        constants.append(numpy_helper.from_array(maps[None].astype(np.float32), f"{name}_maps"))
        # The picture counts, times nothing.
        nodes += [
            helper.make_node("ReduceMean", ["image"], [f"{name}_mean"], axes=[1, 2, 3], keepdims=1),
            helper.make_node("Mul", [f"{name}_mean", "nothing"], [f"{name}_zero"]),
            helper.make_node("Add", [f"{name}_maps", f"{name}_zero"], [name]),
        ]
        stated = [shape[0], *maps.shape] if state_output else None
        infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, stated))
    constants.append(numpy_helper.from_array(np.zeros(1, np.float32), "nothing"))
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(nodes, "drawn", inputs, infos, constants)
    return save(path, graph, complete=state_output)


def declared(path: Path, *, inputs: str = "", outputs: str = "", kind: str = "") -> Path:
    kind = kind or "heatmaps_and_fields"
    path = write_declaration(path, inputs=inputs, outputs=f'kind = "{kind}"\n{outputs}')
    path.write_text(path.read_text().replace("segmentation", "pose"))
    return path


@pytest.fixture
def opening(tmp_path: Path) -> Open:
    """Opens a network of outputs with what is declared of it."""

    def opened(
        *outputs: tuple[str, np.ndarray],
        settings: str = "",
        lines: dict[str, str] | None = None,
        **kw,
    ) -> Model:
        network = write_constant(tmp_path / "a.onnx", *outputs, **kw)
        declaration = declared(tmp_path / "a.toml", **(lines or {}))
        spec = f"{declaration}:{network}{settings}"
        return open_model(spec, task="pose", num_classes=1, threads=1)

    return opened


def together(maps: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.concatenate(maps)


FRAME = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
HEATMAPS, FIELDS = drawn(PEOPLE, SIZE)[:2]


def test_one_output_of_heat_maps_background_and_fields(opening: Open) -> None:
    model = opening(("maps", together((HEATMAPS, FIELDS))))
    for poses in model.predict([FRAME, FRAME]):
        assert_people(poses, PEOPLE)


def test_poses_are_brought_to_the_frames_size(opening: Open) -> None:
    model = opening(
        ("maps", together((HEATMAPS, FIELDS))), lines={"inputs": f"size = [{SIZE[0]}, {SIZE[1]}]"}
    )
    (poses,) = model.predict([np.zeros((276, 184, 3), np.uint8)])
    assert_people(poses, (PEOPLE + 0.5) * (0.5, 1.5) - 0.5)


def test_two_outputs_and_no_background(opening: Open) -> None:
    model = opening(
        ("pafs", FIELDS),
        ("heat", HEATMAPS[:18]),
        lines={"outputs": 'name = "heat"\nfields = "pafs"'},
    )
    assert_people(model.predict([FRAME])[0], PEOPLE)


def test_channels_last(opening: Open) -> None:
    last = together((HEATMAPS[:18], FIELDS)).transpose(1, 2, 0)
    lines = {"outputs": 'layout = "NHWC"\nbackground = false'}
    assert_people(opening(("maps", last), lines=lines).predict([FRAME])[0], PEOPLE)


def test_parts_and_limbs_in_another_order(opening: Open) -> None:
    """Parts backwards, and the fields of limbs two channels further on."""
    limbs = [[start, end, x + 2, y + 2] for start, end, x, y in OPENPOSE_LIMBS]
    lines = {"outputs": f"parts = {list(OPENPOSE_PARTS[::-1])}\nlimbs = {limbs}"}
    fields = np.concatenate([np.zeros_like(FIELDS[:2]), FIELDS])
    model = opening(("maps", together((HEATMAPS[[*range(17, -1, -1), 18]], fields))), lines=lines)
    assert_people(model.predict([FRAME])[0], PEOPLE)


def test_settings_stand_in_the_name_and_the_hash(opening: Open) -> None:
    maps = ("maps", together((0.3 * HEATMAPS, FIELDS)))
    model, other = opening(maps), opening(maps, settings=",threshold=0.3")
    assert (model.name, other.name) == ("tiny", "tiny threshold=0.3")
    assert model.weights != other.weights
    assert [len(one.predict([FRAME])[0].scores) for one in (model, other)] == [2, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (",threshold=1.5", "threshold '1.5' is out of range; numbers from 0 to 1 are allowed"),
        (",box_size=3", "has no setting 'box_size'; its settings: threshold, limb_threshold"),
    ],
)
def test_settings_that_are_none(opening: Open, settings: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        opening(("maps", together((HEATMAPS, FIELDS))), settings=settings)


@pytest.mark.parametrize(
    ("names", "lines", "message"),
    [
        (["maps"], {"outputs": 'fields = "pafs"'}, "output.fields is 'pafs'; 'maps' are allowed"),
        (["maps", "b"], {}, "output.name is None; 'maps', 'b' are allowed"),
        (["maps"], {"outputs": 'parts = ["nose", "nose"]'}, "parts has nose twice|names 'neck'"),
        (["maps"], {"outputs": 'parts = ["nose"]'}, "a limb names 'neck'; the parts are nose"),
        (["maps"], {"kind": "heatmaps"}, r"input\.size is native; \[width, height\] is allowed"),
    ],
)
def test_networks_that_are_not_as_declared(
    opening: Open, names: list[str], lines: dict[str, str], message: str
) -> None:
    outputs = [(name, together((HEATMAPS, FIELDS))) for name in names]
    with pytest.raises(ValueError, match=message) as caught:
        opening(*outputs, lines=lines)
    assert "do not fit" in str(caught.value)


FEW = ("maps", together((HEATMAPS, FIELDS[:37])))
TOO_FEW = "has 56 channels, but the parts and limbs need 57"


def test_too_few_channels_are_refused_before_anything_runs(opening: Open) -> None:
    with pytest.raises(ValueError, match=TOO_FEW):
        opening(FEW)


def test_too_few_channels_of_which_the_file_says_nothing(opening: Open) -> None:
    model = opening(FEW, state_output=False)
    with pytest.raises(ValueError, match=TOO_FEW):
        model.predict([FRAME])


def test_maps_that_are_not_numbers(opening: Open) -> None:
    with pytest.raises(ValueError, match="heat maps hold NaN or infinity"):
        opening(("maps", together((HEATMAPS * np.nan, FIELDS)))).predict([FRAME])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            {"kind": "logits"},
            "output.kind is 'logits'; for pose heatmaps_and_fields or heatmaps is",
        ),
        ({"outputs": "classes = [1]"}, "classes is given, but heatmaps_and_fields has no classes"),
        (
            {"kind": "heatmaps", "outputs": 'fields = "a"'},
            "output.fields is given, but heatmaps has no fields",
        ),
        ({"outputs": 'limbs = [["nose", "neck", 0]]'}, r"output\.limbs\.0\.3: Field required"),
        ({"outputs": 'limbs = [["nose", "neck", 0, -1]]'}, r"limbs\.0\.3: .*equal to 0, not -1"),
        ({"outputs": "parts = []"}, r"output\.parts: .*at least 1 item"),
    ],
)
def test_declarations_that_are_none(tmp_path: Path, lines: dict[str, str], message: str) -> None:
    path = declared(tmp_path / "a.toml", **lines)
    with pytest.raises(ValueError, match=message) as caught:
        read_declaration(path)
    assert "\n" not in str(caught.value)


def test_a_segmenter_has_no_parts(tmp_path: Path) -> None:
    path = write_declaration(tmp_path / "a.toml", outputs='parts = ["nose"]')
    with pytest.raises(ValueError, match=r"output\.parts is given, but logits has no parts"):
        read_declaration(path)
    path = write_declaration(tmp_path / "a.toml", outputs='kind = "heatmaps"')
    with pytest.raises(ValueError, match="'heatmaps'; for segmentation logits or class_map is"):
        read_declaration(path)


# A network that is shown one person: red, green and blue are the heat maps of three keypoints,
# averaged over squares of four pixels.
CROP = (48, 64)
THREE = 'parts = ["nose", "left_wrist", "right_ankle"]'


def write_colours(path: Path, *, batch: int | str = "n") -> Path:
    graph = helper.make_graph(
        [helper.make_node("AveragePool", ["image"], ["heat"], kernel_shape=[4, 4], strides=[4, 4])],
        "colours",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 3, CROP[1], CROP[0]])],
        [helper.make_tensor_value_info("heat", TensorProto.FLOAT, [batch, 3, 16, 12])],
    )
    return save(path, graph)


@pytest.fixture(params=[1, 4])
def in_boxes(request: pytest.FixtureRequest, tmp_path: Path) -> Model:
    weights = write_colours(tmp_path / "a.onnx", batch=request.param)
    inputs = f"size = [{CROP[0]}, {CROP[1]}]\nscale = 0.00392156862745098"
    declaration = declared(tmp_path / "a.toml", inputs=inputs, outputs=THREE, kind="heatmaps")
    return open_model(f"{declaration}:{weights}", task="pose", num_classes=1, threads=2)


def dotted(*people: dict[int, tuple[int, int]]) -> np.ndarray:
    """A frame with a dot of 9x9 pixels in a channel at x, y, for each person's keypoints."""
    frame = np.zeros((240, 320, 3), np.uint8)
    for person in people:
        for channel, (x, y) in person.items():
            frame[y - 4 : y + 5, x - 4 : x + 5, channel] = 255
    return frame


def test_people_in_boxes_come_back(in_boxes: Model) -> None:
    first = {0: (60, 50), 1: (40, 90), 2: (75, 130)}
    second = {0: (210, 60), 2: (240, 150)}
    boxes = np.array([[20, 30, 100, 150], [180, 40, 280, 180]], np.float32)
    none = np.zeros((0, 4), np.float32)
    frames = [dotted(first, second), dotted(), dotted(second)]
    assert in_boxes.wants_boxes
    answers = in_boxes.predict_in_boxes(frames, [boxes, none, boxes[1:]])
    assert [poses.keypoints.shape for poses in answers] == [(2, 17, 3), (0, 17, 3), (1, 17, 3)]
    names = ("nose", "left_wrist", "right_ankle")
    for keypoints, person in zip(
        [*answers[0].keypoints, *answers[2].keypoints], (first, second, second), strict=True
    ):
        for channel, name in enumerate(names):
            found = keypoints[COCO_KEYPOINTS.index(name)]
            if channel in person:
                # A pixel of the heat map is about 12 of the frame.
                assert np.hypot(*(found[:2] - person[channel])) < 8
                assert 0.2 < found[2] <= 1
            else:
                np.testing.assert_array_equal(found, 0)
        others = [place for place, name in enumerate(COCO_KEYPOINTS) if name not in names]
        assert (keypoints[others] == 0).all()
    for poses in answers:
        np.testing.assert_allclose(poses.scores, poses.keypoints[..., 2].mean(axis=1))


def test_a_person_is_the_same_in_any_company(in_boxes: Model) -> None:
    frame = np.random.default_rng(3).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    boxes = np.array([[10, 10, 60, 100], [50, 20, 150, 110], [0, 0, 160, 120]], np.float32)
    (whole,) = in_boxes.predict_in_boxes([frame], [boxes])
    assert (whole.scores > 0).all()
    for place in range(3):
        (alone,) = in_boxes.predict_in_boxes([frame], [boxes[place : place + 1]])
        np.testing.assert_array_equal(alone.keypoints[0], whole.keypoints[place])
    assert in_boxes.predict_in_boxes([], []) == []


def test_without_boxes_it_says_what_it_needs(in_boxes: Model) -> None:
    assert list(in_boxes.predict([])) == []
    with pytest.raises(ValueError, match="one person at a time; a task that gives it the boxes"):
        in_boxes.predict([FRAME])


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[[5, 5, 4, 9]]], r"box is \[5.0, 5.0, 4.0, 9.0\]; finite x1 <= x2 and y1 <= y2"),
        ([[[0, 0, np.nan, 9]]], "box is .*nan"),
        ([], "0 arrays of boxes for 1 frames are given"),
    ],
)
def test_boxes_that_are_none(in_boxes: Model, boxes: list, message: str) -> None:
    arrays = [np.array(one, np.float32) for one in boxes]
    with pytest.raises(ValueError, match=message):
        in_boxes.predict_in_boxes([FRAME], arrays)


def test_settings_are_refused(tmp_path: Path) -> None:
    weights = write_colours(tmp_path / "a.onnx")
    inputs = f"size = [{CROP[0]}, {CROP[1]}]"
    declaration = declared(tmp_path / "a.toml", inputs=inputs, outputs=THREE, kind="heatmaps")
    with pytest.raises(ValueError, match="tiny has no settings, but threshold were given"):
        open_model(f"{declaration}:{weights},threshold=0.1", task="pose", num_classes=1)


def test_the_example_is_a_declaration_with_openposes_skeleton() -> None:
    path = Path(__file__).parents[2] / "examples" / "tfpose.toml"
    declaration = read_declaration(path)
    assert (declaration.task, declaration.output.kind) == ("pose", "heatmaps_and_fields")
    assert (declaration.input.size, declaration.input.layout) == ((432, 368), "NHWC")
    # The network takes bytes as they are.
    np.testing.assert_array_equal(declaration.input.normalisation.table[0], range(256))
