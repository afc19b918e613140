"""What to say of a store that holds nothing whole."""

from pathlib import Path


def no_results(root: Path) -> str:
    """In one line, with what would make some."""
    partly = any((root / "parts").glob("*")) if root.is_dir() else False
    found = ", only parts of some, by lossproof find or an interrupted sweep" if partly else ""
    return f"there are no results in {root}{found}; lossproof sweep --store {root} makes some"
