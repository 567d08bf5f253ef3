"""What must be equal between cells, batches and windows, whatever the numbers are."""

import pytest
import torch

from seqkit.layers import (
    GRU,
    LSTM,
    RNN,
    DiagonalPeepholeLSTM,
    PeepholeLSTM,
    ReLURNN,
    ResetAfterGRU,
    SimpleGRU,
)
from tests.layers.cells import KINDS, RUNNERS, draw, draw_state, drawn

B, T, D, H = 4, 6, 3, 4

every_cell = pytest.mark.parametrize("kind", KINDS)
every_runner = pytest.mark.parametrize("run", RUNNERS)


def copied(cell, other, rows):
    """`other` with the weights of `cell`, taken block by block in the order `rows`."""
    with torch.no_grad():
        for name in ("input_weight", "recurrent_weight", "bias"):
            blocks = getattr(cell, name).split(H)
            getattr(other.double(), name).copy_(torch.cat([blocks[row] for row in rows]))
    return other


def same(run, cell, other, tolerance=1e-12):
    x, state = draw(B, T, D), draw_state(cell, B)
    found, wanted = run(cell, x, state), run(other, x, state)
    torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


@every_runner
@pytest.mark.parametrize("kind", [PeepholeLSTM, DiagonalPeepholeLSTM])
def test_without_peepholes_it_is_an_lstm(kind, run):
    lstm = drawn(LSTM(D, H))
    same(run, copied(lstm, kind(D, H), [0, 1, 3, 2]), lstm)


@every_runner
def test_diagonal_peepholes_are_diagonal_matrices(run):
    diagonal = drawn(DiagonalPeepholeLSTM(D, H))
    full = copied(diagonal, PeepholeLSTM(D, H), [0, 1, 2, 3])
    with torch.no_grad():
        full.peephole_weight.copy_(torch.cat([p.diag() for p in diagonal.peephole_weight.split(H)]))
    same(run, full, diagonal)


@every_runner
@pytest.mark.parametrize("kind", [GRU, ResetAfterGRU])
def test_a_gru_whose_reset_gate_is_open_is_the_simple_one(kind, run):
    simple = drawn(SimpleGRU(D, H))
    full = copied(simple, kind(D, H), [0, 0, 1])
    with torch.no_grad():
        full.bias[:H] = 60.0  # σ(60 and a little) is 1 in float64
    same(run, full, simple)


@every_runner
def test_the_two_grus_differ_only_in_the_place_of_the_reset_gate(run):
    before = drawn(GRU(D, H))
    after = copied(before, ResetAfterGRU(D, H), [0, 1, 2])
    x = draw(B, T, D)
    one, two = run(before, x)[0], run(after, x)[0]
    torch.testing.assert_close(one[:, 0], two[:, 0])  # nothing to reset at the first position
    assert not torch.isclose(one[:, 1:], two[:, 1:]).all(dim=2).any()


@every_runner
def test_the_two_simple_cells_are_tanh_and_relu_of_the_same(run):
    tanh = drawn(RNN(D, H))
    relu = copied(tanh, ReLURNN(D, H), [0])
    x = draw(B, 1, D)
    z = run(tanh, x)[0].atanh()
    torch.testing.assert_close(run(relu, x)[0], z.clamp(min=0), rtol=1e-9, atol=1e-9)


@every_runner
@every_cell
def test_a_padded_unsorted_batch_is_its_sequences_one_by_one(kind, run):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    lengths, state = torch.tensor([2, 6, 1, 4]), draw_state(cell, B)
    outputs, last = run(cell, x, state, lengths)
    for b, length in enumerate(lengths.tolist()):
        own = tuple(tensor[b : b + 1] for tensor in state)
        alone, own = run(cell, x[b : b + 1, :length], own)
        torch.testing.assert_close(outputs[b : b + 1, :length], alone, rtol=1e-12, atol=1e-12)
        for found, wanted in zip(last, own, strict=True):
            torch.testing.assert_close(found[b : b + 1], wanted, rtol=1e-12, atol=1e-12)


@every_runner
@every_cell
def test_rows_of_a_batch_do_not_see_each_other(kind, run):
    cell, x, order = drawn(kind(D, H)), draw(B, T, D), torch.tensor([2, 0, 3, 1])
    outputs, last = run(cell, x)
    moved, last_moved = run(cell, x[order])
    torch.testing.assert_close(moved, outputs[order], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(last_moved[-1], last[-1][order], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cut", [1, 4])
@every_runner
@every_cell
def test_two_windows_with_carried_state_are_one_pass(kind, run, cut):
    cell = drawn(kind(D, H))
    x, state = draw(B, T, D).requires_grad_(), draw_state(cell, B)
    whole, last = run(cell, x, state)
    first, carried = run(cell, x[:, :cut], state)
    second, carried = run(cell, x[:, cut:], carried)
    both = torch.cat([first, second], 1)
    torch.testing.assert_close(both, whole, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(carried, last, rtol=1e-12, atol=1e-12)
    shares, wanted = draw(B, T, H, seed=6), [x, *cell.parameters()]
    found = [torch.autograd.grad((o * shares).sum(), wanted) for o in (both, whole)]
    torch.testing.assert_close(*found, rtol=1e-10, atol=1e-10)


@every_runner
@every_cell
def test_nothing_before_a_changed_input_moves(kind, run):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    changed = x.clone()
    changed[:, 3] += 1
    before, after = run(cell, x)[0], run(cell, changed)[0]
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.isclose(before[:, 3], after[:, 3]).all(dim=1).any()


@every_runner
@every_cell
def test_no_output_depends_on_a_later_input(kind, run):
    cell, x = drawn(kind(D, H)), draw(B, T, D).requires_grad_()
    (moves,) = torch.autograd.grad(run(cell, x)[0][:, 2].sum(), [x])
    assert (moves[:, 3:] == 0).all()
    assert (moves[:, :3] != 0).any(dim=2).any(dim=0).all()
