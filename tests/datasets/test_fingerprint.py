"""The fingerprint follows content and order, and nothing else."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.datasets import fingerprint
from lossproof.datasets.camvid import CamVid
from lossproof.records import Sample

from .layouts import write_camvid

contents = st.lists(
    st.tuples(st.binary(max_size=40), st.binary(max_size=40)), min_size=1, max_size=4
)


def write(folder: Path, pairs: list[tuple[bytes, bytes]]) -> list[Sample]:
    samples = []
    for index, (media, target) in enumerate(pairs):
        paths = folder / f"{index}.png", folder / f"{index}.txt"
        paths[0].write_bytes(media)
        paths[1].write_bytes(target)
        samples.append(Sample(str(index), *paths))
    return samples


@settings(deadline=None, max_examples=40)
@given(pairs=contents, data=st.data())
def test_changes_with_any_byte(pairs: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        samples = write(Path(name), pairs)
        before = fingerprint(samples, cache=Path(name) / "cache")
        sample = data.draw(st.sampled_from(samples))
        path = data.draw(st.sampled_from([sample.media, sample.target]))
        content = bytearray(path.read_bytes()) or bytearray(1)
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        assert fingerprint(samples, cache=Path(name) / "cache") != before


@settings(deadline=None, max_examples=20)
@given(pairs=contents)
def test_copies_have_the_same_one(pairs: list[tuple[bytes, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = fingerprint(write(Path(one), pairs), cache=Path(one) / "cache")
        assert fingerprint(write(Path(two), pairs), cache=Path(one) / "cache") == first


def test_order_and_ids_count(camvid: CamVid) -> None:
    samples = list(camvid.samples("test"))
    known = fingerprint(samples)
    assert fingerprint(samples[::-1]) != known
    assert fingerprint(samples[:-1]) != known
    assert fingerprint([replace(samples[0], id="other"), *samples[1:]]) != known
    swapped = replace(samples[0], media=samples[0].target, target=samples[0].media)
    assert fingerprint([swapped, *samples[1:]]) != known


def test_place_and_time_do_not_count(tmp_path: Path) -> None:
    write_camvid(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    samples = CamVid(tmp_path / "one").samples("test")
    known = fingerprint(samples)
    assert fingerprint(CamVid(tmp_path / "two").samples("test")) == known
    for sample in samples:
        os.utime(sample.media, ns=(10**18, 10**18))
    assert fingerprint(samples) == known


def test_a_missing_file_counts_as_missing(camvid: CamVid) -> None:
    samples = camvid.samples("test")
    whole = fingerprint(samples)
    samples[1].target.unlink()
    lacking = fingerprint(samples)
    samples[1].target.write_bytes(b"")
    assert len({whole, lacking, fingerprint(samples)}) == 3


def test_what_labels_mean_and_what_resembles_what_count(tmp_path: Path) -> None:
    write_camvid(tmp_path)
    samples = CamVid(tmp_path).samples("test")
    known = fingerprint(samples, classes=("a", "b"))
    assert fingerprint(samples, classes=("b", "a")) != known
    assert fingerprint([replace(samples[0], group="g"), *samples[1:]], classes=("a", "b")) != known
