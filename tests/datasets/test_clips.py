"""Clips in folders: groups from either file, and splits that never divide one."""

from pathlib import Path

import pytest

from lossproof.datasets.clips import Clips
from lossproof.records import DamagedSample

from .layouts import write_clips, write_text, write_video

VIDEOS = """https://example.org/watch?v=one
run0: 0.13.50 - 0.15.60
walk1: 1.30.00 - 1.32.50
https://example.org/watch?v=two
run1: 0.14.50 - 0.17.50
walk1: 0.14.50 - 0.17.50
Remarks that are no clips.
run7 - run9 : Some dataset
"""


@pytest.fixture
def clips(tmp_path: Path) -> Clips:
    write_clips(tmp_path)
    return Clips(tmp_path)


def groups(dataset: Clips, split: str = "all") -> dict[str, str]:
    return {sample.id: sample.group for sample in dataset.samples(split)}


def test_labels_and_groups(clips: Clips) -> None:
    samples = clips.samples("all")
    assert clips.classes == ("run", "walk")
    assert [clips.read_target(sample).label for sample in samples] == [0, 0, 1, 1]
    assert groups(clips) == {
        "run/run0": "video0",
        "run/run1": "video1",
        "walk/walk0": "video0",
        "walk/walk1": "video1",
    }


@pytest.mark.parametrize("ending", [".mp4", ""])
@pytest.mark.parametrize("folder", [True, False])
def test_spellings_of_clips(clips: Clips, ending: str, folder: bool) -> None:
    expected = groups(clips)
    rows = [
        f"{name if folder else name.split('/')[1]}{ending},{group}"
        for name, group in expected.items()
    ]
    write_text(clips.root / "groups.csv", "\n".join(["clip,group", *rows]))
    assert groups(clips) == expected


def test_without_groups_each_clip_is_its_own(clips: Clips) -> None:
    (clips.root / "groups.csv").unlink()
    assert set(groups(clips).values()) == {""}


def test_source_videos(clips: Clips) -> None:
    (clips.root / "groups.csv").unlink()
    write_text(clips.root / "videos.txt", VIDEOS)
    write_video(clips.root / "run" / "run8.mp4")
    assert groups(clips) == {
        "run/run0": "https://example.org/watch?v=one",
        "run/run1": "https://example.org/watch?v=two",
        "run/run8": "Some dataset",
        "walk/walk0": "",
        "walk/walk1": "https://example.org/watch?v=one",
    }


def test_groups_are_never_divided(tmp_path: Path) -> None:
    rows = []
    for index in range(40):
        path = tmp_path / ("run" if index % 2 else "walk") / f"{index:02d}.mp4"
        write_text(path, "not read here")
        rows.append(f"{path.parent.name}/{path.name},video{index // 2}")
    write_text(tmp_path / "groups.csv", "\n".join(["clip,group", *rows]))
    dataset = Clips(tmp_path)
    train, test = groups(dataset, "train"), groups(dataset, "test")
    assert not set(train.values()) & set(test.values())
    assert sorted([*train, *test]) == sorted(groups(dataset))
    assert len(set(test.values())) == 4
    assert groups(Clips(tmp_path), "test") == test


def test_splits_of_ones_own(clips: Clips) -> None:
    text = (clips.root / "groups.csv").read_text().splitlines()
    rows = [f"{row},{'test' if row.endswith('0') else 'train'}" for row in text[1:]]
    write_text(clips.root / "groups.csv", "\n".join(["clip,group,split", *rows]))
    assert list(groups(clips, "test")) == ["run/run0", "walk/walk0"]
    assert list(groups(clips, "train")) == ["run/run1", "walk/walk1"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has the columns None; clip, group"),
        ("name,group\n", r"has the columns \['name', 'group'\]"),
        ("clip,group\nrun/run0.mp4,\n", "line 2 is .*; a clip, its group"),
        ("clip,group,split\nrun/run0.mp4,a,val\n", "line 2 is .* train or test"),
        ("clip,group\nrun/run0.mp4,a\n", "lacks the clip 'run/run1'"),
        ("clip,group\nrun0,a\nrun0,b\n", "has the clip 'run0' twice"),
        ('clip,group\nrun0,"' + 2**18 * "a", "is no CSV in UTF-8: field larger"),
        (
            "clip,group,split\nrun0,a,test\nrun1,a,train\nwalk0,b,train\nwalk1,b,train\n",
            "divides the group 'a' between splits",
        ),
    ],
)
def test_tables_refused(clips: Clips, text: str, reason: str) -> None:
    write_text(clips.root / "groups.csv", text)
    with pytest.raises(ValueError, match=rf"groups\.csv {reason}"):
        clips.samples("all")


def test_a_group_may_have_any_letter_in_its_name(clips: Clips) -> None:
    rows = [f"{name},street\u2028one" for name in groups(clips)]
    write_text(clips.root / "groups.csv", "\n".join(["clip,group", *rows]))
    assert set(groups(clips).values()) == {"street\u2028one"}


def test_a_table_that_is_not_in_utf8(clips: Clips) -> None:
    (clips.root / "groups.csv").write_bytes("clip,group\nrun0,caf\xe9\n".encode("utf-16"))
    with pytest.raises(ValueError, match=r"groups\.csv is no CSV in UTF-8"):
        clips.samples("all")


def test_clips_beside_folders_of_clips_are_refused(clips: Clips) -> None:
    write_video(clips.root / "loose.mp4")
    with pytest.raises(ValueError, match=r"has clips in it, first 'loose\.mp4', and in folders"):
        Clips(clips.root)


def test_folders_of_systems_are_no_classes(clips: Clips) -> None:
    write_video(clips.root / ".Trash" / "one.mp4")
    write_video(clips.root / "@eaDir" / "one.mp4")
    assert Clips(clips.root).classes == ("run", "walk")


def test_other_files_are_left_alone(clips: Clips) -> None:
    for name in ("run/.DS_Store", "run/._run0.mp4", "run/notes.txt", "papers/one.pdf"):
        write_text(clips.root / name, "")
    dataset = Clips(clips.root)
    assert dataset.classes == ("run", "walk")
    assert len(dataset.samples("all")) == 4


def test_half_of_the_clips_truncated(clips: Clips) -> None:
    for index in range(2, 8):
        write_video(clips.root / "run" / f"run{index}.mp4", seed=index)
    (clips.root / "groups.csv").unlink()
    samples = clips.samples("all")
    cut = samples[::2]
    for sample in cut:
        sample.media.write_bytes(sample.media.read_bytes()[:900])
    for sample in samples:
        if sample in cut:
            with pytest.raises(DamagedSample, match=rf"{sample.media.name} (is|has) "):
                clips.read_media(sample)
        else:
            assert len(clips.read_media(sample).frames) == 5
