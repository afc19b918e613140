"""How a folder is refused that is not the dataset it was called."""

from collections.abc import Sequence
from pathlib import Path

from lossproof.datasets.dataset import Dataset

_MAX_NAMES_SHOWN = 8


def check_folder(root: Path, dataset: type[Dataset]) -> None:
    """Raises ValueError unless ``root`` is a folder with something in it."""
    if not root.exists():
        raise ValueError(f"{dataset.name}: {root} does not exist. {_where(dataset)}")
    if not root.is_dir():
        raise ValueError(f"{dataset.name}: {root} is a file, not a folder. {_where(dataset)}")
    if not any(root.iterdir()):
        raise ValueError(f"{dataset.name}: {root} is an empty folder. {_where(dataset)}")


def wrong_layout(root: Path, dataset: type[Dataset], *, looked_for: str) -> ValueError:
    """The error that says what was looked for, what is there, and where the dataset comes from."""
    names = sorted(entry.name for entry in root.iterdir())
    more = f" and {len(names) - _MAX_NAMES_SHOWN} more" if len(names) > _MAX_NAMES_SHOWN else ""
    found = ", ".join(names[:_MAX_NAMES_SHOWN]) + more
    return ValueError(
        f"{dataset.name}: {root} has another layout: looked for {looked_for}; found {found}. "
        f"{_where(dataset)}"
    )


def check_split(split: str, dataset: type[Dataset], *, root: Path, present: Sequence[str]) -> None:
    """Raises ValueError for a split that the dataset does not have, or that is not on the disk."""
    if split not in dataset.splits:
        known = ", ".join(dataset.splits)
        raise ValueError(f"{dataset.name} has no split {split!r}; {known} are allowed")
    if split not in present:
        there = ", ".join(present) or "none"
        raise ValueError(f"{dataset.name}: split {split!r} is not in {root}; splits there: {there}")


def _where(dataset: type[Dataset]) -> str:
    source = dataset.source
    return f"Expected: {source.layout}. {source.where} {source.url} (licence: {source.licence})"
