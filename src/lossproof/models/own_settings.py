"""The settings that a network was built and trained with, which its weights file remembers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from lossproof.models.weights_file import read_metadata
from lossproof.records import Setting
from lossproof.settings import allowed, check_names, read_settings

Owner = TypeVar("Owner")


def own_settings(owner: type[Owner], given: Mapping[str, str], weights: Path | None) -> Owner:
    """The settings of a network: those given, else those in the file's metadata, else defaults.

    Raises ValueError for an unknown setting, a value that is not allowed, and one that is given but
    differs from what the weights were trained with.
    """
    return owner(**cast(Any, told_settings(owner, given, weights)))


def told_settings(owner: Any, given: Mapping[str, str], weights: Path | None) -> dict[str, Setting]:
    """Those that are given or in the file's metadata alone, by name. Raises ValueError likewise."""
    chosen = read_settings(owner, given)
    stored = _stored(owner, weights) if weights else {}
    for name, value in stored.items():
        if chosen.get(name, value) != value:
            raise ValueError(
                f"weights {str(weights)!r} were trained with {name} {value}, but {name} "
                f"{chosen[name]} is given; leave it away or give {value}"
            )
    return {**stored, **chosen}


def _stored(owner: Any, weights: Path) -> dict[str, Any]:
    text = read_metadata(weights).get("settings", "{}")
    try:
        stored = dict(json.loads(text))
    except (ValueError, TypeError):
        raise ValueError(
            f"weights {str(weights)!r} have the settings {text[:80]!r}; JSON is allowed"
        ) from None
    check_names(owner, stored)
    for name, value in stored.items():
        values = allowed(owner)[name]
        if not values.allows(value):
            raise ValueError(
                f"weights {str(weights)!r} have {name} {value!r}; {values} are allowed"
            )
    return stored
