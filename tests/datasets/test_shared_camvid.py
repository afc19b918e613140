"""CamVid itself, where it lies beside the repository."""

from pathlib import Path

import pytest

from lossproof.datasets import check, fingerprint
from lossproof.datasets.camvid import CamVid

ROOT = Path(__file__).parents[2].parent / "shared" / "data" / "segmentation" / "camvid"
# From the data card: Sky .. Bicyclist, then Unlabelled.
TEST_SHARES = [0.171, 0.246, 0.012, 0.258, 0.093, 0.113, 0.010, 0.012, 0.040, 0.006, 0.002, 0.038]

pytestmark = pytest.mark.skipif(
    not ROOT.is_dir(), reason="needs ../shared/data/segmentation/camvid beside the repository"
)


def test_counts_and_shares_are_the_data_cards() -> None:
    report = check(CamVid(ROOT))
    splits = {split.split: split for split in report.splits}
    assert {name: split.num_readable for name, split in splits.items()} == {
        "train": 184,
        "test": 233,
    }
    assert report.num_damaged == 0
    assert [name for name, _ in report.missing] == ["val"]
    shares = [*splits["test"].class_shares, splits["test"].ignored_share]
    assert [round(share, 3) for share in shares] == TEST_SHARES
    assert [size for size, _ in splits["test"].sizes] == [(480, 360)]


def test_fingerprint_depends_on_the_split() -> None:
    dataset = CamVid(ROOT)
    test = dataset.samples("test")
    assert fingerprint(test) == fingerprint(test) != fingerprint(dataset.samples("train"))
