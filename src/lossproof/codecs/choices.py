"""What a codec's settings may be: read from its fields, checked, and parsed from text.

A setting is a field annotated ``bool`` or ``Literal[...]``; every other field is the level.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lossproof.codecs.codec import Codec, CodecClass
from lossproof.records import Setting


@cache
def choices(codec: CodecClass) -> Mapping[str, tuple[Setting, ...]]:
    """The allowed values of every setting of a codec, by name, in the order of its fields."""
    hints = get_type_hints(codec)
    names = [field.name for field in fields(codec) if field.name != "level"]  # type: ignore[arg-type]
    return {name: _values(hints[name]) for name in names}


def _values(hint: Any) -> tuple[Setting, ...]:
    if hint is bool:
        return (False, True)
    assert get_origin(hint) is Literal, f"a setting is bool or Literal, not {hint}"
    return get_args(hint)


def check_choices(codec: Codec) -> None:
    """Refuse a setting that has a value which is not among its choices, naming them."""
    for name, allowed in choices(type(codec)).items():
        value = getattr(codec, name)
        # True == 1 in Python, so the type is compared too.
        if not any(type(value) is type(one) and value == one for one in allowed):
            raise ValueError(_refusal(type(codec), name, repr(value)))


def check_names(codec: CodecClass, names: Mapping[str, Any]) -> None:
    """Refuse a name that is not a setting of the codec, naming its settings."""
    known = choices(codec)
    for name in names:
        if name not in known:
            listed = ", ".join(known) if known else "none"
            raise ValueError(f"{codec.name} has no setting {name!r}; its settings: {listed}")


def parse_choice(codec: CodecClass, name: str, text: str) -> Setting:
    """The value that text such as ``true``, ``4:4:4`` or ``6`` stands for in a known setting."""
    for value in choices(codec)[name]:
        if text == spelled(value):
            return value
    raise ValueError(_refusal(codec, name, repr(text)))


def spelled(value: Setting) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refusal(codec: CodecClass, name: str, shown: str) -> str:
    allowed = ", ".join(spelled(value) for value in choices(codec)[name])
    return f"{codec.name} {name} {shown} is not known; {allowed} are allowed"
