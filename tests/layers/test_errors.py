"""What the layers refuse, and that the message names the value and what would do."""

import re

import pytest
import torch

from seqkit.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    LayerNorm,
    RecurrentDropout,
    Stack,
    WeightDrop,
    Zoneout,
)
from tests.layers.cells import KINDS, draw

B, T, D, H = 2, 4, 3, 5

LAYERS = {
    **{kind.__name__: lambda kind=kind: kind(D, H) for kind in KINDS},
    "WeightDrop": lambda: WeightDrop(LSTM(D, H), 0.5),
    "RecurrentDropout": lambda: RecurrentDropout(LSTM(D, H), 0.5),
    "LayerNorm": lambda: LayerNorm(LSTM(D, H)),
    "Zoneout": lambda: Zoneout(LSTM(D, H), 0.1, 0.1),
    "Bidirectional": lambda: Bidirectional(LSTM(D, H), LSTM(D, H)),
    "Stack": lambda: Stack([LSTM(D, H), RNN(H, H)]),
}

every_layer = pytest.mark.parametrize("layer", LAYERS)


def refused(message, call, *arguments):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(*arguments)


def built(name):
    return LAYERS[name]().double()


@every_layer
def test_an_input_of_another_shape(layer):
    layer = built(layer)
    for shape in [(B, T, D + 1), (B, D), (D,), (B, T, D, 1), (0, T, D), (B, 0, D)]:
        message = f"the input must be (batch, positions, {D}), none of them 0; got {shape}"
        refused(message, layer, draw(*shape))


@every_layer
def test_an_input_of_whole_numbers(layer):
    """One-hot vectors come as integers; the weights would be cut down to 0 beside them."""
    x = torch.ones(B, T, D, dtype=torch.int64)
    refused("the input must be of a floating-point type, got torch.int64", built(layer), x)


@every_layer
def test_a_length_that_is_not_one(layer):
    layer = built(layer)
    for length, row in [(0, 1), (-3, 0), (T + 1, 1)]:
        lengths = torch.full((B,), 2)
        lengths[row] = length
        message = f"the length of sequence {row} is {length}; it must be between 1 and {T}"
        refused(message, layer, draw(B, T, D), None, lengths)


@every_layer
def test_lengths_of_another_batch(layer):
    layer = built(layer)
    for shape in [(1,), (B + 1,), (B, 1), ()]:
        message = f"the lengths must be ({B},), one a sequence; got {shape}"
        refused(message, layer, draw(B, T, D), None, torch.full(shape, 2))


@every_layer
def test_a_state_of_another_number_of_tensors(layer):
    layer = built(layer)
    zeros = layer.initial(B)
    for state in ((), zeros[:-1], (*zeros, zeros[0])):
        message = f"this state has {len(state)} tensors, but it takes {len(zeros)}"
        refused(message, layer, draw(B, T, D), state)


@every_layer
def test_a_state_of_another_shape(layer):
    layer = built(layer)
    for index in range(len(layer.initial(B))):
        for shape in [(B + 1, H), (1, H), (B, H - 1), (1, B, H), (H,)]:
            state = list(layer.initial(B))
            state[index] = torch.zeros(shape)
            message = f"tensor {index} of the state has shape {shape}, it must be {(B, H)}"
            refused(message, layer, draw(B, T, D), tuple(state))


@every_layer
def test_a_state_that_is_not_finite(layer):
    layer = built(layer)
    for index in range(len(layer.initial(B))):
        for value in ("nan", "inf", "-inf"):
            state = tuple(zero.clone() for zero in layer.initial(B))
            state[index][1, 3] = float(value)
            message = f"tensor {index} of the state holds {value} at row 1, unit 3"
            refused(message, layer, draw(B, T, D), state)


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_below_one(kind):
    for sizes in [(0, 3), (3, 0), (-1, 3), (3, -2)]:
        message = f"{kind.__name__} needs sizes of 1 or more, got {sizes[0]}, {sizes[1]}"
        refused(message, kind, *sizes)


def test_two_directions_that_read_different_inputs():
    message = "both cells read the same input, but their sizes are 3 and 4"
    refused(message, Bidirectional, LSTM(3, 5), GRU(4, 5))


@pytest.mark.parametrize("place", [1, 2])
def test_layers_whose_widths_do_not_fit(place):
    layers = [LSTM(3, 5), Bidirectional(GRU(5, 2), RNN(5, 4)), RNN(6, 2)]
    layers[place] = RNN(9, 6)
    below = layers[place - 1].output_size
    message = f"layer {place + 1} takes inputs of width 9, but the layer below it gives {below}"
    refused(message, Stack, layers)


def test_a_stack_of_nothing():
    refused("a stack needs at least one layer", Stack, [])
