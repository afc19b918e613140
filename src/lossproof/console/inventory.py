"""Lists of what there is, as headings and lines of text."""

import inspect
from collections.abc import Sequence

from lossproof.codecs import CODECS
from lossproof.codecs.codec import Codec
from lossproof.datasets import DATASETS, Dataset
from lossproof.datasets.built_in import place_of
from lossproof.models import MODELS
from lossproof.models.zoo import ZOO

Lines = tuple[Sequence[str], Sequence[Sequence[str]]]


def codec_lines() -> Lines:
    """Every codec: what it codes, and its levels."""
    headings = ("codec", "codes", "level", "range", "ladder")
    return headings, [(codec.name, _codes(codec), *_levels(codec)) for codec in CODECS]


def _codes(codec: type[Codec]) -> str:
    return ", ".join(f"{media}s" for media in codec.media)


def _levels(codec: type[Codec]) -> tuple[str, str, str]:
    if codec.level_range is None:
        return ("-", "-", "-")
    low, high = codec.level_range
    ladder = " ".join(f"{level:g}" for level in codec.ladder if level is not None)
    return (f"{codec.unit}, {codec.better} is better", f"{low:g} to {high:g}", ladder)


def model_lines() -> Lines:
    """The built-in architectures, and the forms of one's own."""
    lines = [
        (
            entry.name if entry.name == "identity" else f"{entry.name}[:WEIGHTS.safetensors]",
            entry.task,
            "comes with lossproof",
        )
        for entry in MODELS.values()
    ]
    lines += [
        (entry.name, entry.task, f"{entry.arch}, small, trained on tinytown")
        for entry in ZOO.values()
    ]
    own = "your own model: FUNCTION() returns an object with predict(frames)"
    lines.append(
        (
            "FILE.toml[:WEIGHTS.onnx]",
            "segmentation, pose",
            "an ONNX network, described in a small file",
        )
    )
    lines.append(("FILE.py:FUNCTION", "any", own))
    return ("--model", "task", "what it is"), lines


def dataset_lines() -> Lines:
    """The dataset layouts."""
    headings = ("--data", "task", "what it is")
    return headings, [
        (f"{dataset.name}{_path(dataset)}", dataset.task, first_sentence(dataset))
        for dataset in DATASETS
    ]


def _path(dataset: type[Dataset]) -> str:
    return "[:PATH]" if place_of(dataset.name, task=None) else ":PATH"


def first_sentence(described: type) -> str:
    """The first line of a class's own description."""
    return (inspect.getdoc(described) or "").partition("\n")[0]
