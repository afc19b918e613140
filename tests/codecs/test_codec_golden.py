"""Bytes and PSNR of every codec and level on a drawn picture, pinned for one encoder version.

Rebuild after a deliberate change: ``python tests/codecs/test_codec_golden.py``
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from lossproof.codecs import CODECS, make_codec

GOLDEN = Path(__file__).with_name("golden.json")

# These compute in floating point, in transforms or decisions, whose last bit depends on the
# processor.
FLOATING = ("jpeg2000", "jpegxl", "hevc", "vp9", "av1")


def drawn_picture():
    """A 96x128 picture of gradients, discs, bars and grain, in whole numbers only."""
    y, x = np.mgrid[:96, :128]
    grain = (x * 7919 + y * 104729 + x * y * 31) % 23
    frame = np.stack([2 * x - y // 2, 255 - 2 * y, x + y], axis=-1) + grain[..., None]
    for column, row, radius, colour in (
        (30, 30, 18, (220, 40, 30)),
        (80, 50, 25, (30, 60, 200)),
        (100, 20, 12, (240, 220, 60)),
    ):
        frame[(x - column) ** 2 + (y - row) ** 2 < radius**2] = colour
    frame[70:90, 8:60] = np.where((x[70:90, 8:60] // 3 % 2)[..., None] == 0, 20, 235)
    return np.clip(frame, 0, 255).astype(np.uint8)


def drawn_clip():
    """Five frames in which the picture moves by three pixels each."""
    return np.stack([np.roll(drawn_picture(), 3 * step, axis=1) for step in range(5)])


def encoder(codec):
    return make_codec(codec.name, codec.ladder[0]).encoder()


def measure(codec):
    """Encoder and, per level, bytes, bits per pixel and PSNR in decibels."""
    frame = drawn_picture()
    rows = []
    for level in codec.ladder:
        made = make_codec(codec.name, level)
        data = made.encode(frame)
        error = np.square(made.decode(data).astype(float) - frame).mean()
        rows.append(
            {
                "level": level,
                "num_bytes": len(data),
                "bits_per_pixel": 8 * len(data) / (96 * 128),
                "psnr_db": 10 * math.log10(255**2 / error) if error else None,
            }
        )
        if "clip" in codec.media:
            rows[-1]["num_bytes_of_clip"] = len(made.encode(drawn_clip()))
    return {"encoder": encoder(codec), "rows": rows}


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_the_figures_are_those_of_the_golden_file(codec):
    table = json.loads(GOLDEN.read_text())
    if codec.name not in table:
        pytest.skip(f"{codec.name} is not in {GOLDEN.name} yet; rebuild it")
    golden = table[codec.name]
    if golden["encoder"] != encoder(codec):
        pytest.skip(f"golden is of {golden['encoder']}; {encoder(codec)} is installed")
    found = measure(codec)["rows"]
    assert [row["level"] for row in found] == [row["level"] for row in golden["rows"]]
    floating = codec.name in FLOATING
    for row, expected in zip(found, golden["rows"], strict=True):
        assert row.keys() == expected.keys()
        for name in row.keys() - {"level", "psnr_db"}:
            assert row[name] == pytest.approx(expected[name], rel=1e-3 if floating else 0)
        if expected["psnr_db"] is None:
            assert row["psnr_db"] is None
        else:
            assert row["psnr_db"] == pytest.approx(
                expected["psnr_db"], abs=1e-2 if floating else 1e-6
            )


if __name__ == "__main__":
    table = {codec.name: measure(codec) for codec in CODECS}
    GOLDEN.write_text(json.dumps(table, indent=1) + "\n")
