"""What an ONNX file does not say about its network, declared in a small TOML file.

name = "cgnet-m3n21-camvid"
task = "segmentation"            # or "pose"
weights = "cgnet_camvid.onnx"    # optional, beside this file; or FILE.toml:weights.onnx
batch_size = 1                   # pictures that go through the network together

[input]
size = [480, 360]                # width and height, or "native" for the frame's own
interpolation = "linear"         # nearest, linear, cubic or area, where the frame differs
colour = "RGB"                   # or "BGR": the order of the network's channels
scale = 1.0                      # (value * scale - mean) / std, values 0..255
mean = [105.2, 102.9, 99.2]      # in the order of the network's channels
std = [1.0, 1.0, 1.0]
layout = "NCHW"                  # or "NHWC"

[output]
name = "logits"                  # needed when the network has several
kind = "logits"                  # one per class and pixel; or "class_map"
layout = "NCHW"                  # of logits; by default the input's
classes = [0, 1, 2]              # the dataset's class for each of the network's

# For the task pose, kind is "heatmaps_and_fields" for a network that sees whole pictures, or
# "heatmaps" for one that is shown one person at a time. Its keys besides name and layout:
# parts = ["nose", "neck"]               of the heat maps in their order
# limbs = [["neck", "nose", 28, 29]]     two parts, and the channels of x and y among the fields
# background = true                      whether a map of the background follows the parts
# fields = "pafs"                        the output with the fields, where it is another
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field, model_validator

from lossproof.models.normalisation import Normalisation
from lossproof.records import IGNORE

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=1)]
ClassIndex = Annotated[int, Field(ge=0, lt=IGNORE)]
Channel = Annotated[int, Field(ge=0)]
LimbEntry = tuple[str, str, Channel, Channel]
Layout = Literal["NCHW", "NHWC"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Input(_Table):
    """How a frame becomes the network's input."""

    size: tuple[Pixels, Pixels] | Literal["native"]
    colour: Literal["RGB", "BGR"]
    scale: Positive = 1.0
    mean: tuple[Finite, Finite, Finite] = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    layout: Layout = "NCHW"
    interpolation: Literal["nearest", "linear", "cubic", "area"] = "linear"

    @property
    def normalisation(self) -> Normalisation:
        return Normalisation(self.scale, self.mean, self.std, self.colour)


class Output(_Table):
    """How the network's output becomes a prediction.

    ``classes`` is for segmentation; ``parts`` for poses; ``limbs``, ``background`` and ``fields``
    for poses from whole pictures.
    """

    name: str | None = None
    kind: Literal["logits", "class_map", "heatmaps_and_fields", "heatmaps"]
    layout: Layout | None = None
    classes: Annotated[tuple[ClassIndex, ...], Field(min_length=1)] | None = None
    parts: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    limbs: Annotated[tuple[LimbEntry, ...], Field(min_length=1)] | None = None
    background: bool = True
    fields: str | None = None


_KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "segmentation": {"logits": ("classes",), "class_map": ("classes",)},
    "pose": {
        "heatmaps_and_fields": ("parts", "limbs", "background", "fields"),
        "heatmaps": ("parts",),
    },
}
"""The kinds of output of each task, and the keys that are of some of them only."""
_KEYS_OF_KINDS = {key for kinds in _KINDS.values() for keys in kinds.values() for key in keys}


class Declaration(_Table):
    """All of it; see the example above."""

    name: Annotated[str, Field(min_length=1)]
    task: Literal["segmentation", "pose"]
    weights: Path | None = None
    batch_size: Annotated[int, Field(ge=1)] = 1
    input: Input
    output: Output

    @model_validator(mode="after")
    def _kind_is_of_the_task(self) -> "Declaration":
        output, kinds = self.output, _KINDS[self.task]
        if output.kind not in kinds:
            raise ValueError(
                f"output.kind is {output.kind!r}; for {self.task} {' or '.join(kinds)} is allowed"
            )
        for key in sorted((_KEYS_OF_KINDS & output.model_fields_set) - set(kinds[output.kind])):
            raise ValueError(f"output.{key} is given, but {output.kind} has no {key}")
        return self

    def decisive(self) -> str:
        """What of it decides predictions, as JSON: not the name, the path or the batch."""
        # Keys of other kinds are left out, so that a new one does not change old results' names.
        others = _KEYS_OF_KINDS - set(_KINDS[self.task][self.output.kind])
        return self.model_dump_json(include={"task", "input", "output"}, exclude={"output": others})


def read_declaration(path: Path) -> Declaration:
    """The declaration in ``path``. Raises ValueError naming each entry that is wrong."""
    try:
        return Declaration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"declaration {str(path)!r} cannot be read: {reason}") from error
    except pydantic.ValidationError as error:
        raise ValueError(f"declaration {str(path)!r}: {_wrong(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"declaration {str(path)!r} is not TOML: {error}") from error


def _wrong(error: pydantic.ValidationError) -> str:
    """Each mistake on one line: the entry, what is allowed, and the value where there is one."""
    lines = []
    for mistake in error.errors():
        entry = ".".join(str(part) for part in mistake["loc"])
        if mistake["type"] == "value_error":
            lines.append(str(mistake["ctx"]["error"]))
            continue
        found = "" if mistake["type"] == "missing" else f", not {mistake['input']!r}"
        lines.append(f"{entry}: {mistake['msg']}{found}")
    return "; ".join(lines)
