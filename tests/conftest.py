"""What every test gets: shapes checked at every call, and a cache of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from .browser import browser

# The modules that handle arrays; the others pass protocols around, which only mypy can check.
CHECKED = (
    *("records", "ragged", "targets", "predictions", "analysis", "metrics", "tasks"),
    *("runs.transmit", "dense_flow"),
    *("tinytown.camera", "tinytown.canvas", "tinytown.light", "tinytown.truth"),
    *(
        "tinytown.limbs",
        "tinytown.pose",
        "tinytown.people",
        "tinytown.body_shadow",
        "tinytown.figure",
    ),
    *("tinytown.filming", "tinytown.props", "tinytown.clips"),
    *("tinytown.texture", "tinytown.faces", "tinytown.solids", "tinytown.buildings"),
    *("tinytown.vehicles", "tinytown.furniture", "tinytown.weather", "tinytown.shadows"),
    *("tinytown.sensor", "tinytown.street", "tinytown.frame", "tinytown.marking"),
    *("tinytown.still_files", "tinytown.clip_files"),
    *("datasets.tinytown", "datasets.tinytown_things"),
    *("training.loops.pose_maps", "training.loops.stage_loss"),
    *("training.view", "training.losses", "training.class_weights", "training.box_targets"),
    *("datasets.camvid", "datasets.cityscapes", "datasets.classmaps", "datasets.images"),
    *("datasets.png", "datasets.jpeg", "datasets.webp", "datasets.depths", "datasets.boxes"),
    *("datasets.tallies", "datasets.videos", "datasets.picture_clips", "datasets.clip_labels"),
    *("datasets.synthia", "datasets.kitti_depth", "datasets.rgbd", "datasets.voc"),
    *("datasets.coco_file", "datasets.coco", "datasets.coco_keypoints", "datasets.yolo"),
    *("datasets.ucf101", "datasets.clips", "datasets.frame_clips", "datasets.pictures"),
    *("datasets.quantisation", "datasets.earlier_jpeg"),
    *("codecs.still", "codecs.jpeg", "codecs.webp", "codecs.avif", "codecs.jpeg2000"),
    *("codecs.jpegxl", "codecs.yuv420", "codecs.ycbcr", "codecs.source"),
    *("codecs.frames", "codecs.samples", "codecs.mjpeg", "codecs.h264", "codecs.hevc"),
    *("codecs.vp9", "codecs.av1"),
    *("models.batches", "models.first_max", "models.normalisation", "models.once", "models.user"),
    *("models.onnx_answer", "models.onnx_model", "models.onnx_graph", "models.segnet"),
    *("models.onnx_runner", "models.onnx_input", "models.onnx_poses", "models.onnx_in_boxes"),
    *("models.peaks", "models.part_affinity", "models.grouping", "models.crops", "models.openpose"),
    *(
        "models.torch_model",
        "models.class_maps",
        "models.faster_rcnn",
        "models.faster_rcnn_network",
        "models.faster_rcnn_weights",
        "models.depth_gan",
        "models.weights_file",
        "models.weights_hash",
    ),
    *("models.flow", "models.flow_cache", "models.raft", "models.clip_inputs", "models.backbones"),
    *("models.two_stream", "models.fusion", "models.imagenet", "training.stream_views"),
    *("report.curves", "report.causes", "report.breaking"),
    *("explorer.truth", "decisions.drops"),
)
# How long an example takes is the machine's mood, not the code's fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
install_import_hook([f"lossproof.{module}" for module in CHECKED], "beartype.beartype")


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
