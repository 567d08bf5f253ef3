"""Bidirectional layers (C7) against the oracles in both directions, and their symmetry."""

import pytest
import torch

from seqkit.layers import GRU, LSTM, RNN, Bidirectional, PeepholeLSTM, ReLURNN, SimpleGRU
from tests.layers.cells import KINDS, OracleCase, close, draw, draw_state, drawn, found_gradients

B, T, D = 3, 5, 2
LENGTHS = {"whole": None, "padded": torch.tensor([3, 5, 1])}
PAIRS = [(LSTM, GRU), (RNN, LSTM), (SimpleGRU, ReLURNN), (PeepholeLSTM, PeepholeLSTM)]


def run(layer, x, state=None, lengths=None):
    return layer(x, state, lengths)


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("kinds", PAIRS)
def test_outputs_states_and_gradients_are_those_of_two_loops(kinds, name):
    forward, backward = kinds
    layer = drawn(Bidirectional(forward(D, 3), backward(D, 2)))
    case = OracleCase(layer, draw(B, T, D), draw_state(layer, B), LENGTHS[name])
    outputs, last = layer(case.x, case.state, LENGTHS[name])
    assert outputs.shape == (B, T, layer.output_size) == (B, T, 5)
    case.check(outputs, last)
    found, wanted = found_gradients(case, run, LENGTHS[name]), case.gradients()
    for one, two in zip(found, wanted, strict=True):
        close(one, two)


@pytest.mark.parametrize("kind", KINDS)
def test_read_backwards_with_the_cells_swapped_it_mirrors_itself(kind):
    one, two = drawn(kind(D, 3), seed=1), drawn(LSTM(D, 2), seed=2)
    x, lengths = draw(B, T, D), torch.tensor([3, 5, 1])
    there, _ = Bidirectional(one, two)(x)
    back, _ = Bidirectional(two, one)(x.flip(1))
    mirrored = torch.cat([back[..., 2:], back[..., :2]], -1).flip(1)
    torch.testing.assert_close(there, mirrored, rtol=1e-12, atol=1e-12)
    there, _ = Bidirectional(one, two)(x, None, lengths)
    for b, n in enumerate(lengths):
        back, _ = Bidirectional(two, one)(x[b : b + 1, :n].flip(1))
        mirrored = torch.cat([back[..., 2:], back[..., :2]], -1).flip(1)
        torch.testing.assert_close(there[b : b + 1, :n], mirrored, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_padded_unsorted_batch_is_its_sequences_one_by_one(kind):
    layer = drawn(Bidirectional(kind(D, 3), kind(D, 3)))
    x, lengths, state = draw(B, T, D), torch.tensor([2, 5, 3]), draw_state(layer, B)
    outputs, last = layer(x, state, lengths)
    for b, n in enumerate(lengths):
        alone, own = layer(x[b : b + 1, :n], tuple(s[b : b + 1] for s in state))
        torch.testing.assert_close(outputs[b : b + 1, :n], alone, rtol=1e-12, atol=1e-12)
        for found, wanted in zip(last, own, strict=True):
            torch.testing.assert_close(found[b : b + 1], wanted, rtol=1e-12, atol=1e-12)


def test_beyond_a_length_the_outputs_are_the_last_of_each_direction():
    layer = drawn(Bidirectional(RNN(D, 3), RNN(D, 2)))
    outputs, (last, first) = layer(draw(B, T, D), None, torch.tensor([2, 5, 3]))
    assert torch.equal(outputs[0, 2:, :3], outputs[0, 1, :3].expand(3, 3))
    assert torch.equal(outputs[0, 2:, 3:], outputs[0, 0, 3:].expand(3, 2))
    assert torch.equal(last[0], outputs[0, 1, :3])
    assert torch.equal(first[0], outputs[0, 0, 3:])


def test_a_changed_input_moves_what_lies_before_it_and_after_it():
    layer, x = drawn(Bidirectional(GRU(D, 3), LSTM(D, 2))), draw(B, T, D)
    changed = x.clone()
    changed[:, 2] += 1
    before, after = layer(x)[0], layer(changed)[0]
    assert torch.equal(before[:, :2, :3], after[:, :2, :3])
    assert torch.equal(before[:, 3:, 3:], after[:, 3:, 3:])
    assert not torch.isclose(before[:, 2:, :3], after[:, 2:, :3]).all(dim=2).any()
    assert not torch.isclose(before[:, :3, 3:], after[:, :3, 3:]).all(dim=2).any()


def test_the_first_state_is_zeros_for_both_cells():
    layer, x = drawn(Bidirectional(LSTM(D, 3), GRU(D, 2))), draw(B, T, D)
    zeros = layer.initial(B)
    assert [tuple(zero.shape) for zero in zeros] == [(B, 3), (B, 3), (B, 2)]
    assert all((zero == 0).all() for zero in zeros)
    torch.testing.assert_close(layer(x), layer(x, zeros), rtol=0, atol=0)
