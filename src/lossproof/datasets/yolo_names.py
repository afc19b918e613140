"""The names of classes in YOLO's small files."""

from pathlib import Path
from typing import Any

import yaml


def read_names(path: Path) -> tuple[str, ...]:
    """The names in the order of their numbers.

    A file that ends in ``.txt`` has one on each line; another is YAML with the key ``names``, a
    list or a mapping by number. Raises ValueError for one without names, with names in another
    form, with a number missing, or with a name twice.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if path.suffix == ".txt":
        names = [line.strip() for line in text.splitlines() if line.strip()]
    else:
        names = _in_order(_names_in(path, text))
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"{path} has {len(names)} names of classes, {len(set(names))} different; "
            "'names:' with a list of names, or with 0: name, 1: name, ..., is allowed"
        )
    return tuple(names)


def _names_in(path: Path, text: str) -> Any:
    """What stands below ``names``; every word is text, as it is written."""
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise ValueError(f"{path} is no YAML: {told}") from None
    return content.get("names") if isinstance(content, dict) else None


def _in_order(names: Any) -> list[str]:
    """None of them where they are in another form."""
    if isinstance(names, dict):
        numbers = [str(number) for number in range(len(names))]
        names = [names[number] for number in numbers] if set(names) == set(numbers) else []
    are_names = isinstance(names, list) and all(isinstance(one, str) and one for one in names)
    return names if are_names else []
