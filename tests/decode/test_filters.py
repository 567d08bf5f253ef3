import itertools
import math

import numpy as np
import pytest
import torch

from seqkit.decode.filters import (
    SamplingConfig,
    best,
    mask,
    min_p,
    no_repeat_ngram,
    temperature,
    top_k,
    top_p,
    warp,
)


def random_log_probs(rows: int, size: int, seed: int, ties: bool = False) -> torch.Tensor:
    draws = np.random.default_rng(seed).gamma(0.7, size=(rows, size))
    weights = np.ceil(draws * 2) if ties else draws
    return torch.from_numpy(np.log(weights / weights.sum(axis=1, keepdims=True)))


def survivors(log_weights: torch.Tensor) -> list[set[int]]:
    return [{i for i, x in enumerate(row) if x > -math.inf} for row in log_weights.tolist()]


def ranked(row: list[float]) -> list[int]:
    """Ids from the likeliest down, the lower id first where equal."""
    return sorted(range(len(row)), key=lambda i: (-row[i], i))


def only(config: SamplingConfig, probs: list[float], history: tuple[int, ...] = ()) -> np.ndarray:
    return (
        warp(torch.tensor([probs], dtype=torch.float64).log(), config, [history])[0].exp().numpy()
    )


def test_a_mask_is_drawing_again_while_the_draw_is_banned():
    probs = [0.6, 0.1, 0.05, 0.2, 0.05]
    unk, rounds = 0, 80
    # Rejection, enumerated: k rejected draws of <unk>, then one of another token.
    redrawn = [
        sum(probs[unk] ** k * p for k in range(rounds)) if i != unk else 0.0
        for i, p in enumerate(probs)
    ]
    np.testing.assert_allclose(only(SamplingConfig(banned=(unk,)), probs), redrawn, atol=1e-12)


def test_drawing_again_while_either_of_two_is_banned_by_enumerating_the_draws():
    probs = [0.2, 0.1, 0.3, 0.4]
    banned = (1, 3)
    redrawn = np.zeros(4)
    for rejected in range(13):
        for draws in itertools.product(banned, repeat=rejected):
            for token in (0, 2):
                redrawn[token] += math.prod(probs[i] for i in (*draws, token))
    missing = 0.5**13
    got = only(SamplingConfig(banned=banned), probs)
    np.testing.assert_allclose(got, redrawn, atol=missing)


def test_the_mask_comes_before_temperature_and_before_every_cut():
    probs = [0.9, 0.06, 0.03, 0.01]
    assert only(SamplingConfig(banned=(0,), top_k=1), probs).tolist() == [0, 1, 0, 0]
    # 0.06 + 0.03 is 90 % of what remains: of the whole it would be 9 %, and token 3 would stay.
    np.testing.assert_allclose(
        only(SamplingConfig(banned=(0,), top_p=0.85), probs), [0, 2 / 3, 1 / 3, 0]
    )
    # 0.03 is half of the best that remains, and a thirtieth of the banned one.
    np.testing.assert_allclose(
        only(SamplingConfig(banned=(0,), min_p=0.4), probs), [0, 2 / 3, 1 / 3, 0]
    )
    sharp = np.array([0, 0.06, 0.03, 0.01]) ** 2
    np.testing.assert_allclose(
        only(SamplingConfig(banned=(0,), temperature=0.5), probs), sharp / sharp.sum()
    )


def test_the_no_repeat_rule_comes_before_the_cuts():
    probs = [0.7, 0.2, 0.1]
    got = only(SamplingConfig(no_repeat_ngram=2, top_k=1), probs, history=(2, 0, 1, 2))
    assert got.tolist() == [0, 1, 0]


def test_temperature_comes_before_the_nucleus_and_the_nucleus_before_min_p():
    probs = np.array([0.5, 0.3, 0.15, 0.05])
    flat = probs**0.25 / (probs**0.25).sum()
    # Flattened, two tokens hold 0.58 of the mass; unflattened, one would hold 0.5 alone.
    kept = np.where(np.arange(4) < 2, flat, 0)
    got = only(SamplingConfig(temperature=4.0, top_p=0.5), probs.tolist())
    np.testing.assert_allclose(got, kept / kept.sum())
    both = only(SamplingConfig(top_p=0.9, min_p=0.5), probs.tolist())
    np.testing.assert_allclose(both, [0.625, 0.375, 0, 0])


@pytest.mark.parametrize("degree", [0.3, 1.0, 2.5])
def test_temperature_is_a_power_of_the_probability(degree):
    log_probs = random_log_probs(4, 9, seed=1)
    powers = np.exp(log_probs.numpy()) ** (1 / degree)
    expected = powers / powers.sum(axis=1, keepdims=True)
    got = temperature(log_probs, degree).softmax(dim=-1).numpy()
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_a_temperature_near_zero_is_greedy_and_not_nan():
    got = only(SamplingConfig(temperature=1e-308), [0.3, 0.4, 0.3])
    assert got.tolist() == [0, 1, 0]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("k", [1, 2, 5, 8])
def test_top_k_keeps_the_k_best_and_at_ties_the_lower_ids(k, ties):
    log_probs = random_log_probs(20, 8, seed=k, ties=ties)
    expected = [set(ranked(row)[:k]) for row in log_probs.tolist()]
    assert survivors(top_k(log_probs, k)) == expected
    assert [set(row.nonzero()[:, 0].tolist()) for row in best(log_probs, k)] == expected


