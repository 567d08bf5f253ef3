"""Fast twins of the cells: the same weights, the same results, whole sequences at a time."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from seqkit.layers.fast.gru import CompiledGRU, CompiledResetAfterGRU, CompiledSimpleGRU
from seqkit.layers.fast.library import (
    library_gru,
    library_lstm,
    library_lstm_step,
    library_relu_rnn,
    library_rnn,
)
from seqkit.layers.fast.lstm import (
    CompiledDiagonalPeepholeLSTM,
    CompiledLSTM,
    CompiledPeepholeLSTM,
)
from seqkit.layers.fast.rnn import CompiledReLURNN, CompiledRNN
from seqkit.layers.fast.single import is_single, single_bidirectional, single_lstm
from seqkit.layers.state import State

Twin = Callable[[Tensor, State, Any, Tensor | None], tuple[Tensor, State]]
"""Called as `unroll` is, after the cell: (x, state, weights, real) -> (outputs, last state)."""

PairTwin = Callable[[Tensor, Any, Any], tuple[Tensor, State]]
"""Called as (x, weights of the forward cell, of the backward cell) -> (outputs, last states)."""

StepTwin = Callable[[Tensor, State, Any], State]
"""Called with x (B, D), which `step` has as its product: (x, state, weights) -> state."""

COMPILED: dict[str, Twin] = {
    "rnn": CompiledRNN(),
    "rnn-relu": CompiledReLURNN(),
    "gru-simple": CompiledSimpleGRU(),
    "gru": CompiledGRU(),
    "gru-reset-after": CompiledResetAfterGRU(),
    "lstm": CompiledLSTM(),
    "lstm-peephole": CompiledPeepholeLSTM(),
    "lstm-peephole-diagonal": CompiledDiagonalPeepholeLSTM(),
}
"""For the CPU: kernels of our own, by `Cell.twin`."""

LIBRARY: dict[str, Twin] = {
    "rnn": library_rnn,
    "rnn-relu": library_relu_rnn,
    "gru-reset-after": library_gru,
    "lstm": library_lstm,
}
"""For other devices: torch's, by `Cell.twin`; they know no padding."""


def twin_of(cell: Any, x: Tensor, real: Tensor | None) -> Twin | None:
    """The fastest twin of a `Cell` for this input; None where there is none.

    On a CPU that is a compiled one, save for the LSTM without padding, whose kernel in torch's
    oneDNN is a little faster still, if it is for training or for many sequences. Elsewhere it is
    cuDNN's, or none.
    """
    name = vars(type(cell)).get("twin")  # not that of the class it is derived from
    if x.device.type != "cpu":
        return LIBRARY.get(name) if real is None else None
    if name == "lstm" and real is None:
        return single_lstm if is_single(x) else library_lstm
    known = (torch.float32, torch.float64, torch.bfloat16)
    return COMPILED.get(name) if x.dtype in known else None


def step_twin_of(cell: Any) -> StepTwin | None:
    """The fastest twin of a single step of a `Cell`, on any device; None where there is none."""
    return library_lstm_step if vars(type(cell)).get("twin") == "lstm" else None


def both_ways(cells: Sequence[Any], x: Tensor) -> PairTwin | None:
    """The twin of a forward and a backward `Cell` together; None where each goes its own way."""
    alike = all(vars(type(cell)).get("twin") == "lstm" for cell in cells)
    return single_bidirectional if alike and is_single(x) else None
