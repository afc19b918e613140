"""What a world of a size consists of, and the seed of every part.

A part's seed is made of what it is, its split and its number, so that a larger
world has all that a smaller one has, and no two splits share a street or a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lossproof.tinytown.truth import ACTIONS

VERSION = 2
"""Changed when the same seed would give another picture or another truth."""

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
CLIPS_PER_GROUP = 4
STILL_FILES = (".png", ".depth.png", ".classes.png", ".instances.png", ".json")
CLIP_FILE = ".mkv"

_STILL, _CLIP, _SCENE = range(3)
_SEED = 1


@dataclass(frozen=True)
class StillPlace:
    """One still: its split and its number there."""

    split: Split
    index: int

    @property
    def id(self) -> str:
        return f"{self.index:06d}"

    @property
    def stem(self) -> str:
        """Its files without their endings, below the world's folder."""
        return f"stills/{self.split}/{self.id}"

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(f"{self.stem}{ending}" for ending in STILL_FILES)

    def rng(self) -> np.random.Generator:
        return np.random.default_rng([_SEED, _STILL, SPLITS.index(self.split), self.index])


@dataclass(frozen=True)
class ClipPlace:
    """One clip: its split and its number there.

    Numbers go through the actions over and over, and four in a row are of one group: one person in
    one street, who does different things.
    """

    split: Split
    index: int

    @property
    def label(self) -> int:
        return self.index % len(ACTIONS)

    @property
    def group(self) -> str:
        """``train_g03``: no other split has it."""
        return f"{self.split}_g{self.group_number:02d}"

    @property
    def group_number(self) -> int:
        return self.index // CLIPS_PER_GROUP + 1

    @property
    def number(self) -> int:
        """Within the group."""
        return self.index % CLIPS_PER_GROUP + 1

    @property
    def id(self) -> str:
        return f"{ACTIONS[self.label]}/g{self.group_number:02d}_c{self.number:02d}"

    @property
    def files(self) -> tuple[str, ...]:
        return (f"clips/{self.split}/{self.id}{CLIP_FILE}",)

    @property
    def scene_seed(self) -> int:
        """The same for all clips of a group."""
        seeds = [_SEED, _SCENE, SPLITS.index(self.split), self.group_number]
        return int(np.random.SeedSequence(seeds).generate_state(1)[0])

    def rng(self) -> np.random.Generator:
        return np.random.default_rng([_SEED, _CLIP, SPLITS.index(self.split), self.index])


Place = StillPlace | ClipPlace
Holds = Literal["all", "stills", "clips"]
"""What of a world is in a folder: stills serve four of the tasks, clips the fifth."""
HALVES: Mapping[str, Holds] = {"stills": "stills", "clips": "clips"}


def stills_of(size: int, split: Split) -> tuple[StillPlace, ...]:
    """The stills of a split in the world with ``size`` stills to train on."""
    numbers = {"train": size, "val": max(8, size // 8), "test": max(8, size // 2)}
    return tuple(StillPlace(split, index) for index in range(numbers[split]))


def clips_of(size: int, split: Split) -> tuple[ClipPlace, ...]:
    """The clips of a split in the world with ``size`` stills to train on."""
    numbers = {"train": size // 2, "val": max(10, size // 16), "test": max(20, size // 4)}
    return tuple(ClipPlace(split, index) for index in range(numbers[split]))


def places_of(size: int, holds: Holds = "all") -> tuple[Place, ...]:
    """Every still and every clip that a world of a size holds, the stills first."""
    stills = [place for split in SPLITS for place in stills_of(size, split)]
    clips = [place for split in SPLITS for place in clips_of(size, split)]
    wanted: dict[Holds, tuple[Place, ...]] = {
        "all": (*stills, *clips),
        "stills": tuple(stills),
        "clips": tuple(clips),
    }
    return wanted[holds]
