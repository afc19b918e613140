"""What every test gets: shapes checked at every call, and a cache of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from .browser import browser

SOURCE = Path(__file__).parents[1] / "src"
SAYING_SHAPES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in (SOURCE / "lossproof").rglob("*.py")
    if "from jaxtyping import" in path.read_text(encoding="utf-8")
}
TAKING_ARRAYS = (
    *("analysis", "metrics", "tasks", "runs.transmit", "report.breaking"),
    *("codecs.av1", "codecs.avif", "codecs.frames", "codecs.h264", "codecs.hevc", "codecs.jpeg"),
    *("codecs.jpeg2000", "codecs.jpegxl", "codecs.mjpeg", "codecs.source", "codecs.still"),
    *("codecs.vp9", "codecs.webp", "codecs.yuv420"),
    *("datasets.camvid", "datasets.cityscapes", "datasets.clip_labels", "datasets.clips"),
    *("datasets.coco", "datasets.frame_clips", "datasets.kitti_depth", "datasets.picture_clips"),
    *("datasets.pictures", "datasets.rgbd", "datasets.synthia", "datasets.tinytown"),
    *("datasets.ucf101", "datasets.videos", "datasets.voc"),
    *("models.batches", "models.faster_rcnn_network", "models.faster_rcnn_weights", "models.flow"),
    *("models.flow_cache", "models.imagenet", "models.once", "models.onnx_graph"),
    *("models.onnx_model", "models.torch_model", "models.weights_file", "models.weights_hash"),
    *("tinytown.clip_files", "tinytown.figure", "tinytown.props", "tinytown.solids"),
    "tinytown.street",
)
"""Modules and rooms that say no shapes of their own, but pass arrays by the names of records."""
PASSING_PROTOCOLS = {"lossproof.models.model", "lossproof.decisions.pilot"}
"""What is handed to these only mypy can check."""
_PLACES = {one: SOURCE / "lossproof" / one.replace(".", "/") for one in TAKING_ARRAYS}
_GONE = [
    one
    for one, place in _PLACES.items()
    if not (place.is_dir() or place.with_suffix(".py").is_file())
]
assert not _GONE, f"there are no modules {_GONE}"
CHECKED = {*SAYING_SHAPES, *(f"lossproof.{one}" for one in TAKING_ARRAYS)} - PASSING_PROTOCOLS
"""In tests each call is held to what it says."""

# How long an example takes is the machine's mood, not the code's fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
install_import_hook(sorted(CHECKED), "beartype.beartype")


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the cache of the person who runs it."""
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def opened() -> Iterator[Any]:
    """A browser, of which a process can have but one."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data beside the checkout. Tests that need it skip without it."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}")
    return folder
