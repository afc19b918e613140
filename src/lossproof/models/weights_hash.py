"""The hash of everything that decides a model's predictions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lossproof.digests import digest_files


def weights_hash(*parts: Any) -> str:
    """32 hexadecimal digits: BLAKE2b of ``parts`` as canonical JSON."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def content_digests(paths: Sequence[Path], *, kind: str) -> list[str]:
    """The digest of each file's content. Raises ValueError naming a file that cannot be read."""
    digests = digest_files(paths)
    for path, digest in zip(paths, digests, strict=True):
        if digest is None:
            found = "is a folder" if path.is_dir() else "does not exist or cannot be read"
            raise ValueError(f"{kind} {str(path)!r} {found}; a readable file is allowed")
    return [digest for digest in digests if digest is not None]


def check_unchanged(contents: Mapping[Path, str]) -> None:
    """Raises ValueError for a file whose digest is no longer the one given."""
    digests = content_digests(list(contents), kind="weights")
    for (path, known), digest in zip(contents.items(), digests, strict=True):
        if digest != known:
            raise ValueError(
                f"weights {str(path)!r} were changed after they were opened; run it again"
            )
