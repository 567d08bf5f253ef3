"""Cells that ONNX has an operator for: which one, and our weights in its order (C1 to C4).

ONNX's LSTM looks through its peepholes at c<t> in the output gate, where C5 looks at c<t-1>; so
cells with peepholes are not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqkit.layers import GRU, LSTM, RNN, Cell, ReLURNN, ResetAfterGRU, SimpleGRU
from seqkit.tasks.exporting.graph import Array, Graph, array_of

OPEN = 100.0
"""A bias at which a gate is open whatever it sees: σ(100) is 1 in float32."""


@dataclass(frozen=True)
class Operator:
    """An operator and its weights: a block of H rows a gate, in its own order."""

    name: str
    blocks: Array  # (gates, H, D + H + 1): [W_x, W_a, b] of each gate
    recurrent_bias: Array  # (gates, H): within what a reset gate multiplies
    attributes: dict[str, Any] = field(default_factory=dict)


def operator_of(cell: Cell) -> Operator:
    """The operator that computes what a cell does; ValueError where ONNX has none.

    Its GRU keeps the share z of the memory where ours writes Γ_u anew: z = 1 - Γ_u, which is the
    gate with all its weights negative. A simplified GRU is one whose reset gate is always open.
    """
    blocks = _blocks(cell)
    none = np.zeros(blocks.shape[:2], np.float32)  # (gates, H)
    match cell:
        case RNN():
            return Operator("RNN", blocks, none, {"activations": ["Tanh"]})
        case ReLURNN():
            return Operator("RNN", blocks, none, {"activations": ["Relu"]})
        case LSTM():  # Γ_u, Γ_f, c~, Γ_o become i, o, f, c
            return Operator("LSTM", blocks[[0, 3, 1, 2]], none)
        case GRU():  # Γ_r, Γ_u, c~ become z, r, h
            return Operator("GRU", _keeping(*blocks), none, {"linear_before_reset": 0})
        case ResetAfterGRU():
            none[2] = array_of(cell.recurrent_bias)
            return Operator("GRU", _keeping(*blocks), none, {"linear_before_reset": 1})
        case SimpleGRU():
            reset = np.zeros_like(blocks[0])
            reset[:, -1] = OPEN
            zeros = np.zeros((3, cell.hidden_size), np.float32)
            return Operator("GRU", _keeping(reset, *blocks), zeros, {"linear_before_reset": 0})
    raise ValueError(f"ONNX has no operator for the cell {type(cell).__name__}: train another cell")


def run_operator(
    graph: Graph, cell: Cell, operator: Operator, x: str, state: Sequence[str], lengths: str,
    backward: bool,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """Run over x (T, B, D) -> outputs (T, B, H) and the last state, each (B, H).

    state: those before, or none for zeros; lengths (B,) int32, or "" where all is real.
    """
    hidden, width = cell.hidden_size, cell.input_size
    rows = operator.blocks.reshape(1, -1, width + hidden + 1)  # (1, G, D + H + 1)
    biases = np.concatenate([rows[..., -1], operator.recurrent_bias.reshape(1, -1)], axis=1)
    weights = (rows[..., :width], rows[..., width:-1], biases)
    directed = [graph.add("Unsqueeze", one, graph.ints(0)) for one in state]  # each (1, B, H)
    inputs = [x, *map(graph.constant, weights), lengths, *directed]
    direction = "reverse" if backward else "forward"
    attributes = {"hidden_size": hidden, "direction": direction, **operator.attributes}
    count = 1 + len(cell.initial(1))
    outputs, *last = graph.add_many(operator.name, inputs, attributes, count)
    squeezed = graph.add("Squeeze", outputs, graph.ints(1))  # (T, 1, B, H) -> (T, B, H)
    return squeezed, tuple(graph.add("Squeeze", one, graph.ints(0)) for one in last)


def _blocks(cell: Cell) -> Array:
    """[W_x, W_a, b] of each gate of a cell, in its own order: (gates, H, D + H + 1)."""
    weights = cell.weights(1)
    parts = (weights.input, weights.recurrent, weights.bias[:, None])
    rows = np.concatenate([array_of(part) for part in parts], axis=1)
    return rows.reshape(cell.gates, cell.hidden_size, -1)


def _keeping(reset: Array, update: Array, candidate: Array) -> Array:
    """The gates of a GRU in ONNX's order, the one that keeps first."""
    return np.stack([-update, reset, candidate])
