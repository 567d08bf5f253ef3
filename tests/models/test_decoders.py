"""Decoders (G4) against loops, step by step in float64; the whole target at once = step by step."""

import numpy as np
import pytest
import torch

from seqkit.layers import CELLS, GRU, Stack
from seqkit.layers.attention import ATTENTIONS
from seqkit.models.decoders import AttentiveDecoder, FeedingDecoder, PlainDecoder
from tests import oracles
from tests.layers.cells import ORACLES, draw, drawn, named, numbers
from tests.layers.test_attention import score_of

B, T, S, D, H, E = 3, 4, 5, 2, 3, 4
LENGTHS = torch.tensor([2, 5, 1])
REAL = torch.arange(S) < LENGTHS[:, None]

KINDS = ["plain", *(f"{kind} {name}" for kind in ("attentive", "feeding") for name in ATTENTIONS)]

every_kind = pytest.mark.parametrize("kind", KINDS)
every_cell = pytest.mark.parametrize("cell", CELLS)


def build(kind, cell):
    """A decoder of two layers, the upper one a GRU, every parameter drawn at random."""
    stack = Stack([CELLS[cell](D + E * kind.startswith("feeding"), H), GRU(H, H)])
    if kind == "plain":
        return drawn(PlainDecoder(stack, H, E))
    looks, attention = kind.split()
    classes = {"attentive": AttentiveDecoder, "feeding": FeedingDecoder}
    return drawn(classes[looks](stack, ATTENTIONS[attention](H, H), H, E))


def weights_of(decoder, state, row):
    """What the oracle needs of a decoder, with the first states of one row."""
    layers, rest = [], list(state)
    for cell in decoder.stack.layers:
        own = tuple(rest.pop(0)[row].numpy() for _ in cell.initial(0))
        layers.append((ORACLES[type(cell)][0], named(cell, numbers(cell)), own))
    return {
        "layers": layers,
        "output": numbers(decoder.output)["weight"],
        "score": score_of(decoder.attention) if hasattr(decoder, "attention") else None,
        "feeding": isinstance(decoder, FeedingDecoder),
    }


def drawn_state(decoder):
    return tuple(draw(*s.shape, seed=9 + i) for i, s in enumerate(decoder.stack.initial(B)))


@every_kind
@every_cell
@torch.no_grad()
def test_it_equals_loops(cell, kind):
    decoder, x, values = build(kind, cell), draw(B, T, D), draw(B, S, H, seed=3)
    state = drawn_state(decoder)
    outputs, _, weights = decoder(x, decoder.begin(state), decoder.remember(values, REAL))
    assert outputs.shape == (B, T, E)
    assert weights.shape == (B, T, 0 if kind == "plain" else S)
    for row, length in enumerate(LENGTHS.tolist()):
        own = weights_of(decoder, state, row)
        wanted, looks = oracles.decode(own, x[row].numpy(), values[row, :length].numpy())
        np.testing.assert_allclose(outputs[row], wanted, atol=1e-12)
        if kind != "plain":
            np.testing.assert_allclose(weights[row, :, :length], looks, atol=1e-12)
            assert (weights[row, :, length:] == 0).all()


@every_kind
@every_cell
@torch.no_grad()
def test_the_whole_target_at_once_is_step_by_step(cell, kind):
    decoder, x, values = build(kind, cell), draw(B, T, D), draw(B, S, H, seed=3)
    memory = decoder.remember(values, REAL)
    start = decoder.begin(drawn_state(decoder))
    outputs, last, weights = decoder(x, start, memory)
    state = start
    for t in range(T):
        out, state, look = decoder(x[:, t : t + 1], state, memory)
        torch.testing.assert_close(out[:, 0], outputs[:, t], rtol=0, atol=1e-12)
        torch.testing.assert_close(look[:, 0], weights[:, t], rtol=0, atol=1e-12)
    assert len(state) == len(start)
    torch.testing.assert_close(state, last, rtol=0, atol=1e-12)


@pytest.mark.parametrize("owner", [[0, 1, 2], [0, 0, 2, 2, 2], [1], [2, 0, 1, 0], [1, 1, 1]])
@every_kind
@torch.no_grad()
def test_rows_that_share_a_source_get_what_they_would_get_alone(kind, owner):
    decoder, x, values = build(kind, "lstm"), draw(len(owner), D), draw(B, S, H, seed=3)
    rows = torch.tensor(owner)
    start = tuple(draw(len(owner), *s.shape[1:], seed=9) for s in decoder.stack.initial(1))
    state = decoder.begin(start)
    found = decoder.step(x, state, decoder.remember(values, REAL), rows)
    memory = decoder.remember(values[rows], REAL[rows])
    outputs, last, weights = decoder(x[:, None], state, memory)
    for one, other in zip(found, (outputs[:, 0], last, weights[:, 0]), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@every_kind
@torch.no_grad()
def test_what_comes_later_changes_nothing_before(kind):
    decoder, x, values = build(kind, "lstm"), draw(B, T, D), draw(B, S, H, seed=3)
    memory, start = decoder.remember(values, REAL), decoder.begin(drawn_state(decoder))
    moved = x.clone()
    moved[:, 2] += 1
    before, after = (decoder(each, start, memory)[0] for each in (x, moved))
    assert torch.equal(before[:, :2], after[:, :2])
    assert (before[:, 2:] != after[:, 2:]).all()


@torch.no_grad()
def test_a_plain_decoder_sees_of_the_source_its_first_state_alone():
    decoder, x = build("plain", "gru"), draw(B, T, D)
    start = decoder.begin(drawn_state(decoder))
    found = [decoder(x, start, decoder.remember(draw(B, S, H, seed=k), REAL))[0] for k in (3, 4)]
    assert torch.equal(*found)


@torch.no_grad()
def test_what_is_fed_is_the_output_before_and_at_first_nothing():
    decoder, x = build("feeding dot", "gru"), draw(B, T, D)
    memory = decoder.remember(draw(B, S, H, seed=3), None)
    *_, fed = decoder.begin(drawn_state(decoder))
    assert fed.shape == (B, E) and not fed.any()
    outputs, (*_, fed), _ = decoder(x, decoder.begin(drawn_state(decoder)), memory)
    assert torch.equal(fed, outputs[:, -1])
