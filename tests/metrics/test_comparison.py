"""McNemar's test and the bootstrap, against enumerations of all coins and of all resamples."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from seqkit.metrics.comparison import McNemar, accuracy_interval, mcnemar

SPLITS = list(itertools.combinations_with_replacement(range(6), 2))


@pytest.mark.parametrize(("b", "c"), SPLITS)
def test_p_is_the_share_of_coins_that_split_as_unevenly(b, c):
    """Of all 2^(b+c) ways in which fair coins can fall."""
    falls = [sum(coins) for coins in itertools.product((0, 1), repeat=b + c)]
    as_uneven = [abs(2 * heads - b - c) >= abs(b - c) for heads in falls]
    wanted = sum(as_uneven) / len(falls)
    assert McNemar(7, b, c, 2).p_value == pytest.approx(wanted, abs=1e-15)
    assert McNemar(0, c, b, 9).p_value == McNemar(7, b, c, 2).p_value


@pytest.mark.parametrize(("b", "c"), [(0, 30), (59, 25), (700, 800)])
def test_p_is_exact_for_many_answers(b, c):
    tail = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    wanted = float(Fraction(2 * tail, 2 ** (b + c)))
    assert McNemar(0, b, c, 0).p_value == pytest.approx(wanted, rel=1e-15)
    assert 0 < wanted < 1


def test_nothing_differs_and_everything_does():
    assert McNemar(5, 0, 0, 5).p_value == 1
    assert McNemar(0, 5000, 0, 0).p_value == 0


def test_pairs_of_answers_are_counted():
    first = [True, True, True, False, False, False, True]
    second = [True, False, False, True, False, False, False]
    assert mcnemar(first, second) == McNemar(1, 3, 1, 2)
    with pytest.raises(ValueError, match="one run has 7 answers and the other 2"):
        mcnemar(first, [True, False])


@pytest.mark.parametrize(("right", "total"), [(1, 2), (2, 5), (3, 4), (5, 6)])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_the_interval_is_that_of_all_resamples(right, total, level):
    """Every one of N^N ways to draw N answers from N."""
    answers = [True] * right + [False] * (total - right)
    values = sorted(map(sum, itertools.product(answers, repeat=total)))
    size = len(values)

    def reached(share):
        return next(
            value for n, value in enumerate(values, 1) if Fraction(n, size) >= Fraction(share)
        )

    wanted = (reached((1 - level) / 2) / total, reached((1 + level) / 2) / total)
    assert accuracy_interval(right, total, level) == wanted


def test_it_is_near_to_what_resampling_gives():
    right = np.repeat([True, False], [1650, 171])
    draws = np.random.default_rng(0).choice(right, (1000, len(right))).mean(1)
    found = accuracy_interval(1650, 1821)
    assert found == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.002)
    assert found[0] < 1650 / 1821 - 0.01 and found[1] > 1650 / 1821 + 0.01


def test_large_counts_are_near_to_the_normal_interval():
    low, high = accuracy_interval(230_000, 250_000)
    margin = 1.959964 * math.sqrt(0.92 * 0.08 / 250_000)
    assert (low, high) == pytest.approx((0.92 - margin, 0.92 + margin), abs=1e-5)


def test_all_right_or_all_wrong_is_a_point():
    assert accuracy_interval(9, 9) == (1, 1)
    assert accuracy_interval(0, 9) == (0, 0)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((3, 2), "3 right answers of 2"),
        ((-1, 2), "-1 right answers"),
        ((0, 0), "one answer is the least"),
        ((1, 2, 1.0), "above 0 and below 1, got 1.0"),
        ((1, 2, 95), "got 95"),
    ],
)
def test_counts_that_cannot_be_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        accuracy_interval(*numbers)
