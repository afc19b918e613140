"""What was seen through codecs, of which only so much is kept."""

from threading import Lock
from typing import Generic, TypeVar, final

from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source

Seen = TypeVar("Seen")
_MOST_BESIDE = 48


@final
class Kept(Generic[Seen]):
    """What was seen of one subject through each codec, for several threads.

    The source stays, and so does the ladder of the codec that was seen last; of all others those
    that were asked for last.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[Codec, Seen] = {}

    def get(self, codec: Codec) -> Seen | None:
        with self._lock:
            if codec in self._seen:
                self._seen[codec] = self._seen.pop(codec)
            return self._seen.get(codec)

    def put(self, codec: Codec, seen: Seen) -> None:
        with self._lock:
            self._seen[codec] = seen
            passing = [one for one in self._seen if not _stays(one, beside=codec)]
            for one in passing[:-_MOST_BESIDE]:
                del self._seen[one]

    def __len__(self) -> int:
        return len(self._seen)


def _stays(codec: Codec, *, beside: Codec) -> bool:
    on_ladder = codec.name == beside.name and codec.level in beside.ladder
    return isinstance(codec, Source) or on_ladder
