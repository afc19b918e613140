"""Motion JPEG: each frame a JPEG of its own."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal, final

import numpy as np

from lossproof.codecs.codec import check_level
from lossproof.codecs.frames import as_clip, check_frames, decode_frames
from lossproof.codecs.jpeg import END_OF_IMAGE, MAX_SIDE, Jpeg
from lossproof.codecs.stream_header import read_stream_header, with_stream_header
from lossproof.records import Frames, Level, MediaKind
from lossproof.settings import check_settings

KIND = b"MJPG"
START_OF_IMAGE = b"\xff\xd8"
START_OF_SCAN = 0xDA


@final
@dataclass(frozen=True)
class Mjpeg:
    """Motion JPEG at a quality from 1 to 100: every frame as ``jpeg`` codes it.

    The bytes are a header of 16 bytes and the JPEG files of the frames, one after another. Raises
    ValueError for a level or setting that is not allowed.
    """

    name: ClassVar[str] = "mjpeg"
    ladder: ClassVar[tuple[Level, ...]] = (95, 75, 50, 15, 10, 5)
    level_range: ClassVar[tuple[float, float] | None] = (1, 100)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "quality"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")

    level: int
    _: KW_ONLY
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"
    optimize: bool = False

    def __post_init__(self) -> None:
        check_level(Mjpeg, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and files. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        clip = as_clip(check_frames(self.name, frames, MAX_SIDE))
        jpeg = self._jpeg()
        return with_stream_header(KIND, frames.shape, b"".join(map(jpeg.encode, clip)))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_frames(self.name, self._decode, data)

    def encoder(self) -> str:
        """That of ``jpeg``."""
        return self._jpeg().encoder()

    def _jpeg(self) -> Jpeg:
        return Jpeg(self.level, subsampling=self.subsampling, optimize=self.optimize)

    def _decode(self, data: bytes) -> Frames:
        told = read_stream_header(KIND, data)
        files = list(split_files(told.stream))
        frames = np.empty(told.shape, np.uint8)
        clip = as_clip(frames)
        if len(files) != len(clip):
            raise ValueError(f"they hold {len(files)} frames; their header tells {len(clip)}")
        jpeg = self._jpeg()
        for frame, file in zip(clip, files, strict=True):
            decoded = jpeg.decode(file)
            if decoded.shape != frame.shape:
                raise ValueError(f"they hold a frame of {decoded.shape}; {frame.shape} is allowed")
            frame[:] = decoded
        return frames


def split_files(stream: bytes) -> Iterator[bytes]:
    """JPEG files that lie end to end. Raises ValueError where one does not begin or end."""
    begin = 0
    while begin < len(stream):
        if stream[begin : begin + 2] != START_OF_IMAGE:
            raise ValueError("a JPEG file is missing where one should begin")
        found = stream.find(END_OF_IMAGE, _scan(stream, begin + 2))
        if found < 0:
            raise ValueError("a JPEG file in them has no end")
        yield stream[begin : found + 2]
        begin = found + 2


def _scan(stream: bytes, at: int) -> int:
    """Where the coded data begin: before, in the tables, an end marker may occur by chance."""
    while at + 4 <= len(stream) and stream[at + 1] != START_OF_SCAN:
        at += 2 + int.from_bytes(stream[at + 2 : at + 4])
    return at
