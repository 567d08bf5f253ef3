"""What the cells start with: half of orthogonal matrices, gates that mostly keep memories."""

import pytest
import torch

from seqkit.layers import (
    CELLS,
    GRU,
    LSTM,
    RNN,
    DiagonalPeepholeLSTM,
    PeepholeLSTM,
    ResetAfterGRU,
    SimpleGRU,
)
from tests.layers.cells import KINDS

D, H = 5, 4
OPEN = {LSTM: (1, 1.0), PeepholeLSTM: (1, 1.0), DiagonalPeepholeLSTM: (1, 1.0)}
SHUT = {SimpleGRU: (0, -1.0), GRU: (1, -1.0), ResetAfterGRU: (1, -1.0)}


def blocks(tensor):
    return tensor.detach().split(H)


def test_every_cell_has_a_name_that_users_type():
    assert set(CELLS.values()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_recurrent_block_is_half_an_orthogonal_matrix(kind):
    torch.manual_seed(0)
    for block in blocks(kind(D, H).recurrent_weight):
        torch.testing.assert_close(block @ block.T, torch.eye(H) / 4)


@pytest.mark.parametrize("kind", KINDS)
def test_forget_gates_start_open_and_update_gates_of_grus_nearly_shut(kind):
    gate, value = (OPEN | SHUT).get(kind, (0, 0.0))
    for index, bias in enumerate(blocks(kind(D, H).bias)):
        assert bias.tolist() == [value if index == gate else 0.0] * H


@pytest.mark.parametrize("kind", KINDS)
def test_input_weights_are_within_the_bounds_of_glorot(kind):
    torch.manual_seed(0)
    bound = (6 / (D + H)) ** 0.5
    weight = kind(D, H).input_weight
    assert 0.8 * bound < weight.abs().max() <= bound


@pytest.mark.parametrize("kind", [PeepholeLSTM, DiagonalPeepholeLSTM])
def test_peepholes_start_at_zero(kind):
    weight = kind(D, H).peephole_weight
    assert weight.shape[0] == 3 * H
    assert (weight == 0).all()


def test_the_second_bias_of_the_other_gru_starts_at_zero():
    assert ResetAfterGRU(D, H).recurrent_bias.tolist() == [0.0] * H


def test_the_seed_decides_the_weights():
    cells = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        cells.append(RNN(D, H).input_weight)
    assert torch.equal(cells[0], cells[1])
    assert not torch.equal(cells[0], cells[2])
