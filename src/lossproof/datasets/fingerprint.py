"""What a dataset contains, as one short name: the same for every copy of the same content."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from lossproof.digests import digest_files
from lossproof.records import Sample

# Samples whose files are hashed at once: what that takes in memory must not grow with the dataset.
_BLOCK = 500


def fingerprint(samples: Sequence[Sample], *, cache: Path | None = None) -> str:
    """32 hexadecimal digits over the ids and file contents of the samples, in their order.

    Where files lie and when they were changed does not count. A file that is missing counts as
    missing and raises nothing: the sample is reported as damaged when it is read. Unchanged files
    are not read again; ``cache`` is as in ``digest_files``.
    """
    whole = hashlib.blake2b(digest_size=16)
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        files = [path for sample in block for path in sample.files]
        digests = iter(digest_files(files, cache=cache))
        for sample in block:
            content = (sample.id, *(next(digests) for _ in sample.files))
            whole.update(json.dumps(content).encode())
    return whole.hexdigest()
