"""What a dataset contains, as one short name: the same for every copy of the same content."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from lossproof.digests import digest_files
from lossproof.records import Sample


def fingerprint(
    samples: Sequence[Sample],
    *,
    classes: Sequence[str] = (),
    reading: str = "",
    cache: Path | None = None,
) -> str:
    """32 hexadecimal digits over ids, groups and file contents of the samples, in their order.

    ``classes`` count too: what a label means is part of the content; and so does ``reading``, where
    the dataset has one. Where files lie and when they
    were changed does not count. A file that is missing counts as missing and raises nothing: the
    sample is reported as damaged when it is read. Unchanged files are not read again; ``cache`` is
    as in ``digest_files``.
    """
    digests = iter(digest_files([path for s in samples for path in s.files], cache=cache))
    whole = hashlib.blake2b(json.dumps(list(classes)).encode(), digest_size=16)
    whole.update(reading.encode())
    for sample in samples:
        content = (sample.id, sample.group, *(next(digests) for _ in sample.files))
        whole.update(json.dumps(content).encode())
    return whole.hexdigest()
