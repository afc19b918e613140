"""The codecs by themselves, on photographs: rate, PSNR and SSIM, and no model.

The codecs are those for pictures alone, and 4:2:0 without a codec.
"""

import csv
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lossproof.analysis.rates import bits_per_pixel
from lossproof.atomic import write_bytes
from lossproof.codecs import CODECS, make_codec
from lossproof.codecs.codec import Codec
from lossproof.codecs.yuv420 import Yuv420
from lossproof.records import Frame
from lossproof.report.figures import CodecPoint, quality_against_rate, save
from lossproof.report.tables import Table, level_text

# All that scikit-image carries in its package as colour photographs; others it would download.
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")


@dataclass(frozen=True)
class Coded:
    """One photograph at one point of a codec. SSIM is Wang et al.'s, over the three channels."""

    num_bytes: int
    num_pixels: int
    psnr_db: float
    ssim: float


def measure_codecs(*, progress: Callable[[int, int], None]) -> list[CodecPoint]:
    """Every codec for pictures at every level of its ladder, over all photographs."""
    photographs = _photographs()
    codecs = [codec for codec in CODECS if codec.media == ("picture",) or codec is Yuv420]
    points = [make_codec(codec.name, level) for codec in codecs for level in codec.ladder]
    found = []
    with ThreadPoolExecutor() as pool:
        for codec in points:
            coded = list(pool.map(lambda frame, c=codec: _code(c, frame), photographs))
            found.append(_point(codec, coded))
            progress(len(found), len(points))
    return found


def write_curves(points: Sequence[CodecPoint], folder: Path) -> tuple[Table, list[Path]]:
    """The table to print, and the files written: the table as CSV and the plot. Raises OSError."""
    table = Table(
        ("codec", "level", "bits/pixel", "PSNR dB", "SSIM"),
        (False, True, True, True, True),
        tuple(_line(point) for point in points),
    )
    path = folder / "codecs.csv"
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([table.headings, *table.lines])
    write_bytes(path, buffer.getvalue().encode())
    return table, [path, *save(quality_against_rate(points), folder / "codecs")]


def _line(point: CodecPoint) -> tuple[str, ...]:
    rate, psnr, ssim = f"{point.bits_per_pixel:.3f}", f"{point.psnr_db:.2f}", f"{point.ssim:.4f}"
    return (point.codec, level_text(point.level), rate, psnr, ssim)


def _photographs() -> list[Frame]:
    try:
        from skimage import data
    except ImportError:
        raise ImportError(
            'the photographs come with scikit-image: pip install "lossproof[photographs]"'
        ) from None
    return [np.ascontiguousarray(getattr(data, name)()) for name in PHOTOGRAPHS]


def _code(codec: Codec, frame: Frame) -> Coded:
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    encoded = codec.encode(frame)
    decoded = codec.decode(encoded)
    ssim = structural_similarity(
        frame,
        decoded,
        channel_axis=2,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    psnr_db = peak_signal_noise_ratio(frame, decoded, data_range=255)
    return Coded(len(encoded), frame.shape[0] * frame.shape[1], float(psnr_db), float(ssim))


def _point(codec: Codec, coded: Sequence[Coded]) -> CodecPoint:
    """Bytes and pixels of all photographs together; PSNR and SSIM as means over photographs."""
    return CodecPoint(
        codec=codec.name,
        level=codec.level,
        bits_per_pixel=bits_per_pixel(
            sum(c.num_bytes for c in coded), sum(c.num_pixels for c in coded)
        ),
        psnr_db=float(np.mean([c.psnr_db for c in coded])),
        ssim=float(np.mean([c.ssim for c in coded])),
    )
