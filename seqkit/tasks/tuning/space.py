"""The parameters of a search: which values each may take, and on which scale (O9).

A value has a place from 0 to 1 in its range; equal steps of places are equal steps on its scale.
Written out, a parameter is what follows --param: `lr=log:1e-4:1e-1` or `hidden=64,128,256`.
"""

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

Value = float | int | str

DEFAULT_POINTS = 3
"""Points that a grid takes of a range that does not say how many."""

_Function = Callable[[float], float]
_SCALES: dict[str, tuple[_Function, _Function]] = {
    "lin": (float, float),
    "log": (math.log, math.exp),
    "1-log": (lambda v: -math.log(1 - v), lambda x: 1 - math.exp(-x)),
    "int": (float, float),
}
"""By name the function to a scale, and the one back; "1-log" is 1 - β on a log scale."""


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included, on a scale: lin, log, 1-log or int.

    points: how many a grid takes. whole: whether the values are whole numbers.
    """

    name: str
    scale: str
    low: float
    high: float
    points: int = DEFAULT_POINTS
    whole: bool = False

    def at(self, place: float) -> Value:
        """The value at a place in [0, 1], to four digits."""
        there, back = _SCALES[self.scale]
        first, last = (there(end) for end in self._ends())
        value = back(first + place * (last - first))
        rounded = round(value) if self.whole else _four_digits(value, self.scale)
        return min(max(rounded, self.low), self.high)

    def place(self, value: Value) -> float:
        """Where a value lies, from 0 to 1; beyond the ends it is an end."""
        there, _ = _SCALES[self.scale]
        first, last = (there(end) for end in self._ends())
        inside = min(max(float(value), self.low), self.high)
        return (there(inside) - first) / (last - first) if first < last else 0.5

    def grid(self) -> list[Value]:
        """Its points, evenly spaced on the scale, both ends included; whole ones once each."""
        shares = [i / (self.points - 1) for i in range(self.points)]
        there, back = _SCALES[self.scale]
        first, last = there(self.low), there(self.high)
        found = [back(first + share * (last - first)) for share in shares]
        if self.whole:
            return list(dict.fromkeys(round(value) for value in found))
        return [min(max(_four_digits(v, self.scale), self.low), self.high) for v in found]

    def narrowed(self, values: Sequence[Value], margin: float) -> "Range":
        """The range that just holds these values, and `margin` (in places) on either side."""
        places = [self.place(value) for value in values]
        low, high = self.at(max(min(places) - margin, 0)), self.at(min(max(places) + margin, 1))
        return dataclasses.replace(self, low=low, high=high)

    def words(self, value: Value) -> list[str]:
        """What gives the training this value."""
        return [f"--{self.name}", str(value)]

    def __str__(self) -> str:
        return f"{self.name}={self.scale}:{self.low:g}:{self.high:g}"

    def _ends(self) -> tuple[float, float]:
        """The ends of what is drawn from; half a step more, so that all whole numbers are as likely
        as their scale says.
        """
        return (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)


@dataclass(frozen=True)
class Choices:
    """Some values by their names.

    flags: of an option that takes no value what is typed for yes and for no ("" for nothing).
    """

    name: str
    values: tuple[str, ...]
    flags: tuple[str, str] | None = None

    def at(self, place: float) -> Value:
        """The value at a place in [0, 1]."""
        return self.values[min(int(place * len(self.values)), len(self.values) - 1)]

    def grid(self) -> list[Value]:
        """All of them."""
        return list(self.values)

    def narrowed(self, values: Sequence[Value], margin: float) -> "Choices":
        """Those choices that are among the values."""
        return dataclasses.replace(self, values=tuple(v for v in self.values if v in values))

    def words(self, value: Value) -> list[str]:
        """What gives the training this value."""
        if self.flags is None:
            return [f"--{self.name}", str(value)]
        return [word for word in (self.flags[value != "yes"],) if word]

    def __str__(self) -> str:
        return f"{self.name}={','.join(self.values)}"


Parameter = Range | Choices


@dataclass(frozen=True)
class Known:
    """What a training command knows: its options (lr, batch-size), those that take whole numbers,
    and those that take no value, with what is typed for yes and for no.
    """

    names: Collection[str]
    whole: Collection[str] = ()
    flags: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)


def read_parameter(text: str, known: Known) -> Parameter:
    """A parameter as it is written; ValueError points at the part that is wrong.

    `known.names` is not asked here: the name is taken as it stands, with - for _.
    """
    name, equals, rest = text.partition("=")
    name = name.strip().removeprefix("--").replace("_", "-")
    if not equals or not name or not rest:
        raise _wrong(text, "write NAME=SCALE:LOW:HIGH or NAME=A,B,C, such as lr=log:1e-4:1e-1")
    if name in known.flags and ":" in rest:
        raise _wrong(text, f"--{name} takes no number; write {name}=yes,no")
    if ":" in rest and "," not in rest:
        return _read_range(text, name, rest.split(":"), name in known.whole)
    return _read_choices(text, name, [part.strip() for part in rest.split(",")], known)


def _read_choices(text: str, name: str, values: list[str], known: Known) -> Choices:
    if "" in values:
        raise _wrong(text, f"choice {values.index('') + 1} is empty")
    if len(values) == 1:
        raise _wrong(text, f"that is one value only; give the command --{name} {values[0]} itself")
    for value in values:
        if values.count(value) > 1:
            raise _wrong(text, f"{value!r} stands there twice")
        if name in known.flags and value not in ("yes", "no"):
            raise _wrong(text, f"{value!r} is neither yes nor no, and --{name} takes no value")
        if name in known.whole and not value.lstrip("+-").isdecimal():
            raise _wrong(text, f"{value!r} is no whole number, which --{name} takes")
    return Choices(name, tuple(values), known.flags.get(name))


def _read_range(text: str, name: str, parts: list[str], whole: bool) -> Range:
    scale = parts[0]
    if scale not in _SCALES:
        raise _wrong(text, f"unknown scale {scale!r}; there are: {', '.join(_SCALES)}")
    if len(parts) not in (3, 4):
        raise _wrong(text, f"write {scale}:LOW:HIGH, for a grid {scale}:LOW:HIGH:POINTS")
    low, high = (_number(text, part) for part in parts[1:3])
    points = _number(text, parts[3]) if len(parts) == 4 else DEFAULT_POINTS
    if low >= high:
        raise _wrong(text, f"the lower bound comes first, and {parts[1]} is not below {parts[2]}")
    if points != int(points) or points < 2:
        raise _wrong(text, f"{parts[-1]!r} points: a grid takes 2 or more, a whole number")
    if scale == "log" and low <= 0:
        raise _wrong(text, f"a log scale begins above 0, not at {parts[1]}; or take lin")
    if scale == "1-log" and not (low >= 0 and high < 1):
        raise _wrong(text, "a 1-log scale lies in [0, 1), such as 1-log:0.9:0.999")
    if not (whole or scale == "int"):
        return Range(name, scale, low, high, int(points))
    if scale == "1-log" or low != int(low) or high != int(high):
        raise _wrong(text, f"--{name} takes whole numbers; bounds such as int:1:8 or log:16:256")
    return Range(name, scale, int(low), int(high), int(points), whole=True)


def _number(text: str, part: str) -> float:
    try:
        value = float(part)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(text, f"{part!r} is no number")
    return value


def _wrong(text: str, why: str) -> ValueError:
    return ValueError(f"--param {text}: {why}")


def _four_digits(value: float, scale: str) -> float:
    """Four digits of a value; on the scale 1-log, of what it lacks to 1."""
    if scale == "1-log":
        return float(f"{1 - float(f'{1 - value:.4g}'):.12g}")
    return float(f"{value:.4g}")
