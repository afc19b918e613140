"""Lines to paste that code as a codec does: for a shell, and for a training's augmentation."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from lossproof.codecs.codec import Codec
from lossproof.codecs.jpeg import Jpeg
from lossproof.records import FrameSize, MediaKind
from lossproof.settings import settings

_SAMPLING = {"4:2:0": "2x2", "4:2:2": "2x1", "4:4:4": "1x1"}
_V2 = "torchvision.transforms.v2"
_COLOUR = "-pix_fmt yuv420p -an"
PYTHON_IMPORTS = "import torch, torchvision.transforms.v2, lossproof.codecs"
RESIZED_OTHERWISE = (
    "Measured on frames that OpenCV resized, by area or to grow bicubic: "
    "these lines may make slightly other pixels."
)
"""What is true of both lines where there is a frame size."""


def shell_line(codec: Codec, frame_size: FrameSize | None, *, media: MediaKind) -> str:
    """The command that codes ``IN`` as the codec does, at the frame size, with the usual tool.

    Raises ValueError for a codec that no line is known of.
    """
    write = _LINES.get(codec.name)
    if write is None:
        raise ValueError(f"no command is known for {codec.name}; known: {', '.join(_LINES)}")
    return write(codec, frame_size, media)


def python_line(codec: Codec, frame_size: FrameSize | None, *, media: MediaKind) -> str:
    """One expression that does the same to what a network is trained on, after ``PYTHON_IMPORTS``.

    torchvision's transform of tensors (C, H, W) or (T, C, H, W) for JPEG in its usual form, and
    else torchvision's around the codec itself.
    """
    if isinstance(codec, Jpeg) and settings(codec) == settings(Jpeg(codec.level)):
        return _resized(f"{_V2}.JPEG(quality=({codec.level}, {codec.level}))", frame_size)
    return _resized(_around(codec, media), frame_size)


def _resized(transform: str, size: FrameSize | None) -> str:
    if size is None:
        return transform
    width, height = size
    resize = f"{_V2}.Resize(({height}, {width}), antialias=True)"
    return f"{_V2}.Compose([{resize}, {transform}])"


def _around(codec: Codec, media: MediaKind) -> str:
    there, back = ("1, 2, 0", "2, 0, 1") if media == "picture" else ("0, 2, 3, 1", "0, 3, 1, 2")
    words = [repr(codec.name), repr(codec.level)]
    words += [f"{name}={value!r}" for name, value in settings(codec).items()]
    made = f"lossproof.codecs.make_codec({', '.join(words)})"
    coded = f"codec.decode(codec.encode(frames.permute({there}).contiguous().numpy()))"
    return f"{_V2}.Lambda(lambda frames, codec={made}: torch.from_numpy({coded}).permute({back}))"


def _scale(size: FrameSize | None, *then: str) -> str:
    scaled = [] if size is None else [f"scale={size[0]}:{size[1]}:flags=area"]
    filters = ",".join([*scaled, *then])
    return f"-vf {filters} " if filters else ""


def _still(tool: str, size: FrameSize | None) -> str:
    """The tool on ``IN.png``, which FFmpeg shrinks first where a frame size is asked for."""
    if size is None:
        return tool
    return f"ffmpeg -i IN.png {_scale(size)}SMALL.png && {tool.replace('IN.png', 'SMALL.png')}"


def _cjpeg(codec: Any) -> str:
    options = f"-quality {codec.level} -sample {_SAMPLING[codec.subsampling]}"
    options += " -optimize" if codec.optimize else ""
    return options + (" -progressive" if getattr(codec, "progressive", False) else "")


def _jpeg(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    frames = f"ffmpeg -i IN.png {_scale(size)}-f image2pipe -c:v ppm -"
    return f"{frames} | cjpeg {_cjpeg(codec)} -outfile OUT.jpg"


def _mjpeg(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    # FFmpeg's own JPEG encoder has other tables, and no quality that means the same.
    if media == "picture":
        return _jpeg(codec, size, media)
    code = f"cjpeg {_cjpeg(codec)} -outfile ${{f%.ppm}}.jpg $f"
    return f"ffmpeg -i IN.mp4 {_scale(size)}%06d.ppm && for f in *.ppm; do {code}; done"


def _webp(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    return _still(f"cwebp -q {codec.level} -m {codec.method} IN.png -o OUT.webp", size)


def _avif(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    sampling = codec.subsampling.replace(":", "")
    return _still(f"avifenc -q {codec.level} -s {codec.speed} -y {sampling} IN.png OUT.avif", size)


def _jpeg2000(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    return _still(f"opj_compress -i IN.png -o OUT.jp2 -I -q {codec.level}", size)


def _jpegxl(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    return _still(f"cjxl IN.png OUT.jxl -d {codec.level:g} -e {codec.effort}", size)


def _video(options: str, codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    file = "IN.png" if media == "picture" else "IN.mp4"
    scale = _scale(size, *_to_even(size))
    return f"ffmpeg -i {file} {scale}{options} -g {codec.gop} {_COLOUR} OUT.mp4"


def _to_even(size: FrameSize | None) -> list[str]:
    """Filters without which encoders of 4:2:0 refuse an odd side.

    A known size grows as it does in the codec, by repeating its last row or column; a file's own by
    black.
    """
    if size is None:
        return ["pad='ceil(iw/2)*2:ceil(ih/2)*2'"]
    right, bottom = (side % 2 for side in size)
    if not (right or bottom):
        return []
    padded = f"pad={size[0] + right}:{size[1] + bottom}"
    return ["format=gbrp", padded, f"fillborders=right={right}:bottom={bottom}:mode=smear"]


def _h264_options(codec: Any) -> str:
    options = f"-preset {codec.preset} -profile:v {codec.profile}"
    options += "" if codec.tune == "none" else f" -tune {codec.tune}"
    return options + ("" if codec.bframes == "auto" else f" -bf {codec.bframes}")


def _h264(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    rate = f"-c:v libx264 -crf {codec.level} {_h264_options(codec)}"
    return _video(rate, codec, size, media)


def _h264_bitrate(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    rate = f"-c:v libx264 -b:v {codec.level}k {_h264_options(codec)}"
    return _video(rate, codec, size, media)


def _hevc(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    tune = "" if codec.tune == "none" else f" -tune {codec.tune}"
    return _video(
        f"-c:v libx265 -crf {codec.level} -preset {codec.preset}{tune}", codec, size, media
    )


def _vp9(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    rate = f"-c:v libvpx-vp9 -crf {codec.level} -b:v 0 -deadline good -cpu-used {codec.speed}"
    film = "" if codec.tune == "none" else f" -tune-content {shlex.quote(codec.tune)}"
    return _video(rate + film, codec, size, media)


def _av1(codec: Any, size: FrameSize | None, media: MediaKind) -> str:
    from lossproof.codecs.av1 import TUNES

    rate = f"-c:v libsvtav1 -crf {codec.level} -preset {codec.preset}"
    return _video(f"{rate} -svtav1-params tune={TUNES[codec.tune]}", codec, size, media)


_LINES: Mapping[str, Callable[[Any, FrameSize | None, MediaKind], str]] = {
    "jpeg": _jpeg,
    "jpeg2000": _jpeg2000,
    "webp": _webp,
    "avif": _avif,
    "jpegxl": _jpegxl,
    "mjpeg": _mjpeg,
    "h264": _h264,
    "h264_bitrate": _h264_bitrate,
    "hevc": _hevc,
    "vp9": _vp9,
    "av1": _av1,
}