@pytest.mark.parametrize("k", [0, 8, 100])
def test_top_k_of_nothing_or_everything_changes_nothing(k):
    log_probs = random_log_probs(3, 8, seed=5)
    assert torch.equal(top_k(log_probs, k), log_probs)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("p", [1e-9, 0.31, 0.77, 0.999])
def test_the_nucleus_is_the_smallest_set_with_enough_mass(p, ties):
    log_probs = random_log_probs(20, 7, seed=3, ties=ties)
    for row, kept in zip(log_probs.tolist(), survivors(top_p(log_probs, p)), strict=True):
        probs = [math.exp(x) for x in row]
        order = ranked(row)
        size = len(kept)
        assert kept == set(order[:size])
        assert size >= 1
        assert math.fsum(probs[i] for i in order[:size]) >= p - 1e-12
        assert math.fsum(probs[i] for i in order[: size - 1]) < p + 1e-12
        # No set of fewer tokens, of whatever kind, has the mass.
        smaller = itertools.combinations(probs, size - 1)
        assert all(math.fsum(group) < p + 1e-12 for group in smaller)


def test_a_nucleus_of_many_equal_tokens_has_the_lowest_ids():
    log_probs = torch.zeros(1, 4096, dtype=torch.float64)
    assert survivors(top_p(log_probs, 0.25)) == [set(range(1024))]


def test_a_nucleus_of_everything_keeps_even_the_rarest():
    log_probs = torch.tensor([[1.0, 1e-30]], dtype=torch.float64).log()
    assert survivors(top_p(log_probs, 1.0)) == [{0, 1}]


@pytest.mark.parametrize("p", [0.0, 0.13, 0.47, 1.0])
def test_min_p_is_relative_to_the_best(p):
    log_probs = random_log_probs(20, 7, seed=4, ties=True)
    expected = [
        {i for i, x in enumerate(row) if math.exp(x) >= p * math.exp(max(row))}
        for row in log_probs.tolist()
    ]
    assert survivors(min_p(log_probs, p)) == expected


@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_ngram_occurs_twice(n):
    """Every history of length 5 over 3 tokens, against counting the n-grams of what would be."""
    size, flat = 3, torch.zeros(1, 3, dtype=torch.float64)
    for history in itertools.product(range(size), repeat=5):
        expected = set()
        for token in range(size):
            text = (*history, token)
            grams = [text[i : i + n] for i in range(len(text) - n + 1)]
            if grams.count(grams[-1]) == 1:
                expected.add(token)
        assert survivors(no_repeat_ngram(flat, [history], n)) == [expected]


def test_no_repeat_judges_each_row_by_its_own_history_and_short_ones_freely():
    flat = torch.zeros(3, 4, dtype=torch.float64)
    got = survivors(no_repeat_ngram(flat, [[0, 1, 0], [2], []], 2))
    assert got == [{0, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}]
    assert no_repeat_ngram(flat, [[0, 0]] * 3, 0) is flat


def test_a_row_with_nothing_left_stays_empty_through_every_filter():
    config = SamplingConfig(temperature=0.5, top_k=2, top_p=0.5, min_p=0.1, no_repeat_ngram=1)
    log_probs = torch.full((2, 3), 1 / 3, dtype=torch.float64).log()
    got = warp(log_probs, config, [[0, 1, 2], [0]])
    assert survivors(got)[0] == set()
    assert got[1].exp().sum().item() == pytest.approx(1)


def test_warping_gives_a_distribution_and_leaves_its_input_alone():
    log_probs = random_log_probs(6, 10, seed=8)
    before = log_probs.clone()
    config = SamplingConfig(temperature=1.7, top_k=6, top_p=0.8, min_p=0.05, banned=(3,))
    got = warp(log_probs, config, [[]] * 6)
    np.testing.assert_allclose(got.exp().sum(dim=-1), 1, rtol=1e-12)
    assert torch.equal(log_probs, before)


def test_the_default_config_is_the_model_itself():
    log_probs = random_log_probs(6, 10, seed=9)
    got = warp(log_probs, SamplingConfig(), [[]] * 6)
    np.testing.assert_allclose(got.exp(), log_probs.exp(), rtol=1e-12)


def test_greedy_is_the_best_token_and_the_lower_id_at_ties():
    assert only(SamplingConfig(greedy=True, temperature=9.0), [0.2, 0.4, 0.4]).tolist() == [0, 1, 0]


def test_bad_ids_are_named():
    log_probs = torch.zeros(1, 3)
    with pytest.raises(ValueError, match="banned id 3 is outside the vocabulary of 3 tokens"):
        mask(log_probs, [3])
    with pytest.raises(ValueError, match="banned id -1"):
        mask(log_probs, [-1])
    with pytest.raises(ValueError, match="all 3 tokens are banned"):
        mask(log_probs, [0, 1, 2, 2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 0.0}, r"--temperature must be above 0, got 0.0; .*--greedy"),
        ({"temperature": math.nan}, "--temperature"),
        ({"temperature": math.inf}, "--temperature"),
        ({"top_p": 1.5}, r"--top-p must be in \(0, 1\], got 1.5"),
        ({"top_p": 0.0}, "--top-p"),
        ({"min_p": -0.1}, r"--min-p must be in \[0, 1\], got -0.1"),
        ({"top_k": -1}, "--top-k must be 0 or more, got -1"),
        ({"no_repeat_ngram": -1}, "--no-repeat-ngram"),
        ({"max_tokens": 0}, "--max-tokens must be 1 or more, got 0"),
        ({"seed": -1}, "--seed"),
    ],
)
def test_bad_options_are_named_as_they_are_typed(options, message):
    with pytest.raises(ValueError, match=message):
        SamplingConfig(**options)
