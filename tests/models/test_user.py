"""The user's own file: what it may be, and what is said when it is not."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lossproof.models import Model, open_model
from lossproof.models.model import BoxedModel
from lossproof.records import Frame

from .networks import write_user_file

Open = Callable[..., Model]


@pytest.fixture
def mine(tmp_path: Path) -> Open:
    def opening(text: str, *, function: str = "load", device: str = "cpu") -> Model:
        path = write_user_file(tmp_path / "mine.py", text)
        return open_model(f"{path}:{function}", task="segmentation", num_classes=3, device=device)

    return opening


def with_predict(body: str, attributes: str = "pass") -> str:
    return (
        f"class Mine:\n    {attributes}\n    def predict(self, frames):\n        {body}\n"
        "def load():\n    return Mine()\n"
    )


def test_only_predict_is_required(mine: Open, frames: list[Frame]) -> None:
    model = mine(with_predict("return [f[..., 0] // 100 for f in frames]"))
    assert (model.name, model.batch_size) == ("mine:load", 1)
    np.testing.assert_array_equal(model.predict(frames)[2], frames[2][..., 0] // 100)


def test_name_version_and_batch_size_are_taken(mine: Open) -> None:
    text = with_predict("return frames", "name = 'unet'; version = 'v3'; batch_size = 6")
    model = mine(text)
    assert (model.name, model.batch_size) == ("unet", 6)


def test_the_hash_covers_content_and_version(mine: Open) -> None:
    text = "import os\n" + with_predict("return frames", "version = os.environ['MINE']")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINE", "1")
        first, again = mine(text).weights, mine(text).weights
        other_content = mine(text + "# a remark\n").weights
        patch.setenv("MINE", "2")
        other_version = mine(text).weights
    assert first == again
    assert len({first, other_content, other_version}) == 3


def test_settings_are_keywords_and_a_file_counts_by_its_content(mine: Open, tmp_path: Path) -> None:
    text = (
        "class Mine:\n    def __init__(self, weights, threshold='0.5'):\n"
        "        self.told = (weights, threshold)\n"
        "    def predict(self, frames):\n        return [{'told': self.told} for _ in frames]\n"
    )
    hashes = {}
    for folder, content in (("one", "same"), ("two", "same"), ("three", "other")):
        path = tmp_path / folder / "net.bin"
        path.parent.mkdir()
        path.write_text(content)
        model = mine(text, function=f"Mine,weights={path},threshold=0.3")
        assert model.name == "mine:Mine threshold=0.3 weights=net.bin"
        assert model.predict([np.zeros((4, 4, 3), np.uint8)]) == [{"told": (str(path), "0.3")}]
        hashes[folder] = model.weights
    assert hashes["one"] == hashes["two"] != hashes["three"]


def test_a_setting_may_hold_an_equals_sign(mine: Open) -> None:
    text = (
        "class Mine:\n    def __init__(self, **told):\n        self.told = told\n"
        "    def predict(self, frames):\n        return [self.told for _ in frames]\n"
    )
    model = mine(text, function="Mine,path=epoch=3-step=100.ckpt,query=a=b==,none=")
    told = {"path": "epoch=3-step=100.ckpt", "query": "a=b==", "none": ""}
    assert model.predict([np.zeros((4, 4, 3), np.uint8)]) == [told]


def test_boxes_are_given_to_a_model_that_wants_them(mine: Open, frames: list[Frame]) -> None:
    text = (
        "class Mine:\n    wants_boxes = True\n"
        "    def predict(self, frames):\n        return frames\n"
        "    def predict_in_boxes(self, frames, boxes):\n"
        "        return [{'boxes': some} for some in boxes]\n"
    )
    model = mine(text, function="Mine")
    boxes = [np.full((number, 4), number, np.float32) for number in range(len(frames))]
    assert isinstance(model, BoxedModel)
    assert model.wants_boxes
    found = model.predict_in_boxes(frames, boxes)
    assert [len(prediction["boxes"]) for prediction in found] == [0, 1, 2, 3, 4, 5]
    assert not mine(with_predict("return frames")).wants_boxes


def test_a_device_needs_a_model_that_can_be_moved(mine: Open) -> None:
    with pytest.raises(ValueError, match=r"has no to\(device\) and cannot be moved to 'cuda'"):
        mine(with_predict("return frames"), device="cuda")


@pytest.mark.parametrize("returns", ["return self", "pass"])
def test_to_is_called_once_with_the_device(mine: Open, frames: list[Frame], returns: str) -> None:
    text = (
        "class Mine:\n    moves = []\n    def to(self, device):\n"
        f"        self.moves.append(device)\n        {returns}\n"
        "    def predict(self, frames):\n"
        "        return [{'moves': list(self.moves)} for _ in frames]\n"
        "load = Mine\n"
    )
    model = mine(text, device="cuda:1")
    model.predict(frames)
    assert model.predict(frames[:1]) == [{"moves": ["cuda:1"]}]


def test_torch_tensors_become_arrays(mine: Open, frames: list[Frame]) -> None:
    batched = mine(
        "import torch\n"
        + with_predict("return torch.ones(len(frames), 4, 5, requires_grad=True).mul(2)")
    )
    predictions = batched.predict(frames)
    assert all(isinstance(p, np.ndarray) and p.shape == (4, 5) for p in predictions)
    mapped = mine("import torch\n" + with_predict("return [{'boxes': torch.zeros(2, 4)}]"))
    assert isinstance(mapped.predict(frames[:1])[0]["boxes"], np.ndarray)


def test_tensors_of_types_that_numpy_lacks_are_taken(mine: Open, frames: list[Frame]) -> None:
    half = "torch.full((2, 3), 1.5, dtype=torch.bfloat16)"
    for answer in (half, f"{{'boxes': {half}}}", f"[{half}, {half}]", f"({half},)"):
        model = mine("import torch\n" + with_predict(f"return [{answer} for _ in frames]"))
        found = model.predict(frames[:1])[0]
        arrays = {dict: lambda one: one.values(), np.ndarray: lambda one: [one]}
        for array in arrays.get(type(found), list)(found):
            assert array.dtype == np.float32
            np.testing.assert_array_equal(array, np.full((2, 3), 1.5))


def test_predict_may_be_a_generator(mine: Open, frames: list[Frame]) -> None:
    model = mine(with_predict("yield from (frame.mean() for frame in frames)"))
    assert model.predict(frames) == [frame.mean() for frame in frames]


def test_batch_sizes_may_be_numpys(mine: Open) -> None:
    model = mine("import numpy as np\n" + with_predict("pass", "batch_size = np.int64(4)"))
    assert (model.batch_size, type(model.batch_size)) == (4, int)


def test_clips_go_in_as_they_are(mine: Open) -> None:
    clip = np.zeros((4, 8, 9, 3), np.uint8)
    assert mine(with_predict("return [f.shape for f in frames]")).predict([clip]) == [(4, 8, 9, 3)]


def test_frames_cannot_be_spoilt_for_others(mine: Open, frames: list[Frame]) -> None:
    before = frames[0].copy()
    mine(with_predict("frames[0][:] = 0; return frames")).predict(frames)
    np.testing.assert_array_equal(frames[0], before)


def test_modules_beside_the_file_can_be_imported(mine: Open, tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_mine.py").write_text("name = 'from next door'\n")
    path, modules = list(sys.path), set(sys.modules)
    model = mine(
        "from neighbour_of_mine import name\n" + with_predict("return frames", "name = name")
    )
    assert model.name == "from next door"
    assert sys.path == path
    assert set(sys.modules) == modules


def test_two_files_of_one_name_are_two_models(tmp_path: Path, frames: list[Frame]) -> None:
    models = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = (
            "from dataclasses import dataclass\n@dataclass\nclass Mine:\n"
            f"    number: 'int' = {number}\n"
            "    def predict(self, frames):\n        return [self.number] * len(frames)\n"
            "load = Mine\n"
        )
        models.append(
            open_model(
                f"{write_user_file(folder / 'mine.py', text)}:load",
                task="segmentation",
                num_classes=3,
            )
        )
    assert [model.predict(frames[:1]) for model in models] == [[1], [2]]
    assert "mine" not in sys.modules


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module_here", "cannot be imported: ModuleNotFoundError in line 1: No mod"),
        ("def load(:", "cannot be imported: SyntaxError: "),
        (
            "def laod():\n    pass",
            r"unknown function of .*mine\.py 'load' \(did you mean 'laod'\?\)",
        ),
        ("load = 3", "unknown function of .* 'load'; known: $"),
        (
            "def load():\n    raise KeyError('weights')",
            r"mine\.py:load\(\): KeyError in line 2: 'weights'",
        ),
        ("def load():\n    return 3", "load returned int without predict; an object with"),
        ("def load(path):\n    pass", r"load\(\): TypeError: .*missing 1 required positional"),
        (with_predict("return frames", "batch_size = 0"), "has batch_size 0; a whole number of 1"),
        (with_predict("return frames", "batch_size = '4'"), "has batch_size '4'; a whole number"),
        (with_predict("return frames", "batch_size = 4.0"), r"has batch_size 4\.0; a whole number"),
        (
            with_predict("return frames", "version = property(lambda self: 1 / 0)"),
            r"mine\.py:load: ZeroDivisionError in line 2: division by zero",
        ),
        (
            with_predict("return frames", "version = property(lambda self: self.digset)"),
            r"mine\.py:load: AttributeError in line 2: .* no attribute 'digset'",
        ),
        (
            "class Mine:\n    predict = property(lambda self: 1 / 0)\nload = Mine",
            r"mine\.py:load: ZeroDivisionError in line 2: division by zero",
        ),
        ("class Mine:\n    predict = 3\nload = Mine", "load returned Mine without predict; an obj"),
        (
            with_predict("return frames", "wants_boxes = True"),
            r"has wants_boxes = True without predict_in_boxes; an object with predict_in_boxes\(",
        ),
        ("import sys\nsys.exit('no weights')", "cannot be imported: SystemExit in line 2: no weig"),
    ],
)
def test_files_that_give_no_model(mine: Open, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        mine(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return frames[:1]", "predict returned 1 predictions for 6 frames; one per frame"),
        ("return None", "predict returned NoneType; a list of 6 predictions"),
        ("return {'out': frames}", "predict returned dict; a list of 6 predictions"),
        (
            "raise RuntimeError('out of\\nmemory')",
            "predict: RuntimeError in line 4: out of memory",
        ),
        ("yield frames[9]", "predict: IndexError in line 4: list index out of range"),
        ("raise SystemExit(3)", "predict: SystemExit in line 4: 3"),
        ("import numpy; return numpy.array(3)", "predict: TypeError: iteration over a 0-d array"),
    ],
)
def test_predictions_that_are_none(
    mine: Open, frames: list[Frame], body: str, message: str
) -> None:
    model = mine(with_predict(body))
    with pytest.raises(ValueError, match=message) as caught:
        model.predict(frames)
    assert "\n" not in str(caught.value)


def test_the_cause_is_kept(mine: Open) -> None:
    with pytest.raises(ValueError, match="ZeroDivisionError") as caught:
        mine("def load():\n    return 1 / 0")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_failed_import_leaves_no_module(mine: Open) -> None:
    before = set(sys.modules)
    with pytest.raises(ValueError, match="cannot be imported"):
        mine("raise OSError('no')")
    assert set(sys.modules) == before
