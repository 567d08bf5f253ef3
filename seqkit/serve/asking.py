"""The JSON object of a request, read field by field; what is wrong is a ValueError of a line."""

import json
import math
from typing import Any


class Asked:
    """The fields of a request. Each is asked for once; `end` refuses those that nobody knows.

    A default of None makes a field required. Raises ValueError, naming the field.
    """

    def __init__(self, body: bytes) -> None:
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError("the request is no JSON; send an object of fields") from None
        if not isinstance(fields, dict):
            raise ValueError("the request is no JSON object; send an object of fields")
        self._fields: dict[str, Any] = fields

    def text(self, name: str, default: str | None, most: int) -> str:
        """A text of at most so many characters, without lone surrogates."""
        return _checked_text(name, self._take(name, default), most)

    def texts(self, name: str, most: int, longest: int) -> list[str]:
        """At most so many texts, none of them empty; none if the field is missing."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise ValueError(f"{name!r} is to be a list of texts, not {_shown(value)}")
        if len(value) > most:
            raise ValueError(f"{name!r} has {len(value)} texts; at most {most} are taken")
        found = [_checked_text(name, one, longest) for one in value]
        if not all(found):
            raise ValueError(f"{name!r} holds an empty text; leave it out")
        return found

    def whole(self, name: str, default: int | None, least: int, most: int) -> int:
        """A whole number between two others."""
        value = self._take(name, default)
        if type(value) is not int:
            raise ValueError(f"{name!r} is to be a whole number, not {_shown(value)}")
        if not least <= value <= most:
            raise ValueError(f"{name!r} is to be from {least} to {most}, not {_shown(value)}")
        return value

    def number(self, name: str, default: float | None, least: float, most: float) -> float:
        """A number between two others."""
        value = self._take(name, default)
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError(f"{name!r} is to be a number, not {_shown(value)}")
        if not least <= value <= most:
            raise ValueError(f"{name!r} is to be from {least} to {most}, not {_shown(value)}")
        return float(value)

    def end(self) -> None:
        """ValueError for a field that has not been asked for."""
        if self._fields:
            raise ValueError(f"there is no field {_shown(next(iter(self._fields)))}; leave it out")

    def _take(self, name: str, default: Any) -> Any:
        value = self._fields.pop(name, default)
        if value is None:
            raise ValueError(f"the field {name!r} is missing")
        return value


def _checked_text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name!r} is to be a text, not {_shown(value)}")
    if len(value) > most:
        raise ValueError(f"{name!r} has {len(value):,} characters; at most {most:,} are taken")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{name!r} holds half a character (a lone surrogate); mend it")
    return value


def _shown(value: Any) -> str:
    """A value as JSON, in ASCII and short; huge numbers too."""
    try:
        text = json.dumps(value)
    except ValueError:  # a whole number of more digits than Python writes
        text = "a huge number"
    return text if len(text) <= 40 else text[:37] + "..."
