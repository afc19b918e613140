"""What the settings of a codec, task or model may be: read from its fields, checked, and parsed.

A setting is a keyword field of a frozen dataclass that has a ``name``, annotated ``bool``,
``Literal[...]``, or ``Annotated[int, Within(1, 300)]`` (or ``float``) for a range. The field
``level`` is a codec's level and no setting.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from lossproof.records import Setting


@dataclass(frozen=True)
class Within:
    """A range of numbers, its ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Numbers:
    """The values of a setting that is a number."""

    kind: type[int] | type[float]
    within: Within

    def allows(self, value: Any) -> bool:
        return type(value) is self.kind and self.within.low <= value <= self.within.high

    def parse(self, text: str) -> Setting:
        """Raises ValueError for text that is no number of this kind, or out of range."""
        value = self.kind(text)
        if not self.allows(value):
            raise ValueError(text)
        return value

    def __str__(self) -> str:
        kind = "whole numbers" if self.kind is int else "numbers"
        return f"{kind} from {self.within.low:g} to {self.within.high:g}"


@dataclass(frozen=True)
class Choices:
    """The values of a setting that is one of a few."""

    values: tuple[Setting, ...]

    def allows(self, value: Any) -> bool:
        # True == 1 in Python, so the type is compared too.
        return any(type(value) is type(one) and value == one for one in self.values)

    def parse(self, text: str) -> Setting:
        """Raises ValueError for text that is none of them."""
        for value in self.values:
            if text == spelled(value):
                return value
        raise ValueError(text)

    def __str__(self) -> str:
        return ", ".join(map(spelled, self.values))


Allowed = Numbers | Choices


def allowed(owner: Any) -> Mapping[str, Allowed]:
    """What each setting of a class may be, by name, in the order of its fields."""
    hints = get_type_hints(owner, include_extras=True)
    names = [field.name for field in fields(owner) if field.name != "level"]
    return {name: _allowed(hints[name]) for name in names}


def _allowed(hint: Any) -> Allowed:
    if hint is bool:
        return Choices((False, True))
    if get_origin(hint) is Annotated:
        kind, within = get_args(hint)
        return Numbers(kind, within)
    assert get_origin(hint) is Literal, f"a setting is bool, Literal or a range, not {hint}"
    return Choices(get_args(hint))


def settings(owner: Any) -> dict[str, Setting]:
    """Every setting of an instance, by name."""
    return {name: getattr(owner, name) for name in allowed(type(owner))}


def check_settings(owner: Any) -> None:
    """Refuse a setting that has a value which is not allowed, naming what is."""
    for name, values in allowed(type(owner)).items():
        value = getattr(owner, name)
        if not values.allows(value):
            raise ValueError(_refusal(type(owner), name, repr(value)))


def check_names(owner: Any, names: Mapping[str, Any]) -> None:
    """Refuse a name that is not a setting of the class, naming its settings."""
    known = allowed(owner)
    for name in names:
        if name not in known:
            listed = ", ".join(known) if known else "none"
            raise ValueError(f"{owner.name} has no setting {name!r}; its settings: {listed}")


def read_settings(owner: Any, texts: Mapping[str, str]) -> dict[str, Setting]:
    """The values that texts stand for, by name. Raises ValueError as ``parse_settings`` does."""
    check_names(owner, texts)
    return {name: _parse(owner, name, text) for name, text in texts.items()}


def parse_settings(owner: Any, text: str) -> dict[str, Setting]:
    """The settings in text such as ``subsampling=4:4:4,progressive=true``; none in empty text.

    Raises ValueError for an unknown or repeated setting and for a value that is not allowed.
    """
    found: dict[str, str] = {}
    for part in text.split(",") if text else []:
        name, equals, value = part.partition("=")
        if not equals or name in found:
            problem = "is given twice" if equals else "has no value"
            raise ValueError(f"{name!r} {problem} in {text!r}; setting=value,... is allowed")
        found[name] = value
    return read_settings(owner, found)


def _parse(owner: Any, name: str, text: str) -> Setting:
    try:
        return allowed(owner)[name].parse(text)
    except ValueError:
        raise ValueError(_refusal(owner, name, repr(text))) from None


def spelled(value: Setting) -> str:
    """As it is written in text."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refusal(owner: Any, name: str, shown: str) -> str:
    values = allowed(owner)[name]
    number = isinstance(values, Numbers) and re.fullmatch(r"'?-?\d+(\.\d*)?'?", shown)
    problem = "is out of range" if number else "is not known"
    return f"{owner.name} {name} {shown} {problem}; {values} are allowed"
