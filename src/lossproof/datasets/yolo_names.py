"""The names of classes in YOLO's small files.

Of YAML only what those files have is read: the key ``names`` with a list or with numbered names,
in one line or in several.
"""

import re
from collections.abc import Sequence
from pathlib import Path

_KEY = re.compile(r"^names\s*:\s*(.*)$")
_NUMBERED = re.compile(r"^['\"]?(\d+)['\"]?\s*:\s*(.+)$")
_ITEMS = re.compile(r"\s*((?:\d+\s*:\s*)?(?:'[^']*'|\"[^\"]*\"|[^,'\"\[\]{}]+))\s*(?:,|$)")


def read_names(path: Path) -> tuple[str, ...]:
    """The names in the order of their numbers.

    A file that ends in ``.txt`` has one on each line. Raises ValueError for one without names, with
    names in another form, with a number missing, or with a name twice.
    """
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    if path.suffix == ".txt":
        names = [line.strip() for line in lines if line.strip()]
    else:
        names = _numbered(_items(lines))
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"{path} has {len(names)} names of classes, {len(set(names))} different; "
            "'names:' with a list of names, or with 0: name, 1: name, ..., is allowed"
        )
    return tuple(names)


def _items(lines: Sequence[str]) -> list[str]:
    """What stands below ``names``, one item each, with its number where it has one."""
    starts = [index for index, line in enumerate(lines) if _KEY.match(line)]
    if not starts:
        return []
    start = starts[0]
    match = _KEY.match(_without_comment(lines[start]))
    inline = match[1] if match else ""
    block = _block(lines[start + 1 :])
    if inline[:1] in ("[", "{"):
        body = " ".join([inline, *block])
        return [found[1] for found in _ITEMS.finditer(body.strip("[]{} "))]
    return [line.removeprefix("-").strip() for line in block if line]


def _block(lines: Sequence[str]) -> list[str]:
    """The lines up to the next key."""
    found = []
    for line in lines:
        if line[:1].strip() and line[0] not in "-#]}":
            break
        found.append(_without_comment(line).strip())
    return found


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*$", "", line).rstrip()


def _numbered(items: Sequence[str]) -> list[str]:
    matches = [_NUMBERED.match(item) for item in items]
    pairs = [(int(match[1]), match[2]) for match in matches if match]
    if not pairs:
        return [_unquoted(item) for item in items]
    in_order = sorted(pairs)
    complete = len(pairs) == len(items) and [n for n, _ in in_order] == list(range(len(items)))
    return [_unquoted(name) for _, name in in_order] if complete else []


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
