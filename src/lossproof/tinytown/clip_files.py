"""A clip as a video file without loss, and back."""

import io
from pathlib import Path
from typing import Literal

import numpy as np

from lossproof.records import Clip

# Checksums in every slice let a reader see damage; one thread and bit-exact flags give the same
# bytes on every machine.
_LOSSLESS = {"level": "3", "slicecrc": "1", "slices": "4"}


def clip_file(
    frames: Clip, *, frames_per_second: int, container: Literal["matroska", "avi"] = "matroska"
) -> bytes:
    """FFV1 in Matroska or AVI, RGB: reading it gives the same frames."""
    import av

    _, height, width, _ = frames.shape
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("ffv1", rate=frames_per_second, options=_LOSSLESS)
        stream.width, stream.height, stream.pix_fmt = width, height, "bgr0"
        stream.codec_context.thread_count = 1
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for pixels in frames:
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            file.mux(stream.encode(picture))
        file.mux(stream.encode())
    return buffer.getvalue()


def read_clip_file(path: Path) -> tuple[Clip, int]:
    """Frames and frames per second. Raises ValueError for a damaged file."""
    import av

    try:
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            stream.codec_context.thread_count = 1
            frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(stream)]
            return np.stack(frames), round(float(stream.average_rate or 0))
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise ValueError(f"{path} is damaged: {error}; making the world again mends it") from error
