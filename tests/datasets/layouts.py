"""Tiny trees in each official layout, the same at every call; one function per dataset."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import imagecodecs
import numpy as np
from jaxtyping import UInt8, UInt16
from PIL import Image

from lossproof.tinytown.making import make
from tests.tinytown.stand_in import ARTIST

CAMVID_SIZE = (12, 9)
CITYSCAPES_SIZE = (16, 8)
SIZE = (32, 24)
"""(width, height) of the pictures and clips of all others."""


def write_camvid(root: Path) -> None:
    """Three test and two train samples with relative lists, and no val split."""
    for split, num_samples in (("test", 3), ("train", 2)):
        names = [f"0001TP_{index:06d}.png" for index in range(num_samples)]
        for index, name in enumerate(names):
            write_rgb(root / split / name, size=CAMVID_SIZE, seed=index)
            write_indices(root / f"{split}annot" / name, size=CAMVID_SIZE, num_values=12)
        lines = [f"{split}/{name} {split}annot/{name}\n" for name in names]
        (root / f"{split}.txt").write_text("".join(lines))


def write_cityscapes(root: Path) -> None:
    """Two val samples in two cities, one train sample, and one test sample with a placeholder."""
    write_street(root, split="val", city="munster", name="munster_000000_000019")
    write_street(root, split="val", city="frankfurt", name="frankfurt_000001_000019")
    write_street(root, split="train", city="aachen", name="aachen_000000_000019")
    write_street(root, split="test", city="berlin", name="berlin_000000_000019", num_values=4)


def write_street(root: Path, *, split: str, city: str, name: str, num_values: int = 34) -> None:
    media = root / "leftImg8bit" / split / city / f"{name}_leftImg8bit.png"
    target = root / "gtFine" / split / city / f"{name}_gtFine_labelIds.png"
    write_rgb(media, size=CITYSCAPES_SIZE, seed=len(name))
    write_indices(target, size=CITYSCAPES_SIZE, num_values=num_values)


def write_rgb(path: Path, *, size: tuple[int, int], seed: int = 0) -> None:
    width, height = size
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    save(path, Image.fromarray(pixels))


def write_indices(path: Path, *, size: tuple[int, int], num_values: int) -> None:
    """The values 0, 1, ... num_values - 1, over and over, row by row."""
    width, height = size
    values = np.arange(width * height, dtype=np.uint8) % num_values
    save(path, Image.fromarray(values.reshape(height, width)))


def save(path: Path, picture: Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def write_depth(path: Path, codes: UInt16[np.ndarray, "..."]) -> None:
    """A 16-bit PNG, grey or with three channels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(imagecodecs.png_encode(codes))


def depth_codes(size: tuple[int, int] = SIZE) -> UInt16[np.ndarray, "h w"]:
    """The numbers 0, 100, 200, ... row by row, and 65535 in the last pixel."""
    width, height = size
    codes = (100 * np.arange(width * height)).astype(np.uint16).reshape(height, width)
    codes[-1, -1] = 65_535
    return codes


def write_synthia(root: Path) -> None:
    """Five pictures of SYNTHIA-RAND-CITYSCAPES; depth in three channels that agree."""
    for index in range(5):
        name = f"{index:07d}.png"
        write_rgb(root / "RGB" / name, size=SIZE, seed=index)
        write_depth(root / "Depth" / "Depth" / name, np.dstack([depth_codes()] * 3))


