"""What a JPEG file's quantisation tables tell of the quality it was saved at.

The tables of ITU-T T.81, Annex K, scaled as libjpeg scales them, are what nearly every encoder
writes; others have tables of their own.
"""

import struct
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64

from lossproof.datasets import jpeg

Table = Int64[np.ndarray, " 64"]

QUALITIES = range(1, 101)
_DEFINE_TABLES = 0xDB
_SIDE = 8
LUMA: Table = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
    ],
    np.int64,
)
"""Of brightness at quality 50, row by row (Table K.1)."""
CHROMA: Table = np.array(
    [
        *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99),
        *(24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99),
        *(99,) * 32,
    ],
    np.int64,
)
"""Of colour at quality 50 (Table K.2)."""


class Quantisation(NamedTuple):
    """The quality whose tables are the most like a file's, whether they are the very same, and how
    its colour is sampled, such as ``4:2:0``; empty for grey."""

    quality: int
    standard: bool
    subsampling: str


def scaled(table: Table, quality: int) -> Table:
    """A table at a quality from 1 to 100, as libjpeg's ``jpeg_set_quality`` makes it."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    found: Table = np.clip((table * percent + 50) // 100, 1, 255)
    return found


def read_quantisation(data: bytes) -> Quantisation:
    """Of a JPEG file, up to its first scan. Raises ValueError for one without tables."""
    tables: dict[int, Table] = {}
    factors: list[tuple[int, int, int]] = []
    for segment in jpeg.segments(data):
        content = data[segment.start : segment.end]
        if segment.marker == _DEFINE_TABLES:
            tables |= _tables(content)
        elif segment.marker in jpeg.FRAME_MARKERS:
            factors = [(one >> 4, one & 15, table) for one, table in _components(content)]
    if not factors or any(table not in tables for _, _, table in factors):
        raise ValueError("is corrupt: it lacks a quantisation table")
    ours = [tables[table] for _, _, table in factors[:2]]
    quality = min(QUALITIES, key=lambda one: (_distance(ours, one), one))
    return Quantisation(quality, _distance(ours, quality) == 0, _subsampling(factors))


def _tables(content: bytes) -> dict[int, Table]:
    """By their numbers, row by row; files have them along the zigzag."""
    found, place = {}, 0
    while place < len(content):
        wide, number = content[place] >> 4, content[place] & 15
        size = 128 if wide else 64
        values = content[place + 1 : place + 1 + size]
        if len(values) < size:
            raise ValueError("is corrupt: a quantisation table does not end")
        table = np.zeros(64, np.int64)
        table[_ZIGZAG] = struct.unpack(">64H" if wide else ">64B", values)
        found[number] = table
        place += 1 + size
    return found


def _components(content: bytes) -> list[tuple[int, int]]:
    """Sampling factors, as they are packed, and table of each component."""
    rows = [content[place : place + 3] for place in range(6, len(content) - 2, 3)]
    return [(row[1], row[2]) for row in rows]


def _distance(tables: list[Table], quality: int) -> int:
    wanted = (scaled(LUMA, quality), scaled(CHROMA, quality))
    return sum(
        int(np.abs(np.minimum(ours, 255) - table).sum())
        for ours, table in zip(tables, wanted, strict=False)
    )


def _subsampling(factors: list[tuple[int, int, int]]) -> str:
    if len(factors) < 3:
        return ""
    (wide, high, _), (less_wide, less_high, _) = factors[:2]
    names = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0"}
    ratio = (wide // max(less_wide, 1), high // max(less_high, 1))
    return names.get(ratio, f"colour 1 in {ratio[0]}x{ratio[1]}")


def _zigzag() -> list[int]:
    """The places row by row in the order of the zigzag."""
    places = [(row, column) for row in range(_SIDE) for column in range(_SIDE)]

    def along(place: tuple[int, int]) -> tuple[int, int]:
        row, column = place
        return row + column, row if (row + column) % 2 else column

    return [row * _SIDE + column for row, column in sorted(places, key=along)]


_ZIGZAG = _zigzag()
