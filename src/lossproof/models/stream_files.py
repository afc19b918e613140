"""Which file holds the weights of which stream of a two-stream network."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from lossproof.models.model import Wanted
from lossproof.models.weights_file import read_metadata, tensor_names
from lossproof.models.weights_hash import content_digests

Stream = Literal["spatial", "motion"]
STREAMS: tuple[Stream, ...] = ("spatial", "motion")
FILE_SETTINGS = ("motion", "flow_weights")
"""Settings that are paths of weights files: of the motion stream, and of RAFT."""


def without_files(wanted: Wanted) -> tuple[Mapping[str, Path], Wanted]:
    """The settings that are paths, and the others: where a file lies decides no prediction."""
    given = wanted.settings
    paths = {name: Path(given[name]).expanduser() for name in FILE_SETTINGS if name in given}
    others = {name: value for name, value in given.items() if name not in paths}
    return paths, replace(wanted, settings=others)


def stream_files(weights: Path | None, motion: Path | None) -> Mapping[Stream, Path]:
    """The file of each stream that there is one for; none for an untrained network."""
    if weights is None and motion is None:
        return {}
    if weights is None:
        raise ValueError(
            f"motion={motion} is given without the spatial stream's weights; "
            f"two_stream:SPATIAL.safetensors,motion=MOTION.safetensors and, for the motion stream "
            f"alone, two_stream:MOTION.safetensors are allowed"
        )
    found = _streams_in(weights)
    if motion is None:
        return dict.fromkeys(found, weights)
    for file, name, has in (
        (weights, "spatial", found),
        (motion, "motion", _streams_in(motion)),
    ):
        if name not in has:
            raise ValueError(f"weights {str(file)!r} have no tensors {name}.*; they are needed")
    _check_classes(weights, motion)
    return {"spatial": weights, "motion": motion}


def _check_classes(spatial: Path, motion: Path) -> None:
    """Raises ValueError for two files that do not tell the same classes apart."""
    one, other = read_metadata(spatial), read_metadata(motion)
    for key in ("num_classes", "classes"):
        if key in one and key in other and one[key] != other[key]:
            raise ValueError(
                f"weights {str(spatial)!r} have {key} {one[key]!r} and {str(motion)!r} "
                f"{other[key]!r}; streams of the same classes are allowed"
            )


def _streams_in(path: Path) -> list[Stream]:
    content_digests([path], kind="weights")
    names = tensor_names(path)
    strange = [name for name in names if not name.startswith(tuple(f"{s}." for s in STREAMS))]
    if strange or not names:
        raise ValueError(
            f"weights {str(path)!r} have {len(strange)} tensors such as {strange[:1]}; "
            "names spatial.* and motion.* are allowed"
        )
    return [stream for stream in STREAMS if any(name.startswith(f"{stream}.") for name in names)]
