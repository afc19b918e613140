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
pixels (the setting ``side``), the flow's vectors with them, and the middle square is taken.

Weights are one safetensors file with ``spatial.*`` and ``motion.*``, or one for each stream, as
they are trained apart: what the streams were trained with may differ, and each file remembers it.
With one stream alone the model's name says so.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from lossproof.digests import file_digest
from lossproof.models.backbones import build_backbone
from lossproof.models.clip_inputs import (
    normalised_flow,
    square_flow,
    square_frames,
    stacks,
    without_mean,
)
from lossproof.models.flow import FlowMethod
from lossproof.models.flow_cache import FLOWS
from lossproof.models.fusion import fused_logits
from lossproof.models.model import Wanted
from lossproof.models.stream_files import STREAMS, Stream, stream_files, without_files
from lossproof.models.stream_settings import (
    PerStream,
    TwoStreamSettings,
    read_streams,
    together,
    usual,
)
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import check_metadata, fill, read_weights
from lossproof.predictions import StreamLogits
from lossproof.records import Clip, Frames

ARCH = "two_stream"
_VERSION = "two-stream-1"
# Bounds the memory of a clip's 25 frames in the first layers.
_IMAGES_AT_ONCE = 5


class TwoStream(nn.Module):
    """The networks of the streams that ``settings`` has, which are trained apart.

    ``spatial`` takes frames (B, 3, ``side``, ``side``), ``motion`` stacks (B, 2 ``stack``,
    ``side``, ``side``); None for a stream that there is not.
    """

    def __init__(self, num_classes: int, settings: PerStream) -> None:
        super().__init__()
        self.settings = settings
        for name in STREAMS:
            own = settings.get(name)
            setattr(self, name, own and _stream(name, num_classes, own))

    def stream(self, name: Stream) -> nn.Module | None:
        return cast(nn.Module | None, getattr(self, name))

    def forward(self, images: Float[Tensor, "b c h w"]) -> Float[Tensor, "b classes"]:
        """The logits of the one stream that there is, which is how streams are trained."""
        (name,) = self.settings
        network = self.stream(name)
        assert network is not None
        return cast(Tensor, network(images))


def _stream(name: Stream, num_classes: int, settings: TwoStreamSettings) -> nn.Module:
    channels = 3 if name == "spatial" else 2 * settings.stack
    return build_backbone(
        settings.backbone, num_classes=num_classes, channels=channels, width=settings.width
    )


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
    files = stream_files(weights, paths.get("motion"))
    streams = read_streams(told.settings, files)
    method = _flow_method(streams, paths.get("flow_weights"), wanted.device)
    alone = f"{ARCH} {next(iter(streams))} only"
    blueprint = Blueprint(
        arch=alone if len(streams) == 1 else ARCH,
        version=_VERSION,
        build=lambda _: build_two_stream(wanted.num_classes, streams, files=files),
        prepare=partial(prepared, streams=streams, method=method),
        run=_run,
        others=tuple(paths.values()),
        settings=together(streams),
        usual=usual(streams),
    )
    return open_torch(blueprint, weights, told)


def _flow_method(streams: PerStream, weights: Path | None, device: str) -> FlowMethod:
    name = list(streams.values())[-1].flow
    return FlowMethod(
        name,
        weights=weights,
        content=file_digest(weights) if weights else None,
        device=device if name.startswith("raft") else "cpu",
    )


def build_two_stream(
    num_classes: int,
    settings: PerStream,
    *,
    files: Mapping[Stream, Path] | None = None,
    seed: int = 0,
) -> TwoStream:
    """The network of the streams that ``settings`` has, with the weights in ``files``; untrained
    without files.

    Raises ValueError for weights that do not fit.
    """
    with seeded(seed):
        network = TwoStream(num_classes, settings)
    for name, path in (files or {}).items():
        stream = network.stream(name)
        if stream is not None:
            _fill(name, stream, path, num_classes)
    return network


def _fill(name: Stream, stream: nn.Module, path: Path, num_classes: int) -> None:
    stored = read_weights(path)
    check_metadata(path, stored.metadata, {"arch": ARCH, "num_classes": str(num_classes)})
    own = {key: value for key, value in stored.tensors.items() if key.startswith(f"{name}.")}
    fill(nn.ModuleDict({name: stream}), own, path=path)


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


def prepared(clip: Frames, *, streams: PerStream, method: FlowMethod) -> Prepared:
    """A clip as the networks take it. Raises ValueError for what is no clip."""
    check_clip(clip)
    frames = fields = None
    if spatial := streams.get("spatial"):
        frames = square_frames(clip, number=spatial.num_frames, side=spatial.side)
    if motion := streams.get("motion"):
        flow = FLOWS(clip, method=method)
        flow = without_mean(flow) if motion.subtract_mean else flow
        fields = normalised_flow(square_flow(flow, side=motion.side))
    return Prepared(frames, fields)


def check_clip(clip: Frames) -> None:
    """Raises ValueError for a picture, and for a clip without frames."""
    if clip.ndim != 4 or not len(clip):
        raise ValueError(
            f"{ARCH} is given an array of shape {clip.shape}; clips (time, height, width, 3) of 1 "
            "or more frames are allowed"
        )


def predict_actions(
    network: TwoStream, clips: Sequence[Clip], device: torch.device
) -> list[StreamLogits]:
    """The logits of the network's streams for each clip, flow by the method of its settings."""
    method = FlowMethod(list(network.settings.values())[-1].flow)
    given = [prepared(clip, streams=network.settings, method=method) for clip in clips]
    return _run(network, given, device)


def _run(network: TwoStream, clips: Sequence[Prepared], device: torch.device) -> list[StreamLogits]:
    # One by one: a clip is a batch of frames already.
    return [_answer(network, clip, device) for clip in clips]


def _answer(network: TwoStream, clip: Prepared, device: torch.device) -> StreamLogits:
    spatial = motion = fusion = None
    if clip.frames is not None:
        spatial = _logits(network.stream("spatial"), torch.from_numpy(clip.frames).to(device))
    if clip.fields is not None:
        settings = network.settings["motion"]
        fields = torch.from_numpy(clip.fields).to(device)
        motion = _logits(network.stream("motion"), stacked(fields, settings))
        if spatial is not None:
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
