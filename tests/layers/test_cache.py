"""The continuous cache against a plain loop in float64."""

import itertools
import math

import numpy as np
import pytest
import torch

from seqkit.layers.cache import CacheSettings, Comparison, Positions, mixed_losses
from tests import oracles

T, H, V = 40, 3, 5
SETTINGS = [CacheSettings(1, 0.5, 0.2), CacheSettings(7, 0.0, 0.3), CacheSettings(100, 2.0, 0.1)]


@pytest.fixture
def text():
    g = torch.Generator().manual_seed(1)
    hidden = torch.randn(T, H, dtype=torch.float64, generator=g)
    return Positions(hidden, torch.randint(0, V, (T,), generator=g))


def comparisons(text, bounds, size):
    """The text in blocks, each beside what a cache of this size holds before it."""
    for start, stop in itertools.pairwise(bounds):
        before = Positions(text.hidden[:start], text.tokens[:start]).last(size)
        yield Comparison(before, Positions(text.hidden[start:stop], text.tokens[start:stop]))


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("bounds", [(0, T), (0, 1, 12, 13, T)], ids=["one block", "blocks"])
def test_the_cache_is_that_of_a_loop(text, settings, bounds):
    parts = comparisons(text, bounds, settings.size)
    found = torch.cat([part.log_probs(settings.size, settings.theta) for part in parts])
    wanted = oracles.cache_probabilities(
        text.hidden.numpy(), text.tokens.tolist(), V, settings.size, settings.theta
    )
    assert math.isnan(found[0]) and wanted[0] is None
    for probabilities, log_p, token in zip(wanted[1:], found[1:], text.tokens[1:], strict=True):
        assert probabilities.sum() == pytest.approx(1, abs=1e-12)
        assert math.exp(log_p) == pytest.approx(probabilities[token], rel=1e-10)
    assert (found[1:] == -math.inf).any()  # a token that the cache does not hold


def test_one_comparison_serves_all_smaller_caches(text):
    (large,) = list(comparisons(text, (30, T), 30))
    (small,) = list(comparisons(text, (30, T), 4))
    torch.testing.assert_close(large.log_probs(4, 0.7), small.log_probs(4, 0.7))


def test_no_token_sees_itself_or_the_future(text):
    """Other tokens and states from one position on change nothing before it."""
    place = 25
    hidden, tokens = text.hidden.clone(), text.tokens.clone()
    hidden[place + 1 :] += 1
    tokens[place + 1 :] = (tokens[place + 1 :] + 1) % V
    (one,), (other,) = (comparisons(part, (0, T), T) for part in (text, Positions(hidden, tokens)))
    kept, changed = one.log_probs(T, 1.0), other.log_probs(T, 1.0)
    torch.testing.assert_close(kept[: place + 1], changed[: place + 1], equal_nan=True)
    assert not torch.isclose(kept[place + 1 :], changed[place + 1 :]).any()
    alone = Positions(text.hidden, torch.arange(T))  # each token comes once
    (once,) = comparisons(alone, (0, T), T)
    assert (once.log_probs(T, 1.0)[1:] == -math.inf).all()


def test_large_products_do_not_overflow(text):
    huge = Positions(text.hidden * 1000, text.tokens)
    (part,) = comparisons(huge, (0, T), T)
    found = part.log_probs(T, 5.0)[1:]
    assert not found.isnan().any() and (found <= 0).all()


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_losses_are_mixed_as_probabilities(weight):
    losses = torch.tensor([0.1, 2.0, 5.0], dtype=torch.float64)
    cached = torch.tensor([math.nan, -math.inf, -0.7], dtype=torch.float64)
    mixed = [(math.exp(-2.0), 0.0), (math.exp(-5.0), math.exp(-0.7))]
    wanted = [0.1, *(-math.log((1 - weight) * model + weight * cache) for model, cache in mixed)]
    np.testing.assert_allclose(mixed_losses(losses, cached, weight), wanted, rtol=1e-12)


WRONG = [(0, 0.1, 0.1), (5, -1.0, 0.1), (5, math.inf, 0.1), (5, math.nan, 0.1)]
WRONG += [(5, 0.1, 1.0), (5, 0.1, -0.1), (5, 0.1, math.nan)]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_cache_is_refused(wrong):
    with pytest.raises(ValueError, match="of a cache must be"):
        CacheSettings(*wrong)
