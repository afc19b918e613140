"""What an ONNX file says about its network, read without loading the network."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Port:
    """An input or output: its name, numpy type name, and shape with None where it is free.

    The shape is None when the file does not state it.
    """

    name: str
    dtype: str
    shape: Shape | None

    def __str__(self) -> str:
        sizes = "?" if self.shape is None else "x".join(str(size or "?") for size in self.shape)
        return f"{self.name!r} ({self.dtype}, {sizes})"


@dataclass(frozen=True)
class Graph:
    """The ports of a network, and all files that hold its weights, its own first."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    files: tuple[Path, ...]


def read_graph(path: Path) -> Graph:
    """The graph of ``path``. Raises ValueError when it is not an ONNX network."""
    import onnx

    try:
        model = onnx.load(path, load_external_data=False)
    except Exception as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ValueError(f"weights {str(path)!r} are not an ONNX network: {reason}") from error
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    inputs = tuple(_port(value) for value in graph.input if value.name not in constants)
    outputs = tuple(_port(value) for value in graph.output)
    if not inputs or not outputs:
        raise ValueError(f"weights {str(path)!r} are not an ONNX network: no input or no output")
    return Graph(inputs, outputs, (path, *_external_files(path, model)))


def _port(value: Any) -> Port:
    import onnx

    tensor = value.type.tensor_type
    if not tensor.elem_type:
        return Port(value.name, "no tensor", None)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
    if not tensor.HasField("shape"):
        return Port(value.name, dtype, None)
    return Port(value.name, dtype, tuple(axis.dim_value or None for axis in tensor.shape.dim))


def _external_files(path: Path, model: Any) -> list[Path]:
    """Files beside ``path`` that hold tensors too large for it. Raises ValueError for others."""
    places = {
        Path(entry.value)
        for tensor in _tensors(model)
        if tensor.data_location == tensor.EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    for place in places:
        if place.is_absolute() or ".." in place.parts:
            raise ValueError(
                f"weights {str(path)!r} are in part in {str(place)!r}; files beside it are allowed"
            )
    return sorted(path.parent / place for place in places)


def _tensors(message: Any) -> Iterator[Any]:
    """All tensors anywhere in a message: of branches, bodies, functions and nodes as well."""
    import onnx

    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for one in [value] if hasattr(value, "ListFields") else value:
            if isinstance(one, onnx.TensorProto):
                yield one
            else:
                yield from _tensors(one)
