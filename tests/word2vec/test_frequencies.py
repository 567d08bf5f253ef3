"""Shares of kept words and of noise words, and the table that noise is drawn from."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.frequencies import (
    alias_table,
    keep_probabilities,
    noise_probabilities,
    unigram_loss,
)
from tests.word2vec.optimum import conditional_entropy, noise_optimum

COUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=40).map(
    lambda words: np.array([7, 99, *sorted(words, reverse=True)])
)


@settings(deadline=None)
@given(counts=COUNTS, sample=st.floats(1e-7, 10))
def test_frequent_words_are_kept_less_often(counts, sample):
    total = sum(counts[2:].tolist())
    keep = keep_probabilities(counts, sample)
    assert keep[0] == keep[1] == 0
    for count, found in zip(counts[2:].tolist(), keep[2:], strict=True):
        # as word2vec.c writes it
        wanted = (math.sqrt(count / (sample * total)) + 1) * (sample * total) / count
        assert found == pytest.approx(min(wanted, 1), rel=1e-12)


def test_without_subsampling_all_words_are_kept():
    assert keep_probabilities(np.array([5, 6, 10**12, 1, 0]), 0).tolist() == [0, 0, 1, 1, 1]


def test_a_word_that_never_came_is_kept():
    assert keep_probabilities(np.array([5, 6, 10**6, 0]), 1e-3)[3] == 1


@settings(deadline=None)
@given(counts=COUNTS, exponent=st.sampled_from([0.75, 0.5, 1, 0, -0.5, 3]))
def test_noise_follows_a_power_of_the_count(counts, exponent):
    shares = noise_probabilities(counts, exponent)
    assert shares[0] == shares[1] == 0
    assert math.fsum(shares) == pytest.approx(1, rel=1e-12)
    powers = [float(count) ** exponent for count in counts[2:].tolist()]
    wanted = np.array(powers) / math.fsum(powers)
    np.testing.assert_allclose(shares[2:], wanted, rtol=1e-10)


def test_powers_of_great_counts_do_not_overflow():
    shares = noise_probabilities(np.array([0, 0, 10**18, 10**17]), 40)
    np.testing.assert_allclose(shares[2:], [1, 1e-40], rtol=1e-9)


def probabilities(table):
    """What each entry of a table is drawn with, to the last bit, for 31 random bits."""
    found = [Fraction(0)] * len(table)
    for entry, packed in enumerate(table.tolist()):
        threshold, other = Fraction(packed >> 31, 2**31), packed & (2**31 - 1)
        found[entry] += threshold / len(table)
        found[other] += (1 - threshold) / len(table)
    return found


@settings(deadline=None)
@given(
    weights=st.lists(st.one_of(st.just(0), st.floats(1e-9, 1)), min_size=1, max_size=50).filter(any)
)
def test_the_table_holds_the_shares(weights):
    shares = np.array(weights) / math.fsum(weights)
    found = probabilities(alias_table(shares))
    assert sum(found) == 1
    for share, chance in zip(shares, found, strict=True):
        assert abs(float(chance) - share) < 1e-9  # 31 bits
        assert chance == 0 if share == 0 else chance > 0 or share < 1e-8


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_equal_shares_make_a_table_of_themselves(size):
    found = probabilities(alias_table(np.full(size, 1 / size)))
    assert found == [Fraction(1, size)] * size


def test_ids_and_bits_fit_into_an_entry():
    """Special tokens have no share and are never drawn; no entry is negative."""
    counts = np.array([10**6, 10**6, *(10**6 // np.arange(1, 5000))])
    table = alias_table(noise_probabilities(counts, 0.75))
    assert table.dtype == np.int64 and (table >= 0).all()
    assert probabilities(table)[:2] == [0, 0]


def test_ten_million_draws_follow_the_power_of_the_counts():
    counts = np.array([50, 60, *(10**7 // np.arange(1, 1001))])
    shares = noise_probabilities(counts, 0.75)
    table, generator = alias_table(shares), np.random.default_rng(17)
    found = np.zeros(len(table))
    for _ in range(20):
        entry = generator.integers(0, len(table), 500_000)
        packed = table[entry]
        bits = generator.integers(0, 2**31, 500_000)
        drawn = np.where(bits < packed >> 31, entry, packed & (2**31 - 1))
        found += np.bincount(drawn, minlength=len(table))
    wanted = 1e7 * shares[2:]
    assert found[:2].tolist() == [0, 0] and wanted.min() > 100
    chi_square = ((found[2:] - wanted) ** 2 / wanted).sum()
    freedom = len(wanted) - 1
    assert abs(chi_square - freedom) < 4.5 * math.sqrt(2 * freedom)


def test_the_loss_of_frequencies_alone_is_the_optimum_for_words_that_tell_nothing():
    counts = np.array([3, 8, 40, 30, 20, 7, 3])
    for sample in (0, 0.05):
        config = Word2VecConfig(negative=4, sample=sample)
        p = counts * keep_probabilities(counts, sample)
        p = p / p.sum()
        together, q = np.outer(p, p), noise_probabilities(counts, config.ns_exponent)
        wanted = noise_optimum(together, q, config.negative)
        assert unigram_loss(config, counts) == pytest.approx(wanted, rel=1e-12)
        for loss in ("hs", "softmax"):
            found = unigram_loss(Word2VecConfig(loss=loss, sample=sample), counts)
            assert found == pytest.approx(conditional_entropy(together), rel=1e-12)