def write_synthia_sf(root: Path) -> None:
    """Five frames in each of two sequences; pixel n of depth has code n in its three colours."""
    width, height = SIZE
    numbers = np.arange(width * height).reshape(height, width)
    colours = np.dstack([numbers % 256, numbers // 256, numbers // 2 % 256]).astype(np.uint8)
    for sequence in ("SEQ1", "SEQ2"):
        for index in range(5):
            name = f"{index:07d}.png"
            write_rgb(root / sequence / "RGBLeft" / name, size=SIZE, seed=index)
            save(root / sequence / "DepthLeft" / name, Image.fromarray(colours))


def write_synthia_seqs(root: Path) -> None:
    """Five frames from two cameras of each of two drives."""
    for drive in ("SYNTHIA-SEQS-01-FALL", "SYNTHIA-SEQS-05-RAIN"):
        for camera in ("Omni_B", "Omni_F"):
            for index in range(5):
                name = f"Stereo_Left/{camera}/{index:06d}.png"
                write_rgb(root / drive / "RGB" / name, size=SIZE, seed=index)
                write_depth(root / drive / "Depth" / name, depth_codes())


KITTI_DRIVES = ("2011_09_26_drive_0002_sync", "2011_09_26_drive_0009_sync")


def write_kitti_depth(root: Path) -> None:
    """Three frames of each of two drives; the list says that one more has no depth."""
    lines = []
    for drive in KITTI_DRIVES:
        for index in range(3):
            picture = f"2011_09_26/{drive}/image_02/data/{index:010d}.png"
            depth = f"{drive}/proj_depth/groundtruth/image_02/{index:010d}.png"
            write_rgb(root / picture, size=SIZE, seed=index)
            write_depth(root / "data_depth_annotated" / "val" / depth, depth_codes())
            lines.append(f"{picture} {depth} 721.5377\n")
        lines.append(f"2011_09_26/{drive}/image_02/data/0000000009.png None 721.5377\n")
    (root / "eigen_test_files_with_gt.txt").write_text("".join(lines))


def write_rgbd(root: Path) -> None:
    """Ten frames, every eighth of a sequence."""
    for index in range(10):
        name = f"frame-{8 * index:06d}"
        write_rgb(root / f"{name}.color.png", size=SIZE, seed=index)
        write_depth(root / f"{name}.depth.png", depth_codes())
        (root / f"{name}.pose.txt").write_text("1 0 0 0\n")


VOC_XML = """<annotation>
  <filename>{name}.jpg</filename>
  <size><width>{width}</width><height>{height}</height><depth>3</depth></size>
  {objects}
</annotation>
"""
VOC_OBJECT = """<object>
    <name>{name}</name><difficult>{difficult}</difficult>
    <bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax>
    </bndbox>
    <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>
    </bndbox></part>
  </object>"""


def write_voc(
    root: Path, *, year: str = "VOC2007", names: Sequence[str] = ("000001", "000004")
) -> None:
    """A cat, and a difficult dog over the whole picture, in each picture of test."""
    width, height = SIZE
    folder = root / "VOCdevkit" / year
    cat = VOC_OBJECT.format(name="cat", difficult=0, box=(3, 5, 12, 20))
    dog = VOC_OBJECT.format(name="dog", difficult=1, box=(1, 1, width, height))
    for index, name in enumerate(names):
        write_rgb(folder / "JPEGImages" / f"{name}.jpg", size=SIZE, seed=index)
        text = VOC_XML.format(name=name, width=width, height=height, objects=cat + dog)
        write_text(folder / "Annotations" / f"{name}.xml", text)
    write_text(folder / "ImageSets" / "Main" / "test.txt", "".join(f"{name}\n" for name in names))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def coco_content(*, num_pictures: int = 3) -> dict[str, Any]:
    """A cup in all pictures but the last, and a crowd of people in the first."""
    width, height = SIZE
    images = [
        {"id": 10 + n, "file_name": f"{10 + n:012d}.jpg", "width": width, "height": height}
        for n in range(num_pictures)
    ]
    cups = [
        {"id": n, "image_id": 10 + n, "category_id": 47, "bbox": [2.5, 3, 10, 20], "area": 80.5}
        for n in range(num_pictures - 1)
    ]
    crowd = {"id": 99, "image_id": 10, "category_id": 1, "bbox": [0, 0, 32, 12], "iscrowd": 1}
    categories = [{"id": 47, "name": "cup"}, {"id": 1, "name": "person"}]
    return {"images": images, "annotations": [*cups, crowd], "categories": categories}


def person_content() -> dict[str, Any]:
    """As ``coco_content``, of people: every cup is one with two labelled keypoints."""
    content = coco_content()
    keypoints = [5, 6, 2, 0, 0, 0, 7, 8, 1, *[0] * 42]
    for annotation in content["annotations"]:
        labelled = annotation["category_id"] == 47
        annotation |= {"category_id": 1, "keypoints": keypoints if labelled else [0] * 51}
    return content | {"categories": [{"id": 1, "name": "person"}]}


def write_coco_file(
    root: Path, content: Mapping[str, Any], *, kind: str, split: str = "val2017"
) -> None:
    """An annotation file and the pictures that it lists."""
    write_text(root / "annotations" / f"{kind}_{split}.json", json.dumps(content))
    for index, picture in enumerate(content["images"]):
        write_rgb(root / split / picture["file_name"], size=SIZE, seed=index)


def write_coco(root: Path) -> None:
    write_coco_file(root, coco_content(), kind="instances")


def write_coco_keypoints(root: Path) -> None:
    write_coco_file(root, person_content(), kind="person_keypoints")


def write_yolo(root: Path) -> None:
    """Two pictures with two objects each, and one without label file."""
    for index in range(3):
        write_rgb(root / "images" / "val" / f"{index}.jpg", size=SIZE, seed=index)
        if index < 2:
            lines = "0 0.5 0.5 1 1\n2 0.25 0.5 0.25 0.5\n"
            write_text(root / "labels" / "val" / f"{index}.txt", lines)
    write_text(root / "data.yaml", "val: images/val\nnames:\n  0: cat\n  1: dog\n  2: 'owl'\n")


def clip_frames(num_frames: int, *, seed: int = 0) -> UInt8[np.ndarray, "t h w 3"]:
    """Coloured stripes that move."""
    width, height = SIZE
    colours = np.random.default_rng(seed).integers(0, 256, (width, 3), dtype=np.uint8)
    rows = np.stack([np.roll(colours, index, axis=0) for index in range(num_frames)])
    return np.repeat(rows[:, None], height, axis=1)


def write_video(
    path: Path,
    *,
    num_frames: int = 5,
    codec: str = "mpeg4",
    seed: int = 0,
    options: Mapping[str, str] | None = None,
) -> None:
    """A clip of 10 frames a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=dict(options or {})) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for pixels in clip_frames(num_frames, seed=seed):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())


UCF101_CLASSES = ("Archery", "HandstandPushups")


def write_ucf101(root: Path) -> None:
    """Two clips of each of two classes; the list spells one class otherwise than the files."""
    names = [f"v_{name}_g{group:02d}_c01.avi" for name in UCF101_CLASSES for group in (1, 8)]
    for index, name in enumerate(names):
        write_video(root / "UCF-101" / name.split("_")[1] / name, seed=index)
    lines = [f"{name.split('_')[1]}/{name}\n" for name in names]
    text = "".join(lines).replace("HandstandPushups", "HandStandPushups")
    write_text(root / "ucfTrainTestlist" / "testlist01.txt", text)
    classes = "".join(f"{number + 1} {name}\n" for number, name in enumerate(UCF101_CLASSES))
    write_text(root / "ucfTrainTestlist" / "classInd.txt", classes)


def write_clips(root: Path) -> None:
    """Two clips of each of two classes; the first of each class are from one video."""
    rows = []
    for label in ("run", "walk"):
        for index in range(2):
            write_video(root / label / f"{label}{index}.mp4", seed=index)
            rows.append(f"{label}/{label}{index}.mp4,video{index}\n")
    write_text(root / "groups.csv", "clip,group\n" + "".join(rows))


def write_frame_clips(root: Path) -> None:
    """Two clips of three frames for each of two classes, in the general form."""
    for label in ("run", "walk"):
        for clip in range(2):
            for frame in range(3):
                path = root / "val" / label / f"{clip:05d}" / f"{frame + 1}.png"
                write_rgb(path, size=SIZE, seed=frame)


def write_pictures(root: Path) -> None:
    """Two pictures in the folder and one in a folder below it."""
    for index, name in enumerate(("a.png", "b.png", "day/c.png")):
        write_rgb(root / name, size=SIZE, seed=index)


def write_tinytown(root: Path) -> None:
    """The smallest world with a clip to train on."""
    for name, content in _tinytown().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def _tinytown() -> Mapping[str, bytes]:
    """The content of its files by their names."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "world"
        make(root, size=2, workers=1, artist=ARTIST)
        found = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "camvid": write_camvid,
    "cityscapes": write_cityscapes,
    "synthia": write_synthia,
    "kitti_depth": write_kitti_depth,
    "rgbd": write_rgbd,
    "voc": write_voc,
    "coco": write_coco,
    "yolo": write_yolo,
    "coco_keypoints": write_coco_keypoints,
    "ucf101": write_ucf101,
    "clips": write_clips,
    "frame_clips": write_frame_clips,
    "pictures": write_pictures,
    "tinytown_segmentation": write_tinytown,
    "tinytown_depth": write_tinytown,
    "tinytown_detection": write_tinytown,
    "tinytown_pose": write_tinytown,
    "tinytown_action": write_tinytown,
}
