"""One codec or dataset in full, line by line."""

import inspect
from collections.abc import Iterator

from lossproof.codecs import codec_class, make_codec
from lossproof.codecs.codec import Codec
from lossproof.datasets import dataset_class
from lossproof.records import Setting
from lossproof.settings import Allowed, Choices, allowed, spelled


def codec_details(name: str) -> Iterator[str]:
    """What a codec is, its settings, and its library. Raises ValueError for an unknown name."""
    codec = codec_class(name)
    yield from _description(codec)
    yield ""
    for setting in setting_lines(codec):
        yield f"  {setting}"
    yield f"made by {make_codec(codec.name, codec.ladder[0]).encoder()}"


def _description(described: type) -> list[str]:
    """What a class says of itself, as people read it on a screen."""
    return (inspect.getdoc(described) or "").replace("``", "").splitlines()


def setting_lines(codec: type[Codec]) -> list[str]:
    """``preset=medium (also ultrafast, ...)`` of each setting, its default first."""
    default = make_codec(codec.name, codec.ladder[0])
    found = []
    for name, values in allowed(codec).items():
        first = getattr(default, name)
        found.append(f"{name}={spelled(first)} ({_others(values, first)})")
    return found


def _others(values: Allowed, first: Setting) -> str:
    if isinstance(values, Choices):
        return "or " + ", ".join(spelled(value) for value in values.values if value != first)
    return str(values)


def dataset_details(name: str) -> Iterator[str]:
    """What a dataset is, and where it comes from. Raises ValueError for an unknown name."""
    dataset = dataset_class(name)
    yield from _description(dataset)
    yield ""
    yield f"task:    {dataset.task}, on {dataset.media}s"
    yield f"splits:  {', '.join(dataset.splits)}; {dataset.default_split} when none is named"
    yield f"layout:  {dataset.source.layout}"
    yield f"{'example:' if dataset.source.is_example else 'from:   '} {dataset.source.url}"
    yield f"licence: {dataset.source.licence}"
