"""The rooms' hand-written tables: duplicates refused, a miss answered with the known names."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)
Value = TypeVar("Value")


def by_name(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """A read-only table of the entries. Raises ValueError when two share a name."""
    table: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in table:
            raise ValueError(f"two entries are called {entry.name!r}; each name is allowed once")
        table[entry.name] = entry
    return MappingProxyType(table)


def look_up(
    table: Mapping[str, Value],
    name: str,
    *,
    kind: str,
    also_called: Mapping[str, str] | None = None,
) -> Value:
    """The entry called ``name``. Raises ValueError with the known names and the nearest of them.

    ``also_called`` are other names that people have for entries.
    """
    if name in table:
        return table[name]
    hint = nearest(table, name, also_called=also_called)
    raise ValueError(f"unknown {kind} {name!r}{hint}; known: {', '.join(table)}")


def nearest(
    known: Iterable[str], name: str, *, also_called: Mapping[str, str] | None = None
) -> str:
    """`` (did you mean 'jpeg'?)``, or nothing where no known name is near."""
    meant = (also_called or {}).get(name.lower())
    near = [meant] if meant else get_close_matches(name.lower(), list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
