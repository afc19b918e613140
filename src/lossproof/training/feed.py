"""Batches ahead of the network: read, fetched, decoded, changed and put together in threads.

What a batch holds depends on the seed, the epoch and its place alone, never on which thread was
quicker or where training was resumed.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossproof.codecs import Codec
from lossproof.codecs.source import Source
from lossproof.records import Frames, FrameSize, Sample
from lossproof.resizing import frame_size_of
from lossproof.training.arrivals import Arrivals
from lossproof.training.family import Batch, Example, Family
from lossproof.training.recipe import Augmentation
from lossproof.training.view import Look, View, draw_view, whole

_BATCHES_AHEAD = 2


@dataclass(frozen=True)
class Share:
    """Which of several processes this is, of those that share each batch."""

    rank: int = 0
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The training split of a recipe, epoch by epoch.

    Samples that are damaged are left out and noted in ``damaged``, with the reason; a batch that
    they leave empty has the next sample of the epoch's order instead. With ``with_source`` each
    example has the source's frames at the same view.
    """

    arrivals: Arrivals
    family: Family
    settings: Any
    samples: Sequence[Sample]
    codecs: tuple[Codec, ...]
    augmentation: Augmentation
    batch_size: int
    seed: int
    threads: int = 1
    share: Share = field(default_factory=Share)
    with_source: bool = False
    damaged: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.augmentation.around and self.family.things is None:
            raise ValueError(f"{self.family.name} knows no things to crop around")
        if self.batch_size < self.share.count:
            raise ValueError(
                f"batch_size is {self.batch_size} for {self.share.count} processes; "
                f"{self.share.count} or more is allowed"
            )

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches only; which samples are left over is drawn anew in each epoch."""
        return max(1, len(self.samples) // self.batch_size)

    def batches(self, epoch: int, places: range) -> Iterator[Batch]:
        """The batches of an epoch at some of its places, in their order.

        Raises ValueError when every sample of the split is damaged, or a batch's frames differ in
        size.
        """
        with ThreadPoolExecutor(self.threads, thread_name_prefix="feed") as pool:
            started: deque[Future[Batch]] = deque()
            try:
                for indices in self._indices(epoch, places):
                    started.append(self._start(pool, epoch, indices))
                    if len(started) > _BATCHES_AHEAD:
                        yield started.popleft().result()
                while started:
                    yield started.popleft().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def example(self, epoch: int, index: int) -> Example:
        """One sample as it is in an epoch. Raises ValueError for one that is damaged."""
        generator = np.random.default_rng([self.seed, epoch, index])
        codec = self.codecs[generator.integers(len(self.codecs))]
        sample = self.samples[index]
        before = self.augmentation.order == "before codec"
        frames = self.arrivals.source(sample) if before else self.arrivals.frames(sample, codec)
        wanted = self.arrivals.dataset.read_target(sample)
        view = self._view(frame_size_of(frames), wanted, generator)
        seed = int(generator.integers(2**62))
        if before:
            seen, source = self._sent(view.of_frames(frames), codec, seed)
        else:
            seen = self._see(frames, Look(view, seed, self.arrivals.keeper(sample, codec)))
            source = self._source(sample, view, seed) if self.with_source else None
        return Example(seen, self.family.align(wanted, view), source)

    def _view(self, frame_size: FrameSize, target: Any, generator: np.random.Generator) -> View:
        find = self.family.things if self.augmentation.around else None
        things = find(target) if find else None
        return draw_view(self.augmentation, frame_size, generator, things=things)

    def _sent(self, frames: Frames, codec: Codec, seed: int) -> tuple[Any, Any]:
        """What is seen of frames that are coded as they are, and of these frames themselves."""
        look = Look(whole(frame_size_of(frames)), seed)
        seen = self._see(codec.decode(codec.encode(frames)), look)
        return seen, self._see(frames, look) if self.with_source else None

    def _source(self, sample: Sample, view: View, seed: int) -> Any:
        plain = Source()
        look = Look(view, seed, self.arrivals.keeper(sample, plain))
        return self._see(self.arrivals.frames(sample, plain), look)

    def _see(self, frames: Frames, look: Look) -> Any:
        if self.family.see is None:
            return look.view.of_frames(frames)
        return self.family.see(self.settings, frames, look)

    def _order(self, epoch: int) -> list[int]:
        order: list[int] = (
            np.random.default_rng([self.seed, epoch]).permutation(len(self.samples)).tolist()
        )
        return order

    def _indices(self, epoch: int, places: range) -> Iterator[list[int]]:
        """Of each batch, those of all processes that share it."""
        order = self._order(epoch)
        for place in places:
            yield order[place * self.batch_size : (place + 1) * self.batch_size]

    def _start(
        self, pool: ThreadPoolExecutor, epoch: int, indices: Sequence[int]
    ) -> "Future[Batch]":
        own = indices[self.share.rank :: self.share.count]
        examples = [pool.submit(self._whole, epoch, index) for index in own]
        # The pool takes up work in order, so that whoever collates waits for work under way only.
        return pool.submit(self._collate, examples, epoch, indices[-1])

    def _whole(self, epoch: int, index: int) -> Example | None:
        try:
            return self.example(epoch, index)
        except ValueError as error:
            self.damaged[self.samples[index].id] = " ".join(str(error).split())
            return None

    def _stand_in(self, epoch: int, last: int) -> Example:
        """The next sample after one, in the epoch's order and round its end, that can be read."""
        order = self._order(epoch)
        after = order.index(last) + 1
        for index in [*order[after:], *order[:after]]:
            if (example := self._whole(epoch, index)) is not None:
                return example
        first = self.samples[0].id
        raise ValueError(
            f"all {len(order)} training samples failed, first {first}: {self.damaged[first]}"
        )

    def _collate(
        self, examples: "Sequence[Future[Example | None]]", epoch: int, last: int
    ) -> Batch:
        whole = [example for future in examples if (example := future.result()) is not None]
        whole = whole or [self._stand_in(epoch, last)]
        sizes = {frame_size_of(example.frames) for example in whole}
        if len(sizes) > 1 and not self.family.mixed_sizes:
            listed = ", ".join(f"{width}x{height}" for width, height in sorted(sizes))
            raise ValueError(f"frames of a batch are of {listed}; give one frame_size or a crop")
        return self.family.collate(whole)
