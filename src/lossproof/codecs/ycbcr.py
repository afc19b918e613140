"""RGB to YCbCr and back with 4:2:0 chroma, in whole numbers so that every machine agrees.

Definitions: ITU-R BT.601 and BT.709 for the matrices and the limited range, JFIF (ITU-T T.871) for
the full range and for chroma samples in the middle of their four pixels. Up-sampling is the
triangle filter that libjpeg calls fancy: each axis weighs the near sample 3/4, the far one 1/4.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Int32, UInt8

from lossproof.records import Frame

Matrix = Literal["bt601", "bt709"]
Range = Literal["full", "limited"]
Plane = UInt8[np.ndarray, "_h _w"]
Wide = Int32[np.ndarray, "_h _w"]

KR_KB: dict[Matrix, tuple[float, float]] = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}
BITS = 16
ONE = 1 << BITS
# Rows that are done together, an even number: few enough to stay in a processor's cache.
BAND = 128


class Planes(NamedTuple):
    """Luma (H, W) and the two chroma planes (ceil(H/2), ceil(W/2)), 8 bits each."""

    y: Plane
    u: Plane
    v: Plane


@dataclass(frozen=True)
class Conversion:
    """A matrix and a range; the weights are fractions of ``ONE``."""

    matrix: Matrix
    range: Range

    def __post_init__(self) -> None:
        if self.matrix not in KR_KB:
            raise ValueError(f"matrix is {self.matrix!r}; {', '.join(KR_KB)} are allowed")
        if self.range not in ("full", "limited"):
            raise ValueError(f"range is {self.range!r}; full, limited are allowed")

    @property
    def luma_offset(self) -> int:
        return 0 if self.range == "full" else 16

    @property
    def luma_gain(self) -> float:
        return 1.0 if self.range == "full" else 219 / 255

    @property
    def chroma_gain(self) -> float:
        return 1.0 if self.range == "full" else 224 / 255

    def forward(self) -> tuple[tuple[int, int, int], ...]:
        """Rows Y, U, V of weights for R, G, B. The green one makes each row sum up exactly."""
        kr, kb = KR_KB[self.matrix]
        luma, chroma = self.luma_gain, self.chroma_gain
        u, v = 0.5 * chroma / (1 - kb), 0.5 * chroma / (1 - kr)
        return (
            _row(red=luma * kr, blue=luma * kb, total=luma),
            _row(red=-u * kr, blue=0.5 * chroma, total=0.0),
            _row(red=0.5 * chroma, blue=-v * kb, total=0.0),
        )


def _fixed(value: float) -> int:
    return round(value * ONE)


def _row(*, red: float, blue: float, total: float) -> tuple[int, int, int]:
    return _fixed(red), _fixed(total) - _fixed(red) - _fixed(blue), _fixed(blue)


def to_planes(frame: Frame, conversion: Conversion) -> Planes:
    """The 8-bit planes of a frame; U and V are averaged over 2x2 pixels and rounded once.

    An odd last row or column counts twice in the average.
    """
    tops = range(0, len(frame), BAND)
    bands = [_planes_of_band(frame[top : top + BAND], conversion) for top in tops]
    return Planes(*(np.concatenate(parts) for parts in zip(*bands, strict=True)))


def _planes_of_band(frame: Frame, conversion: Conversion) -> Planes:
    luma, blue_chroma, red_chroma = conversion.forward()
    channels = [frame[..., c].astype(np.int32) for c in range(3)]
    sums = [_sum_of_four(channel) for channel in channels]
    return Planes(
        _weigh(channels, luma, offset=conversion.luma_offset, shift=BITS),
        _weigh(sums, blue_chroma, offset=128, shift=BITS + 2),
        _weigh(sums, red_chroma, offset=128, shift=BITS + 2),
    )


def _sum_of_four(channel: Wide) -> Wide:
    height, width = channel.shape
    if height % 2 or width % 2:
        channel = np.pad(channel, ((0, height % 2), (0, width % 2)), mode="edge")
    rows = channel[0::2] + channel[1::2]
    sums: Wide = rows[:, 0::2] + rows[:, 1::2]
    return sums


def _weigh(
    channels: list[Wide], weights: tuple[int, int, int], *, offset: int, shift: int
) -> Plane:
    total = channels[0] * np.int32(weights[0])
    total += channels[1] * np.int32(weights[1])
    total += channels[2] * np.int32(weights[2])
    total += np.int32((offset << shift) + (1 << (shift - 1)))
    return _to_byte(total, shift)


def _to_byte(total: Wide, shift: int) -> Plane:
    total >>= np.int32(shift)
    return np.clip(total, 0, 255, out=total).astype(np.uint8)


def to_frame(planes: Planes, conversion: Conversion) -> Frame:
    """The RGB frame (H, W, 3) of three planes, rounded once."""
    frame = np.empty((*planes.y.shape, 3), np.uint8)
    for top in range(0, len(frame), BAND):
        # A row of chroma more on either side, where there is one, has a share in the band.
        first = max(top // 2 - 1, 0)
        last = (top + BAND) // 2 + 1
        rows = planes.y[2 * first : 2 * last]
        near = Planes(rows, planes.u[first:last], planes.v[first:last])
        wanted = frame[top : top + BAND]
        begin = top - 2 * first
        wanted[:] = _frame_of_band(near, conversion)[begin : begin + len(wanted)]
    return frame


def _frame_of_band(planes: Planes, conversion: Conversion) -> Frame:
    # Up-sampled chroma is in sixteenths, so luma is brought to the same scale: 4 bits more.
    shift = BITS + 4
    y = planes.y.astype(np.int32) - np.int32(conversion.luma_offset)
    y *= np.int32(_fixed(1 / conversion.luma_gain) << 4)
    y += np.int32(1 << (shift - 1))
    frame = np.empty((*planes.y.shape, 3), np.uint8)
    for channel, chroma in enumerate(_shares_of_chroma(planes, conversion)):
        total = _upsample(chroma, planes.y.shape)
        total += y
        frame[..., channel] = _to_byte(total, shift)
    return frame


def _shares_of_chroma(planes: Planes, conversion: Conversion) -> tuple[Wide, Wide, Wide]:
    """What chroma adds to red, green and blue, at its own size: to up-sample is linear."""
    kr, kb = KR_KB[conversion.matrix]
    red = 2 * (1 - kr) / conversion.chroma_gain
    blue = 2 * (1 - kb) / conversion.chroma_gain
    kg = 1 - kr - kb
    u, v = (plane.astype(np.int32) - np.int32(128) for plane in (planes.u, planes.v))
    green = v * np.int32(_fixed(red * kr / kg)) + u * np.int32(_fixed(blue * kb / kg))
    return v * np.int32(_fixed(red)), -green, u * np.int32(_fixed(blue))


def _upsample(plane: Wide, shape: tuple[int, ...]) -> Wide:
    """Twice the size by the triangle filter, in sixteenths, and cut to ``shape``."""
    height, width = plane.shape
    tall = np.empty((2 * height, width), np.int32)
    _triangle(plane, tall)
    wide = np.empty((2 * height, 2 * width), np.int32)
    _triangle(tall.T, wide.T)
    return wide[: shape[0], : shape[1]]


def _triangle(plane: Wide, out: Wide) -> None:
    """Twice the rows, in quarters; the first and last row stand in for their missing neighbours."""
    near = plane * np.int32(3)
    np.add(near[1:], plane[:-1], out=out[2::2])
    np.add(near[:-1], plane[1:], out=out[1:-1:2])
    np.add(near[0], plane[0], out=out[0])
    np.add(near[-1], plane[-1], out=out[-1])
