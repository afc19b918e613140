"""What a check found, as a person reads it."""

from dataclasses import replace

from lossproof.console.checked import check_lines
from lossproof.datasets import CheckReport, Source, SplitReport
from lossproof.datasets.audit import Audit, Kind, Rates
from lossproof.datasets.check import MissingSplit, SizeCount
from lossproof.datasets.tallies import Tally
from lossproof.records import Failure

NAN = float("nan")
SOURCE = Source(url="https://example.org", licence="CC0", layout="CLASS/*.mp4")


def report(
    tally: Tally, *, classes: tuple[str, ...], num_frames: int = 2, seconds: float = NAN
) -> CheckReport:
    split = SplitReport(
        split="test",
        num_listed=3,
        damaged=(Failure(1, "b", "b.mp4 is missing"),),
        sizes=(SizeCount((32, 24), 2),),
        num_bytes=1_500_000,
        num_frames=num_frames,
        duration_seconds=seconds,
        num_groups=2 if num_frames > 2 else 0,
        tally=tally,
    )
    missing = (
        MissingSplit("train", "x has no split 'train'; splits there: test"),
        MissingSplit("val", "x has no split 'val'; splits there: test"),
        MissingSplit("dev", "x has no split 'dev'; splits there: test"),
        MissingSplit("all", "x is empty"),
    )
    return CheckReport("x", classes, (split,), missing, SOURCE)


def test_clips() -> None:
    tally = Tally(class_instances=(0, 2))
    found = report(tally, classes=("run", "walk"), num_frames=40, seconds=4.0)
    assert list(check_lines(found)) == [
        "split test: 3 listed, 2 readable, 1 damaged; 1.5 MB of media; 2 of 32x24",
        "  instances: 2 in 1 of 2 classes: walk 2",
        "  frames: 40, 4.0 seconds",
        "  groups: 2, resampled as wholes",
        "  damaged b: b.mp4 is missing",
        "split train is missing: x has no split 'train'; splits there: test; likewise val, dev",
        "split all is missing: x is empty",
        "the whole of x is to be had from https://example.org",
        "licence: CC0",
    ]


def test_many_classes_are_summed_up() -> None:
    classes = tuple(f"c{number}" for number in range(20))
    lines = list(check_lines(report(Tally(class_instances=tuple(range(20))), classes=classes)))
    assert lines[1].startswith("  instances: 190 in 19 of 20 classes: c19 19, c18 18, ")
    assert lines[1].endswith("c8 8, and 7 more classes")


def test_depth_and_keypoints() -> None:
    depth = Tally(depth_pixels=8, known_depth_pixels=6)
    assert "  depth: known for 75.0% of pixels" in check_lines(report(depth, classes=()))
    pose = Tally(class_instances=(2,), num_keypoints=9)
    assert "  keypoints: 9 labelled" in check_lines(report(pose, classes=("person",)))


def test_nothing_to_score() -> None:
    line = "  nothing in this split can be scored: "
    nothing = report(Tally(class_instances=(0,)), classes=("person",))
    assert f"{line}nothing is labelled" in check_lines(nothing)
    ignored = report(Tally(class_pixels=(0,), ignored_pixels=5), classes=("road",))
    assert f"{line}every pixel is ignored" in check_lines(ignored)


def test_how_files_are_coded_and_a_warning() -> None:
    kinds = (
        Kind("JPEG", False, "quality 96, 4:4:4", "", 30, Rates(1.5, 2.0, 4.25)),
        Kind("PNG", True, "", "JPEG of about quality 75", 12, Rates(9.0, 9.0, 9.0)),
        Kind("PNG", True, "", "", 8, Rates(9.0, 10.0, 12.0)),
    )
    found = report(Tally(), classes=())
    split = replace(found.splits[0], audit=Audit(120, 0, kinds))
    stored, warned = list(check_lines(replace(found, splits=(split,))))[2:4]
    assert stored == (
        "  files (50 looked at): 30 JPEG, quality 96, 4:4:4, 1.5 to 4.25 bits/pixel; 12 PNG with "
        "traces of JPEG of about quality 75, 9 bits/pixel; 8 PNG, 9 to 12 bits/pixel"
    )
    assert warned == (
        "  warning: the reference is not pristine: 42 of 50 files looked at were coded with loss "
        "before (JPEG, quality 96, 4:4:4; PNG with traces of JPEG of about quality 75); bits and "
        "losses here are those of coding them again"
    )
