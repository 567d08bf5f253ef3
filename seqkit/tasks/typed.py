"""Dataclasses out of JSON that a stranger may have written: every value is of its field's type."""

import dataclasses
import types
import typing
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, TypeVar

LARGEST = 1 << 64
"""No number of a configuration is as large."""


class Dataclass(Protocol):
    """What every dataclass is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


D = TypeVar("D", bound=Dataclass)


def from_json(kind: type[D], value: Any) -> D:
    """A dataclass of this kind out of a JSON object with its fields; lists become tuples.

    Fields with a default may be missing. Raises ValueError that names the field which is missing,
    unknown or of another type, and whatever the dataclass itself refuses.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{_shown(value)} where an object is due")
    hints = typing.get_type_hints(kind)
    for name in value:
        if name not in hints:
            raise ValueError(f"{name!r} is not known")
    found = {}
    for field in dataclasses.fields(kind):
        if field.name in value:
            found[field.name] = _typed(field.name, value[field.name], hints[field.name])
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise ValueError(f"without {field.name!r}")
    return kind(**found)


def _typed(name: str, value: Any, hint: Any) -> Any:
    """The value as its type has it; ValueError where it is not of that type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _one_of(name, value, arguments)
    if origin is typing.Literal:
        sound = value in arguments
    elif origin in (tuple, Sequence) and isinstance(value, list | tuple):
        return _items(name, value, arguments)
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_json(hint, value)
    elif hint is float:
        sound = type(value) in (int, float) and abs(value) < LARGEST
    elif hint is int:
        sound = type(value) is int and abs(value) < LARGEST
    else:
        sound = hint in (str, bool, type(None)) and type(value) is hint
    if not sound:
        raise ValueError(f"{name} is {_shown(value)}")
    return value


def _one_of(name: str, value: Any, hints: Sequence[Any]) -> Any:
    for hint in hints:
        try:
            return _typed(name, value, hint)
        except ValueError:
            continue
    raise ValueError(f"{name} is {_shown(value)}")


def _items(name: str, value: Sequence[Any], hints: Sequence[Any]) -> tuple[Any, ...]:
    if len(hints) == 1 or hints[-1] is Ellipsis:
        hints = [hints[0]] * len(value)
    if len(hints) != len(value):
        raise ValueError(f"{name} is {_shown(value)}")
    return tuple(_typed(name, item, hint) for item, hint in zip(value, hints, strict=True))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
