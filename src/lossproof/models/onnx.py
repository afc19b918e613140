"""Any network for segmentation or poses in ONNX, by a declaration (see onnx_declaration.py)."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from lossproof.models.model import Model, Wanted, named_with, refuse_settings
from lossproof.models.onnx_answer import answered_class_map
from lossproof.models.onnx_declaration import Declaration, read_declaration
from lossproof.models.onnx_fit import input_port, output_port
from lossproof.models.onnx_graph import Graph, Port, read_graph
from lossproof.models.onnx_in_boxes import OnnxInBoxes
from lossproof.models.onnx_model import OnnxModel
from lossproof.models.onnx_poses import answered_poses, pose_ports, skeleton_of
from lossproof.models.onnx_runner import Network, OnnxRunner, Outputs, Where
from lossproof.models.pose_settings import read_pose_settings
from lossproof.models.weights_hash import content_digests, weights_hash
from lossproof.records import ClassMap, FrameSize

# Changed when the same network and declaration would give other predictions.
_VERSIONS = {"segmentation": "onnx-1", "pose": "onnx-pose-1"}


def open_onnx(declaration: Path, weights: str | None, wanted: Wanted) -> Model:
    """The network that ``declaration`` describes; ``weights`` goes before the path in it.

    Raises ValueError when a file is missing or the two do not fit, and ImportError without the
    ``onnx`` extra.
    """
    _require_extra()
    declared = read_declaration(declaration)
    if declared.task != wanted.task:
        raise ValueError(
            f"{declaration} is for {declared.task}; a model for {wanted.task} is allowed"
        )
    _check_settings(declared, wanted)
    path = _weights_path(declaration, declared, weights)
    digests = content_digests([path], kind="weights")
    graph = read_graph(path)
    digests += content_digests(graph.files[1:], kind="weights")
    contents = dict(zip(graph.files, digests, strict=True))
    try:
        network = Network(
            path, contents, input_port(declared, graph), _ports(declared, graph, wanted)
        )
    except ValueError as error:
        raise ValueError(f"{declaration} and {path} do not fit: {error}") from error
    runner = OnnxRunner(
        declared.name,
        network,
        batch=declared.batch_size,
        where=Where(wanted.device, wanted.threads),
    )
    return _MODELS[declared.output.kind](declared, runner, wanted, _hash(declared, digests, wanted))


def _check_settings(declared: Declaration, wanted: Wanted) -> None:
    if declared.output.kind == "heatmaps_and_fields":
        read_pose_settings(wanted.settings)
    else:
        refuse_settings(declared.name, wanted.settings)


def _ports(declared: Declaration, graph: Graph, wanted: Wanted) -> tuple[Port, ...]:
    if declared.task == "pose":
        return pose_ports(declared, graph)
    return (output_port(declared, graph, num_classes=wanted.num_classes),)


def _hash(declared: Declaration, digests: Sequence[str], wanted: Wanted) -> str:
    settings = [dict(wanted.settings)] if wanted.settings else []
    return weights_hash(_VERSIONS[declared.task], declared.decisive(), digests, *settings)


def _segmenter(
    declared: Declaration, runner: OnnxRunner, wanted: Wanted, weights: str
) -> OnnxModel:
    def answer(outputs: Outputs, frame_size: FrameSize) -> ClassMap:
        return answered_class_map(outputs[0], declared, num_classes=wanted.num_classes)

    return OnnxModel(declared.name, runner, declared=declared.input, answer=answer, weights=weights)


def _bottom_up(
    declared: Declaration, runner: OnnxRunner, wanted: Wanted, weights: str
) -> OnnxModel:
    answer = partial(
        answered_poses,
        declaration=declared,
        skeleton=skeleton_of(declared.output),
        options=read_pose_settings(wanted.settings).grouping,
    )
    name = named_with(declared.name, wanted.settings)
    return OnnxModel(name, runner, declared=declared.input, answer=answer, weights=weights)


def _top_down(
    declared: Declaration, runner: OnnxRunner, wanted: Wanted, weights: str
) -> OnnxInBoxes:
    return OnnxInBoxes(runner, declaration=declared, weights=weights)


_MODELS: Mapping[str, Callable[[Declaration, OnnxRunner, Wanted, str], Model]] = {
    "logits": _segmenter,
    "class_map": _segmenter,
    "heatmaps_and_fields": _bottom_up,
    "heatmaps": _top_down,
}
"""What a network is as a model, by what it answers."""


def _require_extra() -> None:
    # By name, so that ONNX Runtime itself is imported when a prediction is asked for.
    if missing := [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]:
        raise ImportError(
            f'an ONNX network needs {" and ".join(missing)}: pip install "lossproof[onnx]"'
        )


def _weights_path(declaration: Path, declared: Declaration, weights: str | None) -> Path:
    if weights is not None:
        return Path(weights).expanduser()
    if declared.weights is None:
        raise ValueError(
            f"declaration {str(declaration)!r} names no weights; add a line weights = "
            f'"network.onnx", or give {declaration}:network.onnx'
        )
    return declaration.parent / declared.weights.expanduser()
