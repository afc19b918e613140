"""What may be set of a two-stream network, and what each stream's weights file remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, final

from lossproof.models.backbones import Backbone, check_backbone
from lossproof.models.flow import FlowName
from lossproof.models.own_settings import own_settings
from lossproof.models.stream_files import FILE_SETTINGS, STREAMS, Stream
from lossproof.records import Setting
from lossproof.settings import Within, check_settings, settings, spelled

FlowOrder = Literal["xyxy", "xxyy"]
_OF_MOTION = ("stack", "flow", "flow_order", "subtract_mean")


@final
@dataclass(frozen=True)
class TwoStreamSettings:
    """``num_frames`` frames and stacks of a clip are looked at, ``stack`` fields of flow in each.

    ``stream`` is which of the two there is. ``width`` is that of the backbone ``small``, ``side``
    the size of the squares that the network sees. The channels of a stack are x1, y1, x2, y2, ...
    as in the paper (``xyxy``), or all x before all y (``xxyy``): weights are trained for one.
    ``subtract_mean`` takes each field's mean vector away before all else, as the paper does and
    most code after it does not. ``fusion_weight`` is the motion stream's share of the fused scores;
    the paper averages.
    """

    name: ClassVar[str] = "two_stream"

    stream: Literal["both", "spatial", "motion"] = "both"
    backbone: Backbone = "vgg16"
    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    side: Annotated[int, Within(32, 1024)] = 224
    num_frames: Annotated[int, Within(1, 1000)] = 25
    stack: Annotated[int, Within(1, 100)] = 10
    flow: FlowName = "dis"
    flow_order: FlowOrder = "xyxy"
    subtract_mean: bool = False
    fusion_weight: Annotated[float, Within(0.0, 1.0)] = 0.5

    def __post_init__(self) -> None:
        check_settings(self)
        check_backbone(self.backbone, width=self.width)


PerStream = Mapping[Stream, TwoStreamSettings]
"""The settings of each stream that there is: streams are trained apart, and may differ."""


def of_streams(chosen: TwoStreamSettings, streams: Sequence[Stream] = STREAMS) -> PerStream:
    """The same for every stream that is wanted."""
    return {name: chosen for name in streams if chosen.stream in ("both", name)}


def read_streams(given: Mapping[str, str], files: Mapping[Stream, Path]) -> PerStream:
    """Those given as text, else those that each stream's file remembers, else the usual ones.

    Raises ValueError for settings that are not allowed or not the files', and for a stream that no
    file has.
    """
    try:
        if not files:
            return of_streams(own_settings(TwoStreamSettings, given, None))
        read = {name: own_settings(TwoStreamSettings, given, path) for name, path in files.items()}
    except ValueError as error:
        more = f", {', '.join(FILE_SETTINGS)} (files)" if "no setting" in str(error) else ""
        raise ValueError(f"{error}{more}") from None
    wanted = {name: one for name, one in read.items() if one.stream in ("both", name)}
    if not wanted:
        path, one = next(iter(zip(files.values(), read.values(), strict=True)))
        raise ValueError(
            f"weights {str(path)!r} have no tensors {one.stream}.*; stream={next(iter(files))} is "
            "allowed"
        )
    return wanted


def together(streams: PerStream) -> dict[str, Setting]:
    """The settings of all streams as one: values that differ stand as ``spatial+motion``."""
    first, *_, last_stream = [*streams.values(), *streams.values()]
    one, last = settings(first), settings(last_stream)
    merged: dict[str, Setting] = {
        key: value if value == last[key] else f"{spelled(value)}+{spelled(last[key])}"
        for key, value in one.items()
    }
    there = next(iter(streams)) if len(streams) == 1 else "both"
    return {**merged, **{key: last[key] for key in _OF_MOTION}, "stream": there}


def usual(streams: PerStream) -> dict[str, Setting]:
    """The usual settings of such streams; which they are is told elsewhere."""
    return {**settings(TwoStreamSettings()), "stream": together(streams)["stream"]}
