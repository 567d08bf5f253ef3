"""The bootstrap over rows, against all the resamples that there are."""

import itertools

import numpy as np
import pytest

from seqkit.metrics import bootstrap
from seqkit.metrics.bleu import bleu_of, bleu_statistics
from seqkit.metrics.bootstrap import interval_of, resampled
from tests.metrics.translations import pairs

TABLE = np.array([[1, 2], [3, 4], [0, 9], [2, 2]])


def ratio(sums):
    return float(sums[0] / sums[1])


def test_the_ends_are_those_of_all_resamples():
    """4^4 ways to draw four rows from four; 100,000 draws come near their quantiles."""
    every = [ratio(TABLE[list(rows)].sum(axis=0)) for rows in itertools.product(range(4), repeat=4)]
    for confidence in (0.5, 0.8):
        ends = [(1 - confidence) / 2, (1 + confidence) / 2]
        got = interval_of(TABLE, ratio, confidence, samples=20_000)
        assert got == pytest.approx(np.quantile(every, ends), abs=0.02)


def test_a_draw_is_as_many_rows_of_the_table():
    sums = resampled(np.eye(5, dtype=np.int64), 200, seed=3)
    assert sums.shape == (200, 5) and (sums.sum(axis=1) == 5).all() and (sums >= 0).all()
    assert len(np.unique(sums, axis=0)) > 50
    assert sums.mean(axis=0) == pytest.approx(np.ones(5), abs=0.3)


def test_draws_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    at_once = resampled(TABLE, 50, seed=1)
    monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", 9)  # two rows at a time
    assert np.array_equal(resampled(TABLE, 50, seed=1), at_once)
    assert not np.array_equal(resampled(TABLE, 50, seed=2), at_once)


def test_the_interval_of_bleu_holds_the_score():
    rows = bleu_statistics(*pairs(2, 60))
    low, high = interval_of(rows, lambda sums: bleu_of(sums).score, samples=200)
    assert 0 < low < bleu_of(rows.sum(axis=0)).score < high < 100


@pytest.mark.parametrize(
    ("rows", "confidence", "samples", "message"),
    [
        (1, 0.95, 9, r"the data has 1 sentence\(s\)"),
        (4, 1.0, 9, "confidence is 1.0"),
        (4, 0.95, 0, "samples is 0"),
    ],
)
def test_what_cannot_be_resampled_is_refused(rows, confidence, samples, message):
    with pytest.raises(ValueError, match=message):
        interval_of(TABLE[:rows], ratio, confidence, samples)
