"""Frames of a sample as they arrive from a codec, which each sample goes through only once."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2

from lossproof.codecs import Codec
from lossproof.codecs.source import Source
from lossproof.datasets import Dataset
from lossproof.digests import digest_files
from lossproof.records import Frames, FrameSize, Sample
from lossproof.resizing import resized
from lossproof.settings import settings
from lossproof.training.bitstreams import Bitstreams
from lossproof.training.view import Keep


@dataclass(frozen=True)
class Arrivals:
    """Reads, resizes, compresses or fetches, and decodes the samples of a dataset.

    ``digests`` are of the content of their files; a copy of the data elsewhere, or a changed file,
    is told from another by it.
    """

    dataset: Dataset
    bitstreams: Bitstreams
    frame_size: FrameSize | None
    digests: Mapping[Path, str | None]

    def frames(self, sample: Sample, codec: Codec) -> Frames:
        """What the network gets of a sample. Raises ValueError for one that cannot be coded."""
        name = self._name(sample, codec)
        # Raw pixels on disk would be slower than the dataset's own file, and many times larger.
        raw = isinstance(codec, Source)
        data = self.bitstreams.get(name, lambda: codec.encode(self.source(sample)), on_disk=not raw)
        try:
            return codec.decode(data)
        except ValueError:  # a file of the cache that something else has damaged
            self.bitstreams.drop(name)
            return codec.decode(codec.encode(self.source(sample)))

    def keeper(self, sample: Sample, codec: Codec) -> Keep:
        """Keeps what is computed of the frames of a sample beside their bitstream."""
        arrived = self._name(sample, codec)

        def keep(name: str, make: Callable[[], bytes]) -> bytes:
            whole = hashlib.blake2b(f"{arrived} {name}".encode(), digest_size=16).hexdigest()
            return self.bitstreams.get(whole, make)

        return keep

    def source(self, sample: Sample) -> Frames:
        """The frames before the codec, at the frame size. Raises DamagedSample."""
        return resized(self.dataset.read_media(sample).frames, self.frame_size)

    def _name(self, sample: Sample, codec: Codec) -> str:
        content = [self.digests.get(path) for path in _media(sample)]
        coded = [codec.name, codec.level, settings(codec), codec.encoder()]
        scaled = [self.frame_size, cv2.__version__]
        text = json.dumps([1, self.dataset.name, sample.id, content, coded, scaled], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def media_digests(samples: Iterable[Sample]) -> dict[Path, str | None]:
    """The digest of every file that frames are read from; None for one that cannot be read."""
    paths = list(dict.fromkeys(path for sample in samples for path in _media(sample)))
    return dict(zip(paths, digest_files(paths), strict=True))


def _media(sample: Sample) -> tuple[Path, ...]:
    return (sample.media, *sample.others)
