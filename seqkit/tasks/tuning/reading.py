"""Parameters as they are written, such as lr=log:1e-4:1e-1, and what is wrong with them."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from seqkit.tasks.tuning.space import DEFAULT_POINTS, SCALES, Choices, Parameter, Range

MOST = 1000
"""Points of a grid."""


@dataclass(frozen=True)
class Known:
    """What a training command knows: its options (lr, batch-size), those that take whole numbers,
    and those that take no value, with what is typed for yes and for no.
    """

    names: Collection[str]
    whole: Collection[str] = ()
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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
    if scale not in SCALES:
        raise _wrong(text, f"unknown scale {scale!r}; there are: {', '.join(SCALES)}")
    if len(parts) not in (3, 4):
        raise _wrong(text, f"write {scale}:LOW:HIGH, for a grid {scale}:LOW:HIGH:POINTS")
    low, high = (_number(text, part) for part in parts[1:3])
    points = _number(text, parts[3]) if len(parts) == 4 else DEFAULT_POINTS
    if low >= high:
        raise _wrong(text, f"the lower bound comes first, and {parts[1]} is not below {parts[2]}")
    if points != int(points) or not 2 <= points <= MOST:
        raise _wrong(
            text, f"{parts[-1]!r} points: a grid takes 2 or more, at most {MOST:,}, and whole"
        )
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
