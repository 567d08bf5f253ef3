"""Dropout around cells: what is masked, by how much, in training only; and all wrappers at once."""

import numpy as np
import pytest
import torch

from seqkit.layers import (
    GRU,
    LSTM,
    RNN,
    LayerNorm,
    PeepholeLSTM,
    RecurrentDropout,
    SimpleGRU,
    WeightDrop,
    Zoneout,
)
from tests.layers.cells import KINDS, close, draw, draw_state, drawn, expected, numbers

B, T, D, H = 3, 5, 2, 16
SCALE = 1 / (1 - 77 / 256)  # the rate 0.3 to the nearest 1/256

every_cell = pytest.mark.parametrize("kind", KINDS)
dropouts = pytest.mark.parametrize("wrapper", [WeightDrop, RecurrentDropout])


def passed(layer, seed=3):
    """One pass: the weights it computed with, its outputs and its last state."""
    x, state = draw(B, T, D), draw_state(layer, B)
    torch.manual_seed(seed)
    weights = layer.weights(B)
    torch.manual_seed(seed)
    return weights, *layer(x, state)


def check(cell, recurrent, outputs, last):
    """Sequence b is what the equations make of it with the recurrent weights recurrent[b]."""
    x, state = draw(B, T, D), draw_state(cell, B)
    for b in range(B):
        values = numbers(cell) | {"recurrent_weight": recurrent[b]}
        wanted = expected(cell, values, x[b].numpy(), tuple(s[b].numpy() for s in state))
        close(outputs[b], wanted[0])
        for found, each in zip(last, wanted[1], strict=True):
            close(found[b], each)


@every_cell
def test_weight_drop_computes_with_some_recurrent_weights_gone(kind):
    cell = drawn(kind(D, H))
    weights, outputs, last = passed(WeightDrop(cell, 0.3))
    dropped = weights.recurrent.detach().numpy()
    mask = dropped / numbers(cell)["recurrent_weight"]
    np.testing.assert_allclose(mask[mask != 0], SCALE, rtol=1e-12)
    assert (mask == 0).mean() == pytest.approx(77 / 256, abs=5 * (0.21 / mask.size) ** 0.5)
    check(cell, [dropped] * B, outputs, last)


@every_cell
def test_recurrent_dropout_masks_units_where_products_see_them_at_all_steps(kind):
    cell = drawn(kind(D, H))
    weights, outputs, last = passed(RecurrentDropout(cell, 0.3))
    keep = weights.keep.numpy()  # (B, H)
    np.testing.assert_allclose(keep[keep != 0], SCALE, rtol=1e-12)
    assert (keep == 0).any() and (keep[0] != keep[1]).any()
    # W @ (a * m) = (W * m) @ a, with one mask for all steps of a sequence
    check(cell, numbers(cell)["recurrent_weight"] * keep[:, None, :], outputs, last)


@dropouts
@every_cell
def test_a_dropout_draws_anew_for_every_pass_and_does_nothing_outside_training(kind, wrapper):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    layer = wrapper(cell, 0.3)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    layer.eval()
    for found, wanted in ((layer(x), cell(x)), (wrapper(cell, 0.0).train()(x), cell(x))):
        torch.testing.assert_close(found, wanted, rtol=0, atol=0)


def test_two_recurrent_dropouts_mask_together():
    layer = RecurrentDropout(RecurrentDropout(drawn(RNN(D, H)), 0.5), 0.5)
    torch.manual_seed(0)
    values = layer.weights(B).keep.unique().tolist()
    assert values == [0.0, 4.0]


def test_weight_drop_lets_gradients_through_only_where_weights_are_kept():
    cell = drawn(RNN(D, H))
    weights, outputs, _ = passed(WeightDrop(cell, 0.5))
    outputs.square().sum().backward()
    kept = weights.recurrent != 0
    assert (cell.recurrent_weight.grad[~kept] == 0).all()
    assert (cell.recurrent_weight.grad[kept] != 0).all()


@dropouts
@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_rates_outside_the_unit_interval_are_refused(wrapper, rate):
    with pytest.raises(ValueError, match=rf"a dropout rate must be in \[0, 1\), got {rate}"):
        wrapper(RNN(D, H), rate)


def everything(kind):
    cell = drawn(kind(D, H))
    rates = [0.2, 0.1][: len(cell.initial(1))]
    return Zoneout(RecurrentDropout(WeightDrop(LayerNorm(cell), 0.3), 0.3), *rates).double()


@pytest.mark.parametrize("lengths", [None, torch.tensor([2, 5, 1])], ids=["whole", "padded"])
@every_cell
def test_all_four_together_train_every_parameter(kind, lengths):
    layer = everything(kind)
    torch.manual_seed(0)
    outputs, last = layer(draw(B, T, D), None, lengths)
    assert outputs.shape == (B, T, H) and torch.isfinite(outputs).all()
    (outputs.square().sum() + last[-1].sum()).backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad.abs().max() > 0, name


@every_cell
def test_all_four_together_are_certain_outside_training(kind):
    layer, x = everything(kind).eval(), draw(B, T, D)
    torch.testing.assert_close(layer(x), layer(x), rtol=0, atol=0)
    bare = layer.cell.cell.cell  # normalised only
    rates = layer.rates
    torch.testing.assert_close(layer(x), Zoneout(bare, *rates).eval()(x), rtol=0, atol=0)


@pytest.mark.parametrize("kind", [SimpleGRU, GRU, LSTM, PeepholeLSTM])
def test_wrappers_keep_their_order_out_of_the_result(kind):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    rates = [0.2, 0.1][: len(cell.initial(1))]
    one, two = Zoneout(LayerNorm(cell), *rates), LayerNorm(Zoneout(cell, *rates))
    found = [layer.double().eval()(x) for layer in (one, two)]
    torch.testing.assert_close(*found, rtol=0, atol=0)
