"""Two streams for action recognition (Simonyan and Zisserman, NeurIPS 2014).

The spatial stream sees single frames, the motion stream stacks of optical flow; each answers with
its logits averaged over evenly spaced frames or stacks of the clip, and their softmax scores are
averaged in the end. Of the paper's protocol for tests this keeps the 25 frames, and takes the
middle of each instead of ten crops.

The paper's own network, CNN-M-2048, is not among torchvision's; ``vgg16`` is its nearest kin there
and the one that the comparisons after the paper settled on (Wang et al., 2015; Feichtenhofer et
al., CVPR 2016), so it is the default.

Flow is computed from the clip as it is received, at its own size: what compression does to motion
is done before anything is scaled. Flow and frames are then scaled so that the shorter side has 224
pixels, the flow's vectors with them, and the middle square is taken.

Weights are one safetensors file with ``spatial.*`` and ``motion.*``, or one for each stream, as
they are trained apart. With one stream alone the model's name says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, cast, final

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from lossproof.digests import file_digest
from lossproof.models.backbones import Backbone, build_backbone
from lossproof.models.clip_inputs import (
    normalised_flow,
    square_flow,
    square_frames,
    stacks,
    without_mean,
)
from lossproof.models.flow import FlowMethod, FlowName
from lossproof.models.flow_cache import FLOWS
from lossproof.models.fusion import fused_logits
from lossproof.models.model import Wanted
from lossproof.models.stream_files import (
    FILE_SETTINGS,
    STREAMS,
    Stream,
    stream_files,
    without_files,
)
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import check_metadata, fill, read_weights
from lossproof.predictions import StreamLogits
from lossproof.records import Frames
from lossproof.settings import Within, check_settings, read_settings
from lossproof.settings import settings as all_settings

ARCH = "two_stream"
SIDE = 224
_VERSION = "two-stream-1"
# Bounds the memory of a clip's 25 frames in the first layers.
_IMAGES_AT_ONCE = 5

FlowOrder = Literal["xyxy", "xxyy"]


@final
@dataclass(frozen=True)
class TwoStreamSettings:
    """``num_frames`` frames and stacks of a clip are looked at, ``stack`` fields of flow in each.

    The channels of a stack are x1, y1, x2, y2, ... as in the paper (``xyxy``), or all x before all
    y (``xxyy``): weights are trained for one. ``subtract_mean`` takes each field's mean vector away
    before all else, as the paper does and most code after it does not. ``fusion_weight`` is the
    motion stream's share of the fused scores; the paper averages.
    """

    name: ClassVar[str] = ARCH

    backbone: Backbone = "vgg16"
    num_frames: Annotated[int, Within(1, 1000)] = 25
    stack: Annotated[int, Within(1, 100)] = 10
    flow: FlowName = "dis"
    flow_order: FlowOrder = "xyxy"
    subtract_mean: bool = False
    fusion_weight: Annotated[float, Within(0.0, 1.0)] = 0.5

    def __post_init__(self) -> None:
        check_settings(self)


class TwoStream(nn.Module):
    """The networks of the streams, which are trained apart; None for one that is not wanted.

    ``spatial`` takes frames (B, 3, 224, 224), ``motion`` stacks (B, 2 ``stack``, 224, 224).
    """

    def __init__(
        self, num_classes: int, settings: TwoStreamSettings, *, streams: Sequence[Stream] = STREAMS
    ) -> None:
        super().__init__()
        channels = {"spatial": 3, "motion": 2 * settings.stack}
        build = partial(build_backbone, settings.backbone, num_classes=num_classes)
        for name in STREAMS:
            setattr(self, name, build(channels=channels[name]) if name in streams else None)

    def stream(self, name: Stream) -> nn.Module | None:
        return cast(nn.Module | None, getattr(self, name))


class Prepared(NamedTuple):
    """A clip as the networks take it; None for a stream that is not wanted.

    ``fields`` are flow, normalised, of which the stacks are made; one at least.
    """

    frames: Float32[np.ndarray, "frames 3 side side"] | None
    fields: Float32[np.ndarray, "fields 2 side side"] | None


def open_two_stream(weights: Path | None, wanted: Wanted) -> TorchModel:
    """Both streams or one, from ``weights`` and the setting ``motion``; untrained without either.

    Raises ValueError for settings or files that misfit.
    """
    paths, told = without_files(wanted)
    settings = TwoStreamSettings(**cast(Any, _read(told)))
    files = stream_files(weights, paths.get("motion"))
    streams = tuple(files) or STREAMS
    flow_weights = paths.get("flow_weights")
    method = FlowMethod(
        settings.flow,
        weights=flow_weights,
        content=file_digest(flow_weights) if flow_weights else None,
        device=wanted.device if settings.flow.startswith("raft") else "cpu",
    )
    blueprint = Blueprint(
        arch=ARCH if streams == STREAMS else f"{ARCH} {streams[0]} only",
        version=_VERSION,
        build=lambda _: build_two_stream(wanted.num_classes, settings, files=files),
        prepare=partial(_prepared, settings=settings, streams=streams, method=method),
        run=partial(_run, settings=settings),
        others=tuple(paths.values()),
        settings=all_settings(settings),
        usual=all_settings(TwoStreamSettings()),
    )
    return open_torch(blueprint, weights, told)


def _read(wanted: Wanted) -> Mapping[str, Any]:
    try:
        return read_settings(TwoStreamSettings, wanted.settings)
    except ValueError as error:
        more = f", {', '.join(FILE_SETTINGS)} (files)" if "no setting" in str(error) else ""
        raise ValueError(f"{error}{more}") from None


def build_two_stream(
    num_classes: int,
    settings: TwoStreamSettings,
    *,
    files: Mapping[Stream, Path] | None = None,
    seed: int = 0,
) -> TwoStream:
    """The network with the streams that ``files`` has weights of; both, untrained, without files.

    Raises ValueError for weights that do not fit.
    """
    with seeded(seed):
        network = TwoStream(num_classes, settings, streams=tuple(files or STREAMS))
    for name, path in (files or {}).items():
        stored = read_weights(path)
        check_metadata(path, stored.metadata, {"arch": ARCH, "num_classes": str(num_classes)})
        own = {key: value for key, value in stored.tensors.items() if key.startswith(f"{name}.")}
        stream = network.stream(name)
        assert stream is not None
        fill(nn.ModuleDict({name: stream}), own, path=path)
    return network


def stacked(
    fields: Float[Tensor, "fields 2 h w"], settings: TwoStreamSettings
) -> Float[Tensor, "stacks channels h w"]:
    """The evenly spaced stacks of a clip's flow, ``num_frames`` at most, in the order wanted.

    Of fewer fields than one stack has, the last is repeated.
    """
    places = stacks(len(fields), number=settings.num_frames, length=settings.stack)
    chosen = fields[torch.tensor(places, device=fields.device)]
    if settings.flow_order == "xxyy":
        chosen = chosen.transpose(1, 2)
    return chosen.flatten(1, 2)


def _prepared(
    clip: Frames, *, settings: TwoStreamSettings, streams: Sequence[Stream], method: FlowMethod
) -> Prepared:
    if clip.ndim != 4 or not len(clip):
        raise ValueError(
            f"{ARCH} is given an array of shape {clip.shape}; clips (time, height, width, 3) of 1 "
            "or more frames are allowed"
        )
    frames = fields = None
    if "spatial" in streams:
        frames = square_frames(clip, number=settings.num_frames, side=SIDE)
    if "motion" in streams:
        flow = FLOWS(clip, method=method)
        flow = without_mean(flow) if settings.subtract_mean else flow
        fields = normalised_flow(square_flow(flow, side=SIDE))
    return Prepared(frames, fields)


def _run(
    network: TwoStream,
    clips: Sequence[Prepared],
    device: torch.device,
    *,
    settings: TwoStreamSettings,
) -> list[StreamLogits]:
    # One by one: a clip is a batch of frames already.
    return [_answer(network, clip, device, settings) for clip in clips]


def _answer(
    network: TwoStream, clip: Prepared, device: torch.device, settings: TwoStreamSettings
) -> StreamLogits:
    spatial = motion = fusion = None
    if clip.frames is not None:
        spatial = _logits(network.stream("spatial"), torch.from_numpy(clip.frames).to(device))
    if clip.fields is not None:
        fields = torch.from_numpy(clip.fields).to(device)
        motion = _logits(network.stream("motion"), stacked(fields, settings))
    if spatial is not None and motion is not None:
        fusion = fused_logits(spatial, motion, weight=settings.fusion_weight)
    return StreamLogits(spatial=spatial, motion=motion, fusion=fusion)


def _logits(
    network: nn.Module | None, images: Float[Tensor, "b c h w"]
) -> Float32[np.ndarray, " classes"]:
    """The mean of the logits of all images. Raises ValueError where they hold NaN."""
    assert network is not None
    mean = torch.cat([network(part) for part in torch.split(images, _IMAGES_AT_ONCE)]).mean(dim=0)
    if mean.isnan().any():
        raise ValueError("the network's logits hold NaN; numbers are allowed")
    logits: Float32[np.ndarray, " classes"] = mean.cpu().numpy()
    return logits
