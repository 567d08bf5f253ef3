"""The parameters of a search: which values each may take, and on which scale (O9).

A value has a place from 0 to 1 in its range; equal steps of places are equal steps on its scale.
How parameters are written, and read, stands in reading.py.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Value = float | int | str

DEFAULT_POINTS = 3
"""Points that a grid takes of a range that does not say how many."""

_Function = Callable[[float], float]
SCALES: dict[str, tuple[_Function, _Function]] = {
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

    def at(self, place: float) -> float:
        """The value at a place in [0, 1], to four digits."""
        there, back = SCALES[self.scale]
        first, last = (there(end) for end in self._ends())
        value = back(first + place * (last - first))
        rounded = round(value) if self.whole else _four_digits(value, self.scale)
        return min(max(rounded, self.low), self.high)

    def place(self, value: Value) -> float:
        """Where a value lies, from 0 to 1; beyond the ends it is an end."""
        there, _ = SCALES[self.scale]
        first, last = (there(end) for end in self._ends())
        inside = min(max(float(value), self.low), self.high)
        return (there(inside) - first) / (last - first) if first < last else 0.5

    def grid(self) -> list[Value]:
        """Its points, evenly spaced on the scale, both ends included; whole ones once each."""
        shares = [i / (self.points - 1) for i in range(self.points)]
        there, back = SCALES[self.scale]
        first, last = there(self.low), there(self.high)
        found = [back(first + share * (last - first)) for share in shares]
        if self.whole:
            return list(dict.fromkeys(round(value) for value in found))
        return [min(max(_four_digits(v, self.scale), self.low), self.high) for v in found]

    def narrowed(self, values: Sequence[Value], margin: float) -> "Range":
        """The range that just holds these values, and `margin` (in places) on either side."""
        places = [self.place(value) for value in values]
        low, high = max(min(places) - margin, 0.0), min(max(places) + margin, 1.0)
        return dataclasses.replace(self, low=self.at(low), high=self.at(high))

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


def _four_digits(value: float, scale: str) -> float:
    """Four digits of a value; on the scale 1-log, of what it lacks to 1."""
    if scale == "1-log":
        return float(f"{1 - float(f'{1 - value:.4g}'):.12g}")
    return float(f"{value:.4g}")
