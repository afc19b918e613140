"""Whether a declaration and an ONNX network fit each other, asked before the network is loaded."""

from lossproof.models.onnx_declaration import Declaration, Layout
from lossproof.models.onnx_graph import Graph, Port

_DTYPES = ("float32", "float16", "uint8")


def input_port(declaration: Declaration, graph: Graph) -> Port:
    """The network's input for pictures. Raises ValueError when it is not as declared."""
    if len(graph.inputs) != 1:
        names = ", ".join(str(port) for port in graph.inputs)
        raise ValueError(f"the network has {len(graph.inputs)} inputs, {names}; one is allowed")
    (port,) = graph.inputs
    if port.dtype not in _DTYPES:
        raise ValueError(f"input {port} is of type {port.dtype}; {', '.join(_DTYPES)} are allowed")
    check_rank(port, "input", ranks=(4,))
    if port.shape is not None:
        _check_channels(port, declaration.input.layout)
        _check_size(port, declaration)
    table = declaration.input.normalisation.table
    if port.dtype == "uint8" and not (table == range(256)).all():
        raise ValueError(
            f"input {port} takes bytes, so scale 1, mean 0 and std 1 are allowed; "
            f"declared are {declaration.input.scale}, {declaration.input.mean} and "
            f"{declaration.input.std}"
        )
    return port


def output_port(declaration: Declaration, graph: Graph, *, num_classes: int) -> Port:
    """The network's output for class maps. Raises ValueError when it is not as declared."""
    output = declaration.output
    port = declared_output("output.name", output.name, graph)
    highest = max(output.classes or (0,))
    if num_classes and highest >= num_classes:
        raise ValueError(f"output.classes holds {highest}; 0 to {num_classes - 1} are allowed")
    if output.kind == "logits":
        check_rank(port, "output", ranks=(4,))
        axis = channel_axis(declaration)
        if port.shape is not None and port.shape[axis] is not None:
            check_num_channels(port.shape[axis] or 0, declaration, num_classes=num_classes)
    else:
        check_rank(port, "output", ranks=(3, 4))
    _check_kind(port, declaration)
    return port


def _check_kind(port: Port, declaration: Declaration) -> None:
    """Logits are fractions with an axis of classes; a class map is whole and has none."""
    kind, shape = declaration.output.kind, port.shape
    if kind == "logits" and not port.dtype.startswith(("float", "bfloat")):
        raise ValueError(f"output.kind is logits, but output {port} holds whole numbers")
    channels = None if shape is None or len(shape) < 4 else shape[channel_axis(declaration)]
    if kind == "class_map" and channels not in (None, 1):
        raise ValueError(
            f"output.kind is class_map, but output {port} has {channels} channels; logits is "
            "allowed for it"
        )


def check_num_channels(found: int, declaration: Declaration, *, num_classes: int) -> None:
    """Raises ValueError when the logits have another number of classes than is wanted; 0 is any."""
    classes = declaration.output.classes
    wanted = len(classes) if classes else num_classes
    if wanted and found != wanted:
        source = "output.classes lists" if classes else "the dataset has"
        raise ValueError(
            f"the network has logits for {found} classes, but {source} {wanted}; "
            "output.classes may give the dataset's class for each of the network's"
        )


def channel_axis(declaration: Declaration) -> int:
    """The axis of the output along which classes, parts or fields lie."""
    return _channel_axis(declaration.output.layout or declaration.input.layout)


def _channel_axis(layout: Layout) -> int:
    return layout.index("C")


def declared_output(key: str, name: str | None, graph: Graph) -> Port:
    """The output called ``name``, or the only one. Raises ValueError naming those there are."""
    known = {port.name: port for port in graph.outputs}
    if name is None and len(known) == 1:
        return graph.outputs[0]
    if name not in known:
        raise ValueError(f"{key} is {name!r}; {', '.join(map(repr, known))} are allowed")
    return known[name]


def check_rank(port: Port, kind: str, *, ranks: tuple[int, ...]) -> None:
    """Raises ValueError when the port is known to have another number of axes."""
    if port.shape is not None and len(port.shape) not in ranks:
        allowed = " or ".join(map(str, ranks))
        raise ValueError(f"{kind} {port} has {len(port.shape)} axes; {allowed} are allowed")


def _check_channels(port: Port, layout: Layout) -> None:
    assert port.shape is not None
    channels = port.shape[_channel_axis(layout)]
    if channels not in (None, 3):
        raise ValueError(f"input {port} has {channels} channels as {layout}; 3 are allowed")


def _check_size(port: Port, declaration: Declaration) -> None:
    assert port.shape is not None
    layout, size = declaration.input.layout, declaration.input.size
    width, height = port.shape[layout.index("W")], port.shape[layout.index("H")]
    declared = (None, None) if size == "native" else size
    if width not in (None, declared[0]) or height not in (None, declared[1]):
        raise ValueError(
            f"input.size is {size if size == 'native' else list(size)}, but the network takes "
            f"[{width or 'any'}, {height or 'any'}] (width, height)"
        )
