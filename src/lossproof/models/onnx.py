"""Any segmentation network in ONNX, by a small declaration (see onnx_declaration.py)."""

from importlib.util import find_spec
from pathlib import Path

from lossproof.models.model import Wanted, refuse_settings
from lossproof.models.onnx_declaration import Declaration, read_declaration
from lossproof.models.onnx_fit import input_port, output_port
from lossproof.models.onnx_graph import read_graph
from lossproof.models.onnx_segmenter import Network, OnnxSegmenter
from lossproof.models.weights_hash import content_digests, weights_hash

# Changed when the same network and declaration would give other predictions.
_VERSION = "onnx-1"


def open_onnx(declaration: Path, weights: str | None, wanted: Wanted) -> OnnxSegmenter:
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
    refuse_settings(declared.name, wanted.settings)
    path = _weights_path(declaration, declared, weights)
    content_digests([path], kind="weights")
    graph = read_graph(path)
    classes = wanted.num_classes
    try:
        source = input_port(declared, graph)
        network = Network(path, source, output_port(declared, graph, num_classes=classes), classes)
    except ValueError as error:
        raise ValueError(f"{declaration} and {path} do not fit: {error}") from error
    digests = content_digests(graph.files, kind="weights")
    return OnnxSegmenter(
        declared,
        network,
        weights=weights_hash(_VERSION, declared.decisive(), digests),
        device=wanted.device,
        threads=wanted.threads,
    )


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
