"""What a dataset is: one official on-disk layout, read lazily."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from lossproof.records import Media, MediaKind, Sample


@dataclass(frozen=True)
class Source:
    """Where a person gets a dataset, and under what licence; of a layout for files of one's own,
    an example of it."""

    url: str
    licence: str
    layout: str
    is_example: bool = False

    @property
    def where(self) -> str:
        """What stands before the address in a sentence."""
        return "An example is at" if self.is_example else "Get it from"


class Dataset(Protocol):
    """One layout at one place, made by ``Layout(root)``; final classes satisfy it.

    Making one reads nothing but the folder's outline and raises ValueError when the folder is not
    of this layout, saying what is missing. ``samples`` lists a split in its official order.
    ``classes`` may depend on the folder and is empty where the task has none; ``palette`` has a
    colour for each where the dataset is known for its colours. A dataset that has come to read the
    same files as something else has ``reading`` as well, any word: what was measured before then
    is measured anew.
    """

    name: ClassVar[str]
    task: ClassVar[str]
    media: ClassVar[MediaKind]
    palette: ClassVar[tuple[tuple[int, int, int], ...]]
    splits: ClassVar[tuple[str, ...]]
    default_split: ClassVar[str]
    source: ClassVar[Source]

    def __init__(self, root: Path) -> None: ...

    @property
    def classes(self) -> tuple[str, ...]: ...

    def samples(self, split: str) -> Sequence[Sample]:
        """The samples of a split. Raises ValueError for one that is unknown, absent or empty."""
        ...

    def read_media(self, sample: Sample) -> Media:
        """Decoded frames and the file's bytes. Raises DamagedSample."""
        ...

    def read_target(self, sample: Sample) -> Any:
        """The task's target, one of ``targets.py``. Raises DamagedSample."""
        ...
