"""What an ONNX file does not say about its network, declared in a small TOML file.

name = "cgnet-m3n21-camvid"
task = "segmentation"
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
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from lossproof.models.normalisation import Normalisation
from lossproof.records import IGNORE

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=1)]
ClassIndex = Annotated[int, Field(ge=0, lt=IGNORE)]
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
    """How the network's output becomes a class map."""

    name: str | None = None
    kind: Literal["logits", "class_map"]
    layout: Layout | None = None
    classes: Annotated[tuple[ClassIndex, ...], Field(min_length=1)] | None = None


class Declaration(_Table):
    """All of it; see the example above."""

    name: Annotated[str, Field(min_length=1)]
    task: Literal["segmentation"]
    weights: Path | None = None
    batch_size: Annotated[int, Field(ge=1)] = 1
    input: Input
    output: Output

    def decisive(self) -> str:
        """What of it decides predictions, as JSON: not the name, the path or the batch."""
        return self.model_dump_json(include={"task", "input", "output"})


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
        found = "" if mistake["type"] == "missing" else f", not {mistake['input']!r}"
        lines.append(f"{entry}: {mistake['msg']}{found}")
    return "; ".join(lines)
