"""WebP files: header, damage and pixels (RFC 9649).

Every function takes a file's bytes and raises ValueError that says what is wrong with them.
"""

import struct

import imagecodecs
import numpy as np
from jaxtyping import UInt8

from lossproof.datasets.headers import Header

NAME = "WebP"
_ANIMATED = 0x02


def matches(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def header(data: bytes) -> Header:
    """Needs the first 30 bytes of a file. Raises ValueError for an animation too."""
    if len(data) < 30:
        raise ValueError(f"is truncated: it ends inside its header, after {len(data)} bytes")
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", data, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X":
        width, height = (int.from_bytes(data[i : i + 3], "little") + 1 for i in (24, 27))
        if data[20] & _ANIMATED:
            raise ValueError("is an animation; a single picture is allowed")
    else:
        raise ValueError(f"is corrupt: it starts with the chunk {kind!r}")
    return Header(width, height, 8, "RGB")


def check_whole(data: bytes) -> None:
    """The file is as long as it says."""
    missing = struct.unpack_from("<I", data, 4)[0] + 8 - len(data)
    if missing > 0:
        raise ValueError(f"is truncated: {missing:,} bytes are missing at its end")


def decode(data: bytes) -> UInt8[np.ndarray, "..."]:
    """(H, W, 3), or (H, W, 4) with alpha. The GIL is released."""
    return np.asarray(imagecodecs.webp_decode(data))
