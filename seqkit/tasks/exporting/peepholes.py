"""The LSTM cells with peepholes (C5) as a Scan over their equation, for which ONNX has no operator.

A runtime takes a Scan node by node and step by step, which is slower than an operator.
"""

from collections.abc import Sequence

from seqkit.layers import DiagonalPeepholeLSTM, PeepholeLSTM
from seqkit.tasks.exporting.graph import Graph

Peephole = PeepholeLSTM | DiagonalPeepholeLSTM


def run_peephole(
    graph: Graph, cell: Peephole, x: str, state: Sequence[str], real: str, backward: bool
) -> tuple[str, tuple[str, ...]]:
    """Run over x (T, B, D) -> outputs (T, B, H) and the last a and c, each (B, H).

    state: a and c before, or none for zeros; real (T, B, 1) says what is no padding, "" all.
    """
    projected = graph.linear(x, cell.input_weight, cell.bias)  # (T, B, 4H)
    before = list(state) or [_zeros(graph, x, cell.hidden_size)] * 2
    scanned = [projected, real] if real else [projected]
    directions = [int(backward)]
    attributes = {
        "body": _step(graph, cell, bool(real)).proto("step"),
        "num_scan_inputs": len(scanned),
        "scan_input_directions": directions * len(scanned),
        "scan_output_directions": directions,
    }
    a, c, outputs = graph.add_many("Scan", [*before, *scanned], attributes, 3)
    return outputs, (a, c)


def _step(outer: Graph, cell: Peephole, padded: bool) -> Graph:
    """One step of C5; at padding the state is kept. The weights are constants of `outer`."""
    recurrent = outer.weights(cell.recurrent_weight.T)
    peephole = outer.weights(cell.peephole_weight.movedim(0, -1))  # (H, 3H), or (3H,) if diagonal
    hidden = cell.hidden_size
    step = Graph(f"{recurrent}_step")
    before = [step.input(f"{recurrent}_{name}", "float32", "batch", hidden) for name in "ac"]
    projected = step.input(f"{recurrent}_projected", "float32", "batch", 4 * hidden)
    product = step.add("Add", projected, step.add("MatMul", before[0], recurrent))  # (B, 4H)
    sizes = step.ints(3 * hidden, hidden)
    gates, candidate = step.add_many("Split", [product, sizes], {"axis": 1}, 2)
    seen = step.add("Add", gates, _look(step, cell, before[1], peephole))  # (B, 3H)
    thirds = {"axis": 1, "num_outputs": 3}
    update, forget, output = step.add_many("Split", [step.add("Sigmoid", seen)], thirds, 3)
    written = step.add("Mul", update, step.add("Tanh", candidate))
    c = step.add("Add", written, step.add("Mul", forget, before[1]))  # (B, H)
    after = [step.add("Mul", output, step.add("Tanh", c)), c]
    if padded:
        real = step.input(f"{recurrent}_real", "bool", "batch", 1)
        pairs = zip(after, before, strict=True)
        after = [step.add("Where", real, new, old) for new, old in pairs]
    for value, name in zip((*after, after[0]), ("next_a", "next_c", "output"), strict=True):
        step.output(value, f"{recurrent}_{name}", "float32", "batch", hidden)
    return step


def _look(step: Graph, cell: Peephole, c: str, peephole: str) -> str:
    """What the three gates see of the memory c (B, H): (B, 3H)."""
    if isinstance(cell, PeepholeLSTM):
        return step.add("MatMul", c, peephole)
    return step.add("Mul", step.add("Concat", c, c, c, attributes={"axis": 1}), peephole)


def _zeros(graph: Graph, x: str, hidden: int) -> str:
    """A state of zeros for x (T, B, D): (B, H)."""
    shape = graph.add("Concat", graph.size_of(x, 1), graph.ints(hidden), attributes={"axis": 0})
    return graph.add("ConstantOfShape", shape)
