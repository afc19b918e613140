"""Tiny ONNX networks and their declarations, and a user's file, made for the tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Axis = int | str

# Three classes from three channels: red, green, or neither.
WEIGHTS = np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, 0.0], [0.25, 0.25, 0.5]], np.float32)


def save(path: Path, graph: onnx.GraphProto, *, complete: bool = True) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if complete:
        onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def write_network(
    path: Path,
    *,
    shape: Sequence[Axis] = ("batch", 3, "h", "w"),
    weights: np.ndarray = WEIGHTS,
    dtype: int = TensorProto.FLOAT,
    state_output: bool = True,
) -> Path:
    """A 1x1 convolution; NHWC when the last axis of ``shape`` is 3 (then logits are NHWC too)."""
    nhwc = shape[3] == 3
    kernel = weights[:, :, None, None].astype(np.float16 if dtype == TensorProto.FLOAT16 else "f4")
    perm = {"there": [0, 3, 1, 2], "back": [0, 2, 3, 1]}
    nodes = [helper.make_node("Conv", ["planes", "kernel"], ["logit_planes"])]
    if dtype == TensorProto.UINT8:
        nodes.insert(0, helper.make_node("Cast", ["image"], ["planes"], to=TensorProto.FLOAT))
    elif nhwc:
        nodes.insert(0, helper.make_node("Transpose", ["image"], ["planes"], perm=perm["there"]))
    else:
        nodes.insert(0, helper.make_node("Identity", ["image"], ["planes"]))
    back = ("Transpose", {"perm": perm["back"]}) if nhwc else ("Identity", {})
    nodes.append(helper.make_node(back[0], ["logit_planes"], ["logits"], **back[1]))
    out: list[Any] = [shape[0], len(weights), *shape[2:]]
    out = [shape[0], *shape[1:3], len(weights)] if nhwc else out
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", dtype, shape)],
        [
            helper.make_tensor_value_info(
                "logits",
                TensorProto.FLOAT16 if dtype == TensorProto.FLOAT16 else TensorProto.FLOAT,
                out if state_output else None,
            )
        ],
        [numpy_helper.from_array(kernel, "kernel")],
    )
    return save(path, graph, complete=state_output)


def write_class_map_network(path: Path, *, cast_to: int, keepdims: int = 0) -> Path:
    """The argmax of the channels themselves, as the given type."""
    axes: list[Axis] = ["batch", 1, "h", "w"] if keepdims else ["batch", "h", "w"]
    graph = helper.make_graph(
        [
            helper.make_node("ArgMax", ["image"], ["index"], axis=1, keepdims=keepdims),
            helper.make_node("Cast", ["index"], ["classes"], to=cast_to),
        ],
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, "h", "w"])],
        [helper.make_tensor_value_info("classes", cast_to, axes)],
    )
    return save(path, graph)


def write_declaration(path: Path, *, top: str = "", inputs: str = "", outputs: str = "") -> Path:
    """A native RGB declaration of logits, with lines added to each part."""
    size = "" if "size" in inputs else 'size = "native"\n'
    colour = "" if "colour" in inputs else 'colour = "RGB"\n'
    kind = "" if "kind" in outputs else 'kind = "logits"\n'
    path.write_text(
        f'name = "tiny"\ntask = "segmentation"\n{top}\n'
        f"[input]\n{size}{colour}{inputs}\n[output]\n{kind}{outputs}\n"
    )
    return path


USER_FILE = """
import numpy as np

class Brightest:
    version = "1"

    def predict(self, frames):
        return [frame.argmax(axis=2) for frame in frames]

def load():
    return Brightest()
"""


def write_user_file(path: Path, text: str = USER_FILE) -> Path:
    path.write_text(text)
    return path
