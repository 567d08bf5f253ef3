"""Fast twins of the cells: the same weights, the same results, whole sequences at a time."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqkit.layers.fast.gru import CompiledGRU, CompiledResetAfterGRU, CompiledSimpleGRU
from seqkit.layers.fast.library import library_gru, library_lstm, library_relu_rnn, library_rnn
from seqkit.layers.fast.lstm import (
    CompiledDiagonalPeepholeLSTM,
    CompiledLSTM,
    CompiledPeepholeLSTM,
)
from seqkit.layers.fast.rnn import CompiledReLURNN, CompiledRNN
from seqkit.layers.state import State

Twin = Callable[[Tensor, State, Any, Tensor | None], tuple[Tensor, State]]
"""Called as `unroll` is, after the cell: (x, state, weights, real) -> (outputs, last state)."""

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
    oneDNN is a little faster still. Elsewhere it is cuDNN's, or none.
    """
    name = vars(type(cell)).get("twin")  # not that of the class it is derived from
    if x.device.type != "cpu":
        return LIBRARY.get(name) if real is None else None
    if name == "lstm" and real is None:
        return library_lstm
    known = (torch.float32, torch.float64, torch.bfloat16)
    return COMPILED.get(name) if x.dtype in known else None
