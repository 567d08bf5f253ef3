"""From outputs (T, B, H) of a layer to one vector a text, (B, H'), as nodes of ONNX (G2)."""

import math

from seqkit.layers.pooling import Attention, LastState, Max, Mean, Pooling
from seqkit.tasks.exporting.graph import FLOAT, Graph
from seqkit.tasks.exporting.recurrent import Padding, Ran


def pool(graph: Graph, pooling: Pooling, ran: Ran, padding: Padding) -> str:
    """What a pooling makes of a layer's outputs; padding has no part in it."""
    match pooling:
        case LastState():
            return graph.add("Concat", *ran.ends, attributes={"axis": 1})
        case Mean():
            lengths = graph.add("Cast", padding.lengths, attributes={"to": FLOAT})
            column = graph.add("Unsqueeze", lengths, graph.ints(1))  # (B, 1)
            return graph.add("Div", _sum(graph, _real(graph, ran, padding, 0.0)), column)
        case Max():
            lowest = _real(graph, ran, padding, -math.inf)
            return graph.add("ReduceMax", lowest, graph.ints(0), attributes={"keepdims": 0})
    assert isinstance(pooling, Attention)
    return _attention(graph, pooling, _real(graph, ran, padding, 0.0), padding)


def _attention(graph: Graph, pooling: Attention, outputs: str, padding: Padding) -> str:
    """sum_t α<t> a<t>, α = softmax_t(q^T tanh(W a<t> + b))."""
    keys = graph.linear(outputs, pooling.keys.weight, pooling.keys.bias)
    scores = graph.linear(graph.add("Tanh", keys), pooling.query[None], None)  # (T, B, 1)
    seen = graph.add("Where", padding.real, scores, graph.number(-math.inf))
    shares = graph.add("Softmax", seen, attributes={"axis": 0})
    return _sum(graph, graph.add("Mul", shares, outputs))


def _real(graph: Graph, ran: Ran, padding: Padding, fill: float) -> str:
    """The outputs, with a number in the place of what stands at padding."""
    return graph.add("Where", padding.real, ran.outputs, graph.number(fill))


def _sum(graph: Graph, x: str) -> str:
    """Over the positions: (T, B, H) -> (B, H)."""
    return graph.add("ReduceSum", x, graph.ints(0), attributes={"keepdims": 0})
