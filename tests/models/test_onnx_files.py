"""Weights that an ONNX network keeps in other files, named anywhere in its depths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lossproof.models import open_model
from lossproof.models.onnx_graph import read_graph
from lossproof.records import Frame

from .networks import WEIGHTS, write_declaration, write_network
from .test_onnx import expected


def outside(values: np.ndarray, place: str) -> onnx.TensorProto:
    """A tensor called ``kernel`` that says its values are in the file ``place``."""
    tensor = numpy_helper.from_array(values, "kernel")
    onnx.external_data_helper.set_external_data(tensor, place)
    tensor.ClearField("raw_data")
    return tensor


def value(name: str, shape: list[object] | None = None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape or ["b", 3, "h", "w"])


def branches(kernel: onnx.TensorProto) -> tuple[list[onnx.NodeProto], list[onnx.FunctionProto]]:
    convolved = helper.make_node("Conv", ["image", "kernel"], ["a"])
    then = helper.make_graph([convolved], "then", [], [value("a")], [kernel])
    same = helper.make_node("Identity", ["image"], ["a"])
    other = helper.make_graph([same], "other", [], [value("a")])
    true = helper.make_node("Constant", [], ["true"], value=helper.make_tensor("t", 9, [], [True]))
    chosen = helper.make_node("If", ["true"], ["logits"], then_branch=then, else_branch=other)
    return [true, chosen], []


def constant(kernel: onnx.TensorProto) -> tuple[list[onnx.NodeProto], list[onnx.FunctionProto]]:
    given = helper.make_node("Constant", [], ["kernel"], value=kernel)
    return [given, helper.make_node("Conv", ["image", "kernel"], ["logits"])], []


def function(kernel: onnx.TensorProto) -> tuple[list[onnx.NodeProto], list[onnx.FunctionProto]]:
    nodes, _ = constant(kernel)
    made = helper.make_function(
        "own", "Mine", ["image"], ["logits"], nodes, [helper.make_opsetid("", 17)]
    )
    return [helper.make_node("Mine", ["image"], ["logits"], domain="own")], [made]


def write_hidden(folder: Path, place: str, kind: Callable[..., Any], weights: np.ndarray) -> str:
    """A network whose weights are in ``place``, named in its depths; what opens it."""
    nodes, functions = kind(outside(weights[:, :, None, None], place))
    graph = helper.make_graph(nodes, "hidden", [value("image")], [value("logits")])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    model = helper.make_model(graph, opset_imports=opsets, functions=functions, ir_version=8)
    (folder / "hidden.onnx").write_bytes(model.SerializeToString())
    return f"{write_declaration(folder / 'hidden.toml')}:{folder / 'hidden.onnx'}"


@pytest.mark.parametrize("kind", [branches, constant, function])
def test_weights_kept_elsewhere_by_the_depths_of_a_network_count(
    tmp_path: Path, frames: list[Frame], kind: Callable[..., Any]
) -> None:
    hashes = []
    for weights in (WEIGHTS, WEIGHTS[::-1].copy()):
        (tmp_path / "own.bin").write_bytes(weights.tobytes())
        spec = write_hidden(tmp_path, "own.bin", kind, weights)
        model = open_model(spec, task="segmentation", num_classes=3, threads=1)
        np.testing.assert_array_equal(model.predict(frames[:1])[0], expected(frames[0], weights))
        hashes.append(model.weights)
    assert hashes[0] != hashes[1]
    for place in ("../own.bin", str(tmp_path / "own.bin")):
        spec = write_hidden(tmp_path, place, kind, WEIGHTS)
        with pytest.raises(ValueError, match=r"are in part in .*; files beside it are allowed"):
            open_model(spec, task="segmentation", num_classes=3)


@pytest.mark.parametrize("attribute", ["sparse_value", "values", "graphs"])
def test_tensors_are_found_wherever_a_network_may_have_them(tmp_path: Path, attribute: str) -> None:
    kernel = outside(WEIGHTS, "own.bin")
    found: Any = [kernel]
    if attribute == "sparse_value":
        found = onnx.SparseTensorProto(values=kernel, dims=[9])
    elif attribute == "graphs":
        found = [helper.make_graph([], "body", [], [], [kernel])]
    node = helper.make_node("Any", ["image"], ["logits"], domain="own", **{attribute: found})
    graph = helper.make_graph([node], "any", [value("image")], [value("logits")])
    (tmp_path / "any.onnx").write_bytes(helper.make_model(graph).SerializeToString())
    files = read_graph(tmp_path / "any.onnx").files
    assert files == (tmp_path / "any.onnx", tmp_path / "own.bin")
    assert read_graph(write_network(tmp_path / "tiny.onnx")).files == (tmp_path / "tiny.onnx",)


def test_weights_in_another_file_that_change_before_they_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "own.bin").write_bytes(WEIGHTS.tobytes())
    spec = write_hidden(tmp_path, "own.bin", constant, WEIGHTS)
    model = open_model(spec, task="segmentation", num_classes=3, threads=1)
    (tmp_path / "own.bin").write_bytes((2 * WEIGHTS).tobytes())
    with pytest.raises(ValueError, match=r"own\.bin' were changed after they were opened"):
        model.predict([np.zeros((4, 4, 3), np.uint8)])
