"""Attention against loops over the real positions of each source, in float64."""

import numpy as np
import pytest
import torch

from seqkit.layers.attention import ATTENTIONS, AdditiveAttention, DotAttention
from seqkit.layers.gradcheck import gradcheck
from tests import oracles
from tests.layers.cells import draw, drawn, numbers

B, T, S, Q, M = 3, 4, 5, 3, 2
LENGTHS = torch.tensor([3, 5, 1])
REAL = torch.arange(S) < LENGTHS[:, None]

every_kind = pytest.mark.parametrize("name", ATTENTIONS)
masks = pytest.mark.parametrize("real", [None, REAL], ids=["whole", "padded"])


def score_of(attention):
    """The oracle of an attention and its matrices."""
    values = numbers(attention)
    if isinstance(attention, DotAttention):
        return oracles.dot_score, {"W": values["key.weight"]}
    matrices = {"W": values["query.weight"], "U": values["key.weight"], "v": values["judge"]}
    return oracles.additive_score, matrices


def parts(name, seed=0):
    """An attention, queries (B, T, Q) and values (B, S, M)."""
    return drawn(ATTENTIONS[name](Q, M), seed), draw(B, T, Q), draw(B, S, M, seed=3)


@masks
@every_kind
def test_it_equals_loops(name, real):
    attention, queries, values = parts(name)
    contexts, weights = attention(queries, attention.remember(values, real))
    assert contexts.shape == (B, T, M) and weights.shape == (B, T, S)
    score, p = score_of(attention)
    for b, length in enumerate([S] * B if real is None else LENGTHS.tolist()):
        for t in range(T):
            own = values[b, :length].numpy()
            wanted = oracles.attend(score, queries[b, t].numpy(), own, p)
            np.testing.assert_allclose(contexts[b, t].detach(), wanted[0], atol=1e-12)
            np.testing.assert_allclose(weights[b, t, :length].detach(), wanted[1], atol=1e-12)


@masks
@every_kind
def test_weights_are_shares_of_the_real_positions(name, real):
    attention, queries, values = parts(name)
    _, weights = attention(queries, attention.remember(values, real))
    torch.testing.assert_close(weights.sum(2), torch.ones(B, T, dtype=torch.float64))
    inside = torch.ones(B, S, dtype=torch.bool) if real is None else real
    inside = inside[:, None].expand(B, T, S)
    assert (weights[inside] > 0).all() and (weights[~inside] == 0).all()


@every_kind
def test_a_source_of_one_position_is_its_own_context(name):
    attention, queries, values = parts(name)
    contexts, weights = attention(queries, attention.remember(values[:, :1]))
    assert torch.equal(contexts, values[:, :1].expand(B, T, M))
    assert (weights == 1).all()
    contexts, _ = attention(queries, attention.remember(values, REAL))
    assert torch.equal(contexts[2], values[2, :1].expand(T, M))


@every_kind
def test_what_stands_at_padding_does_not_matter(name):
    attention, queries, values = parts(name)
    junk = values.where(REAL[..., None], 1e6)
    found = attention(queries, attention.remember(junk, REAL))
    for one, other in zip(found, attention(queries, attention.remember(values, REAL)), strict=True):
        assert torch.equal(one, other)


@every_kind
def test_queries_know_nothing_of_each_other(name):
    attention, queries, values = parts(name)
    memory = attention.remember(values, REAL)
    together = attention(queries, memory)
    for t in range(T):
        alone = attention(queries[:, t : t + 1], memory)
        for one, other in zip(alone, together, strict=True):
            torch.testing.assert_close(one[:, 0], other[:, t], rtol=0, atol=1e-14)


@every_kind
def test_the_order_of_the_source_does_not_matter(name):
    attention, queries, values = parts(name)
    order = torch.tensor([3, 0, 4, 2, 1])
    contexts, weights = attention(queries, attention.remember(values))
    moved = attention(queries, attention.remember(values[:, order]))
    torch.testing.assert_close(moved[0], contexts, rtol=0, atol=1e-14)
    torch.testing.assert_close(moved[1], weights[:, :, order], rtol=0, atol=1e-14)


@masks
@every_kind
def test_gradients_are_two_sided_differences(name, real):
    attention, queries, values = parts(name)
    tensors = {
        "queries": queries.requires_grad_(),
        "values": values.requires_grad_(),
        **dict(attention.named_parameters()),
    }
    checked = gradcheck(lambda: attention(queries, attention.remember(values, real)), tensors)
    assert len(checked) == 2 + (3 if name == "additive" else 1)
    for found in checked:
        assert found.error < 1e-7 and found.analytic > 1e-3, found


@every_kind
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_computes_in_the_type_of_its_input(name, dtype):
    attention, queries, values = parts(name)
    exact = attention(queries, attention.remember(values, REAL))
    attention.float()
    found = attention(queries.to(dtype), attention.remember(values.to(dtype), REAL))
    for one, other in zip(found, exact, strict=True):
        assert one.dtype == dtype
        torch.testing.assert_close(one.double(), other, rtol=0.05, atol=0.05)


def test_the_two_scores_differ():
    assert [*ATTENTIONS.values()] == [DotAttention, AdditiveAttention]
    found = [attention(q, attention.remember(v))[1] for attention, q, v in map(parts, ATTENTIONS)]
    assert (found[0] - found[1]).abs().max() > 0.01
