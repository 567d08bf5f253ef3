"""Recurrent cells, what runs them over sequences, dropout and the output layer."""

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.cell import Cell
from seqkit.layers.gru import GRU, ResetAfterGRU, SimpleGRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.peephole import DiagonalPeepholeLSTM, PeepholeLSTM
from seqkit.layers.rnn import RNN, ReLURNN
from seqkit.layers.stack import Stack
from seqkit.layers.weights import Weights
from seqkit.layers.wrappers import LayerNorm, RecurrentDropout, WeightDrop, Zoneout

CELLS: dict[str, type[Cell]] = {
    "rnn": RNN,
    "rnn-relu": ReLURNN,
    "gru-simple": SimpleGRU,
    "gru": GRU,
    "gru-reset-after": ResetAfterGRU,
    "lstm": LSTM,
    "lstm-peephole": PeepholeLSTM,
    "lstm-peephole-diagonal": DiagonalPeepholeLSTM,
}
"""Every cell, by the name users type."""

__all__ = [
    "CELLS",
    "GRU",
    "LSTM",
    "RNN",
    "Bidirectional",
    "Cell",
    "DiagonalPeepholeLSTM",
    "LayerNorm",
    "PeepholeLSTM",
    "ReLURNN",
    "RecurrentDropout",
    "ResetAfterGRU",
    "SimpleGRU",
    "Stack",
    "WeightDrop",
    "Weights",
    "Zoneout",
]
