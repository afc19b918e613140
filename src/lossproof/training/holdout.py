"""Which samples are held out of a training split to validate, and which two are the same."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lossproof.records import MediaKind, Sample
from lossproof.training.arrivals import media_digests


class Held(NamedTuple):
    """Both parts of a split, each in its order."""

    training: Sequence[Sample]
    validation: Sequence[Sample]


def held_out(samples: Sequence[Sample], *, share: float, media: MediaKind) -> Held:
    """About ``share`` of the samples, one at least, are for validation.

    Of pictures these are the last ones, since neighbouring frames resemble each other. Clips are
    listed class by class: of them whole groups are taken, in the order of a hash of their names,
    and a clip without a group stands for itself; one group at least is left to train.
    """
    number = max(1, round(share * len(samples)))
    if media == "picture":
        return Held(samples[:-number], samples[-number:])
    names = [sample.group or sample.id for sample in samples]
    counts = Counter(names)
    taken: set[str] = set()
    for name in sorted(counts, key=lambda name: hashlib.blake2b(name.encode()).digest()):
        if sum(counts[one] for one in taken) >= number or len(taken) == len(counts) - 1:
            break
        taken.add(name)
    pairs = list(zip(samples, names, strict=True))
    return Held(
        [sample for sample, name in pairs if name not in taken],
        [sample for sample, name in pairs if name in taken],
    )


def content_of(samples: Sequence[Sample]) -> Mapping[Sample, tuple[str, str] | None]:
    """What tells samples of one content: the digest of the file that is decoded first and, where
    that file holds several of the samples, which of them it is. None for one that is unreadable."""
    digests = media_digests(samples)
    holds = Counter(one.media for one in dict.fromkeys(samples))
    return {
        one: (digest, one.id if holds[one.media] > 1 else "")
        if (digest := digests[one.media])
        else None
        for one in samples
    }
