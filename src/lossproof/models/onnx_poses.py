"""ONNX networks for poses: the ports that are used, and what their values mean."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Shaped

from lossproof.models.grouping import GroupingOptions, Maps, group
from lossproof.models.onnx_declaration import Declaration, Output
from lossproof.models.onnx_fit import channel_axis, check_rank, declared_output
from lossproof.models.onnx_graph import Graph, Port
from lossproof.models.onnx_runner import Outputs
from lossproof.models.skeleton import (
    COCO,
    OPENPOSE_LIMBS,
    OPENPOSE_PARTS,
    Skeleton,
    limbs_of,
)
from lossproof.predictions import Poses
from lossproof.records import FrameSize


def skeleton_of(output: Output) -> Skeleton:
    """What is declared, OpenPose's or COCO's by default. Raises ValueError where it misfits."""
    if output.kind == "heatmaps":
        return Skeleton(output.parts or COCO.parts)
    parts = output.parts or OPENPOSE_PARTS
    return Skeleton(parts, limbs_of(parts, output.limbs or OPENPOSE_LIMBS))


def pose_ports(declaration: Declaration, graph: Graph) -> tuple[Port, ...]:
    """The output for heat maps, and the one for fields where it is another.

    Raises ValueError when they are not as declared.
    """
    output = declaration.output
    if output.kind == "heatmaps":
        crop_size(declaration)
    ports = [declared_output("output.name", output.name, graph)]
    if output.fields is not None:
        ports.append(declared_output("output.fields", output.fields, graph))
    counts = _channels_needed(output)
    for port, needed in zip(ports, counts, strict=True):
        check_rank(port, "output", ranks=(4,))
        if not port.dtype.startswith(("float", "bfloat")):
            raise ValueError(f"output.kind is {output.kind}, but {port} holds whole numbers")
        found = None if port.shape is None else port.shape[channel_axis(declaration)]
        _check_channels(found, needed, str(port))
    return tuple(ports)


def crop_size(declaration: Declaration) -> FrameSize:
    """The size of a person cut out of a frame. Raises ValueError when none is declared."""
    size = declaration.input.size
    if size == "native":
        raise ValueError("input.size is native; [width, height] is allowed for heatmaps")
    return size


def answered_poses(
    outputs: Outputs,
    frame_size: FrameSize,
    *,
    declaration: Declaration,
    skeleton: Skeleton,
    options: GroupingOptions,
) -> Poses:
    """The people in the heat maps and fields of one picture. Raises ValueError for another kind."""
    output = declaration.output
    maps = heatmaps_of(outputs, declaration)
    if output.fields is not None:
        heatmaps, fields = maps
    else:
        first = len(skeleton.parts) + output.background
        heatmaps, fields = maps[0][:first], maps[0][first:]
    size = declaration.input.size
    size = frame_size if size == "native" else size
    return group(Maps(heatmaps, fields, size, size), skeleton, options, frame_size=frame_size)


def heatmaps_of(outputs: Outputs, declaration: Declaration) -> list[Float32[np.ndarray, "c h w"]]:
    """Each output of one picture, channels first. Raises ValueError where they are not enough."""
    maps = []
    for values, needed in zip(outputs, _channels_needed(declaration.output), strict=True):
        if values.ndim != 3:
            raise ValueError(f"maps of a picture are {values.shape}; three axes are allowed")
        moved = _channels_first(values, declaration)
        _check_channels(len(moved), needed, "the network's output")
        maps.append(moved)
    return maps


def _channels_first(
    values: Shaped[np.ndarray, "_ _ _"], declaration: Declaration
) -> Float32[np.ndarray, "_ _ _"]:
    moved = np.moveaxis(values, channel_axis(declaration) - 1, 0)
    return np.ascontiguousarray(moved, np.float32)


def _channels_needed(output: Output) -> Sequence[int]:
    """How many channels each output has at the least."""
    skeleton = skeleton_of(output)
    if output.kind == "heatmaps":
        return (len(skeleton.parts),)
    if output.fields is not None:
        return (len(skeleton.parts), skeleton.num_fields)
    return (len(skeleton.parts) + output.background + skeleton.num_fields,)


def _check_channels(found: int | None, needed: int, what: str) -> None:
    if found is not None and found < needed:
        raise ValueError(
            f"{what} has {found} channels, but the parts and limbs need {needed}; output.parts "
            "and output.limbs say which there are"
        )
