"""What a recipe is: everything that decides the weights that training ends with."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from lossproof.codecs import Codec, codec_class, make_codec, parse_codec
from lossproof.records import FrameSize, Level, Setting

Method = Literal["retrain", "recalibrate", "distil"]
_MOST_LEVELS_BETWEEN = 16
_MOST_LEVELS_NAMED = 6
_WORDS = {"retrain": "retrained", "recalibrate": "recalibrated", "distil": "distilled"}


@dataclass(frozen=True, kw_only=True)
class Compression:
    """What the training input goes through; the default is the source itself.

    ``codec`` is as ``parse_codec`` takes it. Of several ``levels`` one is drawn for every sample in
    every epoch. ``frame_size`` is that before the codec, None for the size of the source. Raises
    ValueError for a codec, setting or level that is not allowed.
    """

    codec: str = "source"
    levels: tuple[Level, ...] = (None,)
    frame_size: FrameSize | None = None

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError("levels are none; 1 or more are allowed")
        if self.frame_size is not None and min(self.frame_size) < 1:
            raise ValueError(f"frame_size is {self.frame_size}; 1x1 or more is allowed")
        self.codecs()

    def codecs(self) -> tuple[Codec, ...]:
        """The codec at each of the levels."""
        name, settings = parse_codec(self.codec)
        return tuple(make_codec(name, level, **settings) for level in self.levels)

    @property
    def title(self) -> str:
        """In words: ``source``, ``jpeg 10`` or ``jpeg 95, 50, 10 at 320x240``."""
        levels = [f"{level:g}" for level in self.levels if level is not None]
        if len(levels) > _MOST_LEVELS_NAMED:
            levels = [f"{levels[0]} to {levels[-1]}"]
        size = f" at {self.frame_size[0]}x{self.frame_size[1]}" if self.frame_size else ""
        return f"{' '.join([self.codec, ', '.join(levels)]).strip()}{size}"

    @staticmethod
    def between(
        codec: str, low: float, high: float, *, frame_size: FrameSize | None = None
    ) -> "Compression":
        """Any level from ``low`` to ``high``: each whole one, or 16 evenly spread where a codec's
        levels are not whole. Raises ValueError."""
        if not low < high:
            raise ValueError(f"levels run from {low:g} to {high:g}; low < high is allowed")
        if codec_class(parse_codec(codec)[0]).level_type is int:
            levels: tuple[Level, ...] = tuple(range(math.ceil(low), math.floor(high) + 1))
        else:
            step = (high - low) / (_MOST_LEVELS_BETWEEN - 1)
            levels = tuple(low + step * place for place in range(_MOST_LEVELS_BETWEEN))
        return Compression(codec=codec, levels=levels, frame_size=frame_size)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast a network learns.

    Either ``iterations`` or ``epochs`` is given. The learning rate is fixed, or multiplied by
    ``drop_to`` every ``drop_every`` iterations. ``momentum`` is that of SGD, or the first beta of
    Adam. ``optimiser`` is the family's own, or ``adam`` for a family whose own is SGD. The
    validation split is scored every ``validate_every`` epochs and at the end.
    """

    learning_rate: float
    batch_size: int
    iterations: int | None = None
    epochs: int | None = None
    momentum: float = 0.9
    weight_decay: float = 0.0
    drop_every: int | None = None
    drop_to: float = 0.1
    validate_every: int = 1
    optimiser: Literal["own", "adam"] = "own"

    def __post_init__(self) -> None:
        if (self.iterations is None) == (self.epochs is None):
            raise ValueError(
                f"iterations are {self.iterations} and epochs {self.epochs}; one of them is allowed"
            )
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise ValueError(f"learning_rate is {self.learning_rate}; more than 0 is allowed")
        for name in ("batch_size", "iterations", "epochs", "drop_every", "validate_every"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}; 1 or more is allowed")

    def num_steps(self, steps_per_epoch: int) -> int:
        """The number of iterations in all."""
        if self.iterations is not None:
            return self.iterations
        assert self.epochs is not None
        return self.epochs * steps_per_epoch

    def rate(self, step: int) -> float:
        """The learning rate of an iteration, counted from 0."""
        drops = step // self.drop_every if self.drop_every else 0
        return self.learning_rate * self.drop_to**drops


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of the training input.

    Half of the frames are mirrored when ``flip`` is set. Frames are brought to ``height``, times a
    factor between the two of ``scale``, and turned by up to ``rotate`` degrees either way; what is
    then seen of beyond their border is grey. A window of ``crop`` (width, height) is cut anywhere,
    or, where it is ``around`` something, so that one of the target's things is in its middle half.
    ``after codec`` is what the paper does: the network sees a part of what arrived. With ``before
    codec`` the part is what is sent, which must be compressed anew in every epoch.
    """

    flip: bool = False
    crop: FrameSize | None = None
    order: Literal["after codec", "before codec"] = "after codec"
    height: int | None = None
    scale: tuple[float, float] = (1.0, 1.0)
    rotate: float = 0.0
    around: bool = False

    def __post_init__(self) -> None:
        if self.height is not None and self.height < 1:
            raise ValueError(f"height is {self.height}; 1 or more is allowed")
        low, high = self.scale
        if not 0 < low <= high < math.inf:
            raise ValueError(f"scale is {low:g} to {high:g}; 0 < low <= high is allowed")
        if not 0 <= self.rotate <= 180:
            raise ValueError(f"rotate is {self.rotate:g}; 0 to 180 degrees are allowed")

    @property
    def warps(self) -> bool:
        """Whether it does more than mirror and cut."""
        return self.height is not None or self.scale != (1.0, 1.0) or self.rotate > 0


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Data, compression of the training input, and schedule of one new model.

    ``data`` is ``NAME:PATH``. ``validation`` is the split that decides which weights are kept; None
    keeps the last ``holdout`` of the training split for it, since neighbouring frames resemble each
    other. ``parent`` is a model id or a weights file, None to start from the initialisation.
    ``settings`` are those of the family. ``method`` is how: ``retrain`` on the labels, or without
    labels ``recalibrate`` the parent's batch normalisation or ``distil`` its predictions on the
    source. ``preset`` is only a name.
    """

    family: str
    data: str
    schedule: Schedule
    split: str = "train"
    validation: str | None = None
    holdout: float = 0.1
    limit: int | None = None
    parent: str | None = None
    method: Method = "retrain"
    compression: Compression = field(default_factory=Compression)
    augmentation: Augmentation = field(default_factory=Augmentation)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    seed: int = 0
    preset: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.holdout < 1:
            raise ValueError(f"holdout is {self.holdout}; a share between 0 and 1 is allowed")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit is {self.limit}; 1 or more samples are allowed")
        if self.method not in _WORDS:
            raise ValueError(f"method is {self.method!r}; {', '.join(_WORDS)} are allowed")
        if self.method != "retrain" and self.parent is None:
            raise ValueError(f"{self.method} needs a parent, a model id or a weights file")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; 0 or more is allowed")

    @property
    def title(self) -> str:
        """How the model came to be, in words: ``retrained on jpeg 10``."""
        how = "trained" if self.parent is None else _WORDS[self.method]
        seed = f", seed {self.seed}" if self.seed else ""
        return f"{how} on {self.compression.title}{seed}"

    def as_dict(self) -> dict[str, Any]:
        """The fields in a form that JSON can hold."""
        return {**asdict(self), "settings": dict(sorted(self.settings.items()))}

    def identity(self) -> dict[str, Any]:
        """What of the fields decides the weights, where data and parent lie being no part of it."""
        fields = self.as_dict()
        fields["data"] = self.data.partition(":")[0]
        del fields["parent"], fields["preset"]
        return fields
