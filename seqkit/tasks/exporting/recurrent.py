"""Recurrent layers as nodes of ONNX: a cell, both directions, a stack (C7, C8); time comes first.

Of wrappers, those are left out that act in training alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from seqkit.layers import Bidirectional, Cell, DiagonalPeepholeLSTM, PeepholeLSTM, Stack
from seqkit.layers.stack import Layer
from seqkit.layers.wrappers import Wrapper
from seqkit.tasks.exporting.graph import INT32, Graph
from seqkit.tasks.exporting.operators import operator_of, run_operator
from seqkit.tasks.exporting.peepholes import run_peephole


class Padding(NamedTuple):
    """Which positions are real, in the two forms that nodes want; "" where all are."""

    lengths: str = ""  # (B,) int32
    real: str = ""  # (T, B, 1) bool


class Ran(NamedTuple):
    """What a layer gives."""

    outputs: str  # (T, B, H); anything at padding
    state: tuple[str, ...]  # after the last real position, each (B, H)
    ends: tuple[str, ...]  # a<t> of each direction after the last position that it reads, (B, H)


def padding_of(graph: Graph, lengths: str, like: str) -> Padding:
    """The padding of sequences like (T, B, ...), by their lengths (B,) int64."""
    positions = graph.add("Squeeze", graph.size_of(like, 0))
    ends = (graph.add("Squeeze", graph.ints(0)), positions, graph.add("Squeeze", graph.ints(1)))
    place = graph.add("Unsqueeze", graph.add("Range", *ends), graph.ints(1))  # (T, 1)
    real = graph.add("Unsqueeze", graph.add("Less", place, lengths), graph.ints(2))  # (T, B, 1)
    return Padding(graph.add("Cast", lengths, attributes={"to": INT32}), real)


def run_stack(
    graph: Graph, stack: Stack, x: str, state: Sequence[str] = (), padding: Padding | None = None
) -> Ran:
    """Run all layers over x (T, B, D); `state` as the stack has it, none for zeros."""
    padding = padding or Padding()
    ran = Ran(x, (), ())
    after: tuple[str, ...] = ()
    for layer in stack.layers:
        count = len(layer.initial(0))  # type: ignore[operator]
        own = state[len(after) : len(after) + count]
        ran = run_layer(graph, layer, ran.outputs, own, padding)  # type: ignore[arg-type]
        after = (*after, *ran.state)
    return ran._replace(state=after)


def run_layer(graph: Graph, layer: Layer, x: str, state: Sequence[str], padding: Padding) -> Ran:
    """Run a layer over x (T, B, D)."""
    if not isinstance(layer, Bidirectional):
        return _run_cell(graph, layer, x, state, padding, backward=False)
    count = len(layer.forward_cell.initial(0))
    before, after = state[:count], state[count:]
    forward = _run_cell(graph, layer.forward_cell, x, before, padding, backward=False)
    backward = _run_cell(graph, layer.backward_cell, x, after, padding, backward=True)
    both = graph.add("Concat", forward.outputs, backward.outputs, attributes={"axis": 2})
    return Ran(both, (*forward.state, *backward.state), (*forward.ends, *backward.ends))


def _run_cell(
    graph: Graph,
    layer: Cell | Wrapper,
    x: str,
    state: Sequence[str],
    padding: Padding,
    backward: bool,
) -> Ran:
    cell = layer.core
    if cell is None or not layer.weights(1).plain:
        raise ValueError(f"a layer with {type(layer).__name__} cannot be exported: leave that out")
    if isinstance(cell, PeepholeLSTM | DiagonalPeepholeLSTM):
        outputs, after = run_peephole(graph, cell, x, state, padding.real, backward)
    else:
        operator = operator_of(cell)
        outputs, after = run_operator(graph, cell, operator, x, state, padding.lengths, backward)
    return Ran(outputs, after, after[:1])
