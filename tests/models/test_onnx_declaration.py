"""Declarations: the example of the repository, and each mistake with what is said of it."""

from pathlib import Path

import pytest

from lossproof.models import onnx_declaration
from lossproof.models.onnx_declaration import read_declaration

from .networks import write_declaration

EXAMPLE = Path(__file__).parents[2] / "examples" / "cgnet_camvid.toml"


def test_the_example_says_what_cgnet_was_trained_on() -> None:
    declaration = read_declaration(EXAMPLE)
    assert declaration.weights is None
    assert (declaration.input.size, declaration.input.colour) == ((480, 360), "RGB")
    assert declaration.input.mean == (105.24152451, 102.88858979, 99.17933632)
    # Worked by hand: a white pixel less the mean, channel by channel.
    white = declaration.input.normalisation.table[:, 255]
    assert white == pytest.approx([149.75847549, 152.11141021, 155.82066368], rel=1e-6)


def test_the_example_in_the_docstring_is_a_declaration(tmp_path: Path) -> None:
    text = (onnx_declaration.__doc__ or "").partition("\n\n")[2].replace("\n    ", "\n")
    (tmp_path / "a.toml").write_text(text)
    assert read_declaration(tmp_path / "a.toml").weights == Path("cgnet_camvid.onnx")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"inputs": 'colour = "GBR"'}, "input.colour: Input should be 'RGB' or 'BGR', not 'GBR'"),
        ({"inputs": "size = [480]"}, r"input\.size.*not \[480\]"),
        ({"inputs": "size = [0, 360]"}, r"input\.size.*greater than or equal to 1, not 0"),
        ({"inputs": "mean = [1, 2]"}, r"input\.mean.*Field required"),
        ({"inputs": "mean = [1, 2, inf]"}, r"input\.mean\.2: .*finite.*, not inf"),
        ({"inputs": "std = [1, 0, 1]"}, r"input\.std\.1: .*greater than 0, not 0"),
        ({"inputs": "scale = 0"}, r"input\.scale: .*greater than 0, not 0"),
        ({"inputs": 'layout = "HWC"'}, r"input\.layout: .*'NCHW' or 'NHWC', not 'HWC'"),
        ({"inputs": 'interpolation = "lanczos"'}, r"input\.interpolation: .*not 'lanczos'"),
        ({"inputs": "men = [1, 2, 3]"}, r"input\.men: Extra inputs are not permitted"),
        ({"outputs": 'kind = "boxes"'}, r"output\.kind: .*'logits', 'class_map'.*, not 'boxes'"),
        ({"outputs": "classes = []"}, r"output\.classes: .*at least 1 item"),
        ({"outputs": "classes = [255]"}, r"output\.classes\.0: .*less than 255, not 255"),
        ({"top": "batch_size = 0"}, r"batch_size: .*greater than or equal to 1, not 0"),
        ({"top": "speed = 1"}, r"speed: Extra inputs are not permitted, not 1"),
        ({"top": "a = = 1"}, r"a\.toml' is not TOML: .*line 3"),
    ],
)
def test_mistakes(tmp_path: Path, lines: dict[str, str], message: str) -> None:
    path = write_declaration(tmp_path / "a.toml", **lines)
    with pytest.raises(ValueError, match=message) as caught:
        read_declaration(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\ntask = "depth"\n[input]\ncolour = "RGB"\n')
    with pytest.raises(
        ValueError, match=r"task: .*'segmentation' or 'pose', not 'depth'"
    ) as caught:
        read_declaration(tmp_path / "a.toml")
    assert "input.size: Field required" in str(caught.value)
    assert "output: Field required" in str(caught.value)
