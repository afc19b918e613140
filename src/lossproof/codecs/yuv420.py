"""Colour conversion and chroma subsampling alone: what 4:2:0 costs before any codec begins."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal, final

import numpy as np

from lossproof.codecs.codec import check_level
from lossproof.codecs.frames import as_clip, check_frames, decode_frames
from lossproof.codecs.header import Body, Kinds, check_length, read_header, with_header
from lossproof.codecs.ycbcr import Conversion, Planes, to_frame, to_planes
from lossproof.records import Frames, Level, MediaKind
from lossproof.settings import check_settings

KINDS = Kinds(picture=b"Y420", clip=b"Y42T")


@final
@dataclass(frozen=True)
class Yuv420:
    """8-bit 4:2:0 planes without a codec, by default BT.601 full range as in JPEG.

    The bytes are a short header for the size and the planes Y, U, V, frame after frame. It has no
    levels. Raises ValueError for a setting that is not allowed.
    """

    name: ClassVar[str] = "yuv420"
    ladder: ClassVar[tuple[Level, ...]] = (None,)
    level_range: ClassVar[tuple[float, float] | None] = None
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "level"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: None = None
    _: KW_ONLY
    matrix: Literal["bt601", "bt709"] = "bt601"
    range: Literal["full", "limited"] = "full"

    def __post_init__(self) -> None:
        check_level(Yuv420, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and planes. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        check_frames(self.name, frames)
        conversion = self._conversion()
        planes = (plane for frame in as_clip(frames) for plane in to_planes(frame, conversion))
        body = b"".join(plane.tobytes() for plane in planes)
        return with_header(KINDS, frames.shape, body)

    def decode(self, data: bytes) -> Frames:
        """The frames, chroma up-sampled. Raises ValueError for bytes not made by ``encode``."""
        return decode_frames(self.name, self._decode, data)

    def encoder(self) -> str:
        """The version of this arithmetic."""
        return "lossproof yuv420 1"

    def _conversion(self) -> Conversion:
        return Conversion(self.matrix, self.range)

    def _decode(self, data: bytes) -> Frames:
        body = read_header(KINDS, data)
        planes = _split(body)
        frames = np.empty(body.shape, np.uint8)
        for frame in as_clip(frames):
            frame[:] = to_frame(next(planes), self._conversion())
        return frames


def _split(body: Body) -> Iterator[Planes]:
    height, width = body.frame_shape
    half = ((height + 1) // 2, (width + 1) // 2)
    num_luma, num_chroma = height * width, half[0] * half[1]
    check_length(body, num_luma + 2 * num_chroma)
    for samples in np.frombuffer(body.data, np.uint8).reshape(body.num_frames, -1):
        y, u, v = np.split(samples, (num_luma, num_luma + num_chroma))
        yield Planes(y.reshape(height, width), u.reshape(half), v.reshape(half))
