"""What comes out of every layer of a specification, by the rules of N2 and N4."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from seqkit.vision.layer_kinds import (
    Conv,
    Dense,
    Flatten,
    GlobalMean,
    Layer,
    Norm,
    Pool,
    Specification,
)

Shape = tuple[int, ...]
"""(C, Y, X): channels, rows, columns; or (n,), a vector."""


def output_size(n: int, f: int, p: int = 0, s: int = 1) -> int:
    """floor((n + 2p - f) / s) + 1: how often a filter of f fits n numbers padded by p (N4).

    Raises ValueError for a filter larger than the padded input.
    """
    if f > n + 2 * p:
        raise ValueError(
            f"a filter of {f} is larger than its input of n + 2p = {n + 2 * p} "
            f"(n = {n}, p = {p}), and floor((n + 2p - f) / s) + 1 must be 1 or more"
        )
    return (n + 2 * p - f) // s + 1


def padding_of(layer: Conv) -> int:
    """p: as given, or (f - 1) / 2 for "same", which only odd filters have (N4)."""
    if isinstance(layer.padding, int):
        return layer.padding
    if layer.size % 2 == 0:
        raise ValueError(
            f"'same' pads by p = (f - 1) / 2, which for f = {layer.size} is no whole number; "
            f"use an odd filter, such as {layer.filters}x{layer.size + 1}, or pad P"
        )
    return (layer.size - 1) // 2


@dataclass(frozen=True)
class Planned:
    """A layer with what goes in and what comes out."""

    layer: Layer
    before: Shape
    after: Shape
    bias: bool = False

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        match self.layer:
            case Conv(filters, size):
                return filters * (self.before[0] * size * size + self.bias)
            case Dense(units):
                return units * (self.before[0] + self.bias)
            case Norm():
                return 2 * self.before[0]
        return 0


def plan(specification: Specification, shape: Shape) -> tuple[Planned, ...]:
    """Every layer with its shapes, for images of `shape` (C, Y, X).

    A layer right before batch normalisation has no bias: the mean that is taken away would take
    it along. Raises ValueError that names the layer and the rule it breaks.
    """
    check_shape(shape)
    planned = []
    for k, layer in enumerate(specification):
        try:
            after = _after(layer, shape)
        except ValueError as error:
            raise ValueError(f"layer {k + 1}, '{layer}': {error}") from error
        normed = isinstance(specification[k + 1], Norm) if k + 1 < len(specification) else False
        planned.append(Planned(layer, shape, after, isinstance(layer, Conv | Dense) and not normed))
        shape = after
    return tuple(planned)


def shapes_of(specification: Specification, shape: Shape) -> tuple[Shape, ...]:
    """What comes out of every layer, for images of `shape` (C, Y, X); errors as in `plan`."""
    return tuple(planned.after for planned in plan(specification, shape))


class Row(Protocol):
    """A layer as a table has it; `Planned` is one."""

    @property
    def layer(self) -> object: ...  # noqa: D102

    @property
    def after(self) -> Shape: ...  # noqa: D102

    @property
    def parameters(self) -> int: ...  # noqa: D102


def table(planned: Sequence[Row]) -> str:
    """Lines to print: each layer, its output, its parameters, and their sum."""
    rows = [("layer", "output", "parameters")]
    rows += [(str(p.layer), shown(p.after), f"{p.parameters:,}") for p in planned]
    rows.append(("", "", f"{sum(p.parameters for p in planned):,}"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    a, b, c = widths
    return "\n".join(f"{one:<{a}}  {two:<{b}}  {three:>{c}}" for one, two, three in rows)


def shown(shape: Shape) -> str:
    """A shape as people write it: 32 x 14 x 14."""
    return " x ".join(map(str, shape))


def check_shape(shape: Shape) -> None:
    """ValueError unless this is (C, Y, X) of 1 or more."""
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"images are channels x rows x columns, each 1 or more, not {shape}")


def _after(layer: Layer, before: Shape) -> Shape:
    match layer:
        case Conv(filters, size, _, stride):
            _, rows, columns = _image(before)
            p = padding_of(layer)
            return (filters, *(output_size(n, size, p, stride) for n in (rows, columns)))
        case Pool(size, stride):
            channels, rows, columns = _image(before)
            return (channels, *(output_size(n, size, 0, stride) for n in (rows, columns)))
        case GlobalMean():
            return (_image(before)[0], 1, 1)
        case Flatten():
            return (math.prod(before),)
        case Dense(units):
            _check_dense(layer, before)
            return (units,)
    return before


def _image(shape: Shape) -> Shape:
    if len(shape) == 1:
        raise ValueError(
            f"needs channels x rows x columns, but gets a vector of {shape[0]}; "
            "put it before flatten and dense"
        )
    return shape


def _check_dense(layer: Dense, before: Shape) -> None:
    rule = "W[l] is (n[l], n[l-1])"
    if len(before) > 1:
        raise ValueError(
            f"{rule}, so it needs a vector, but gets {shown(before)}; put flatten before it"
        )
    if layer.inputs not in (None, before[0]):
        raise ValueError(
            f"{rule}, here ({layer.units}, {before[0]}): {before[0]} numbers come from the layer "
            f"before, not {layer.inputs}; write dense {layer.units} from {before[0]}"
        )
