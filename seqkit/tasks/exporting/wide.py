"""The linear model beside a tagger's net, as nodes of ONNX: hashed features, added up (G1).

The hashes are 64-bit whole numbers that wrap around, as in `models/wide_features.py`. ONNX shifts
unsigned numbers alone, so x >> n is (x - x mod 2^n) / 2^n here, which is exact.
"""

import numpy as np

from seqkit.models.wide import WideFeatures
from seqkit.models.wide_features import (
    ALONE,
    EDGE,
    FIRST,
    IDENTITY,
    MIX,
    PAIRS,
    REACH,
    SECOND,
    TEMPLATE,
    UNKNOWN,
    Part,
)
from seqkit.tasks.exporting.graph import Graph
from seqkit.tasks.exporting.tokens import Inputs
from seqkit.text.wordforms import PARTS


def wide_scores(graph: Graph, wide: WideFeatures, inputs: Inputs) -> str:
    """What the linear model gives for each tag at each token: (B, T, K)."""
    around = _around(graph, _hashes(graph, inputs))  # (B, T, 5 * 11)
    ids = _mixed(graph, _combined(graph, around))  # (B, T, J)
    rows = graph.add("Gather", graph.weights(wide.weight), _mod(graph, ids, wide.BUCKETS))
    return graph.add("ReduceSum", rows, graph.ints(2), attributes={"keepdims": 0})


def _hashes(graph: Graph, inputs: Inputs) -> str:
    """The hashes of each token (B, T, 11), those of unknown words and of padding replaced."""
    hashes = graph.add("Gather", inputs["hashes"], inputs["forms"])
    word = graph.add("Unsqueeze", inputs["words"], graph.ints(2))  # (B, T, 1)
    unknown = graph.add("Equal", word, graph.ints(0))
    tells = np.arange(len(PARTS)) < IDENTITY  # (11,)
    hidden = graph.add("And", unknown, graph.constant(tells))  # (B, T, 11)
    hashes = graph.add("Where", hidden, graph.ints(UNKNOWN), hashes)
    length = graph.add("Unsqueeze", inputs["lengths"], graph.ints(1, 2))  # (B, 1, 1)
    positions = graph.add("Squeeze", graph.size_of(inputs["words"], 1))
    ends = [graph.constant(np.array(end, np.int64)) for end in (0, 1)]
    place = graph.add("Range", ends[0], positions, ends[1])  # (T,)
    column = graph.add("Unsqueeze", place, graph.ints(1))  # (T, 1)
    return graph.add("Where", graph.add("Less", column, length), hashes, graph.ints(EDGE))


def _around(graph: Graph, hashes: str) -> str:
    """The hashes of each token and of two on either side, side by side: (B, T, 5 * 11)."""
    edge = graph.constant(np.array(EDGE, np.int64))
    padded = graph.add("Pad", hashes, graph.ints(0, REACH, 0, 0, REACH, 0), edge)
    positions = graph.size_of(hashes, 1)
    moved = []
    for start in range(2 * REACH + 1):
        end = graph.add("Add", positions, graph.ints(start))
        moved.append(graph.add("Slice", padded, graph.ints(start), end, graph.ints(1)))
    return graph.add("Concat", *moved, attributes={"axis": 2})


def _combined(graph: Graph, around: str) -> str:
    """A number for each feature of each token, from one part or a pair: (B, T, J)."""
    pairs = [(one, (0, 0)) for one in ALONE] + list(PAIRS)
    second = [0] * len(ALONE) + [SECOND] * len(PAIRS)
    numbers = _wrapped([TEMPLATE * number for number in range(1, len(pairs) + 1)])
    sides = [graph.ints(*map(_column, side)) for side in zip(*pairs, strict=True)]
    one, other = (graph.add("Gather", around, side, attributes={"axis": 2}) for side in sides)
    left = graph.add("Mul", one, graph.ints(FIRST))
    right = graph.add("Mul", other, graph.ints(*second))
    return graph.add("Add", graph.add("Add", left, right), graph.constant(numbers))


def _mixed(graph: Graph, ids: str) -> str:
    """((x ^ (x >> 29)) * MIX) >> 33: (B, T, J)."""
    folded = graph.add("BitwiseXor", ids, _shifted(graph, ids, 29))
    return _shifted(graph, graph.add("Mul", folded, graph.ints(MIX)), 33)


def _shifted(graph: Graph, x: str, bits: int) -> str:
    rest = graph.add("Sub", x, _mod(graph, x, 1 << bits))
    return graph.add("Div", rest, graph.ints(1 << bits))


def _mod(graph: Graph, x: str, size: int) -> str:
    """The remainder, 0 or more for numbers below 0, too."""
    return graph.add("Mod", x, graph.ints(size))


def _column(part: Part) -> int:
    """Where `_around` has a part."""
    step, which = part
    return (REACH + step) * len(PARTS) + which


def _wrapped(numbers: list[int]) -> np.ndarray:
    """Whole numbers modulo 2^64, as int64."""
    return np.array([number % (1 << 64) for number in numbers], np.uint64).view(np.int64)
