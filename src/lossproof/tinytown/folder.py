"""A world on the disk: what tells that a folder is one, and what it must hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lossproof.atomic import write_bytes
from lossproof.digests import digest_files
from lossproof.tinytown.plan import (
    HALVES,
    VERSION,
    ClipPlace,
    Holds,
    Place,
    Split,
    StillPlace,
    clips_of,
    places_of,
    stills_of,
)

MANIFEST = "tinytown.json"
_HOLDS: Mapping[str, Holds] = {"all": "all", **HALVES}


@dataclass(frozen=True)
class World:
    """A world that was made, or half of one: ``digests`` has the content's of every file, by its
    name."""

    root: Path
    size: int
    digests: Mapping[str, str]
    holds: Holds = "all"

    def stills(self, split: Split) -> tuple[StillPlace, ...]:
        """Raises ValueError for a world that has only clips."""
        self.check("stills")
        return stills_of(self.size, split)

    def clips(self, split: Split) -> tuple[ClipPlace, ...]:
        """Raises ValueError for a world that has only stills."""
        self.check("clips")
        return clips_of(self.size, split)

    def check(self, wanted: Holds) -> None:
        """Raises ValueError where the folder has only the other half."""
        if self.holds not in ("all", wanted):
            raise ValueError(f"{self.root} has {self.holds} of tinytown alone; it needs {wanted}")

    def damaged(self) -> tuple[Place, ...]:
        """The stills and clips of which a file is missing or other than it was made."""
        found = digests_of(self.root, list(self.digests))
        wrong = {name for name, digest in self.digests.items() if found[name] != digest}
        return tuple(
            place for place in places_of(self.size, self.holds) if wrong.intersection(place.files)
        )


def is_world(root: Path) -> bool:
    """Whether a folder was made to the end, whatever has become of its files since."""
    return (root / MANIFEST).is_file()


def open_world(root: Path) -> World:
    """The world in a folder. Raises ValueError where there is none, or one of another version."""
    path = root / MANIFEST
    try:
        stored = json.loads(path.read_bytes())
        version, size, digests = int(stored["version"]), int(stored["size"]), dict(stored["files"])
        holds = _HOLDS[stored.get("holds", "all")]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(
            f"{path} is damaged ({error!r}); remove the folder, and the world can be made again"
        ) from error
    if version != VERSION:
        raise ValueError(
            f"{path} has version {version} of tinytown; {VERSION} is allowed: make it again in "
            "another folder"
        )
    return World(root, size, digests, holds)


def close_world(root: Path, *, size: int, holds: Holds = "all") -> None:
    """Write down what a folder holds. Raises OSError where a file is missing."""
    names = [name for place in places_of(size, holds) for name in place.files]
    digests = digests_of(root, names)
    missing = [name for name, digest in digests.items() if digest is None]
    if missing:
        raise OSError(f"{root} lacks {len(missing)} files, first {missing[0]}")
    stored = {"version": VERSION, "size": size, "holds": holds, "files": digests}
    write_bytes(root / MANIFEST, json.dumps(stored, indent=0).encode())


def digests_of(root: Path, names: Sequence[str]) -> dict[str, str | None]:
    """The digest of each file, by its name; None for one that is missing."""
    found = digest_files([root / name for name in names])
    return dict(zip(names, found, strict=True))
