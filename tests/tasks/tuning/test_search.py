"""Which parameters each trial gets: searches over objectives made for the test."""

import itertools
import math

import pytest

from seqkit.tasks.tuning.search import CoarseToFine, build_search
from seqkit.tasks.tuning.space import Choices, Range

LR = Range("lr", "log", 1e-4, 1.0)
DROPOUT = Range("dropout", "lin", 0.0, 0.8, 5)
CELL = Choices("cell", ("rnn", "gru", "lstm"))


def run(search, objective):
    """All trials of a search in their order."""
    done = {}
    for number in range(1, search.size + 1):
        values = search.values(number, done)
        done[number] = (values, objective(values))
    return done


def off_by(values):
    """How many decades the learning rate is from 0.01."""
    return abs(math.log10(values["lr"]) + 2)


def test_a_grid_is_every_combination_once():
    search = build_search("grid", [LR, DROPOUT, CELL], 45)
    assert search.size == 45
    found = [tuple(search.values(k, {}).values()) for k in range(1, 46)]
    axes = ([1e-4, 1e-2, 1.0], [0.0, 0.2, 0.4, 0.6, 0.8], ["rnn", "gru", "lstm"])
    assert found == list(itertools.product(*axes))
    assert list(search.values(1, {})) == ["lr", "dropout", "cell"]


def test_a_grid_beyond_the_trials_says_its_size():
    with pytest.raises(ValueError, match="3 x 5 points are 15 trials, and --trials allows 14;"):
        build_search("grid", [LR, DROPOUT], 14)


def test_a_random_draw_hangs_on_seed_number_and_name_alone():
    one, two = build_search("random", [LR], 5, 1), build_search("random", [CELL, LR], 30, 1)
    found = [one.values(k, {})["lr"] for k in (1, 2, 9)]
    assert found == [two.values(k, {3: ({}, 1.0)})["lr"] for k in (1, 2, 9)]
    assert len(set(found)) == 3
    assert found != [build_search("random", [LR], 5, 2).values(k, {})["lr"] for k in (1, 2, 9)]


def test_eight_draws_in_a_row_share_each_scale_among_them():
    search = build_search("random", [LR, DROPOUT], 40)
    orders = []
    for first in range(1, 41, 8):
        values = [search.values(k, {}) for k in range(first, first + 8)]
        for parameter in (LR, DROPOUT):
            eighths = [int(parameter.place(v[parameter.name]) * 8) for v in values]
            assert sorted(eighths) == list(range(8))
            orders.append(tuple(eighths))
    assert len(set(orders)) == 10


def test_draws_are_spread_evenly_and_do_not_hang_together():
    search = build_search("random", [LR, DROPOUT], 2_000, 7)
    places = [
        (LR.place(v["lr"]), DROPOUT.place(v["dropout"]))
        for v in (search.values(k, {}) for k in range(1, 2_001))
    ]
    for axis in zip(*places, strict=True):
        assert sum(axis) / 2_000 == pytest.approx(0.5, abs=0.01)
        assert sum((x - 0.5) ** 2 for x in axis) / 2_000 == pytest.approx(1 / 12, abs=0.002)
    covariance = sum((x - 0.5) * (y - 0.5) for x, y in places) / 2_000
    assert abs(covariance) < 3 * (1 / 12) / math.sqrt(2_000)


# Coarse to fine.


def test_the_first_round_is_random_and_the_next_waits_for_it():
    fine, plain = (build_search(name, [LR], 12, 5) for name in ("coarse-to-fine", "random"))
    done = {}
    for number in range(1, 5):
        assert fine.values(number, {}) == plain.values(number, {})
        assert fine.values(5, done) is None
        done[number] = (fine.values(number, {}), off_by(fine.values(number, {})))
    assert fine.values(8, done) is not None and fine.values(9, done) is None
    assert fine.values(5, done) == fine.values(5, dict(reversed(done.items())))


def test_the_region_is_that_of_the_best_quarter_and_a_gap():
    """Nine trials, rounds of three. Of the first three the best two count; then of six, two."""
    search = CoarseToFine([LR, CELL], 9, 0)
    done = {
        1: ({"lr": 1e-1, "cell": "rnn"}, 5.0),
        2: ({"lr": 1e-2, "cell": "gru"}, 1.0),
        3: ({"lr": 1e-3, "cell": "lstm"}, 2.0),
    }
    lr, cell = search.region(3, done)
    third = 4 / 3  # decades: the mean gap of three draws in four decades
    assert lr.low == 1e-4  # 1e-3 less a third of the range would lie below it
    assert math.log10(lr.high) == pytest.approx(-2 + third, abs=1e-3)
    assert cell.values == ("gru", "lstm")
    done |= {
        k: ({"lr": v, "cell": "gru"}, b)
        for k, v, b in ((4, 0.02, 0.5), (5, 0.05, 4.0), (6, 0.01, 0.9))
    }
    lr, cell = search.region(6, done)
    third = (-2 + third + 4) / 3
    assert math.log10(lr.low) == pytest.approx(-2 - third, abs=1e-3)
    assert math.log10(lr.high) == pytest.approx(min(math.log10(0.02) + third, -2 + 4 / 3), abs=1e-3)
    assert cell.values == ("gru",)


def test_failed_trials_do_not_narrow_a_search():
    search = CoarseToFine([LR], 9, 0)
    bad = {k: ({"lr": 10.0**-k}, math.inf) for k in (1, 2, 3)}
    assert search.region(3, bad) == [LR]
    assert search.region(3, {**bad, 1: ({"lr": 0.1}, 1.0)}) == [LR]


@pytest.mark.parametrize("seed", range(5))
def test_each_round_lies_inside_the_one_before_and_holds_the_optimum(seed):
    search = CoarseToFine([LR, DROPOUT], 24, seed)
    done = run(search, off_by)
    regions = [search.region(8 * k, done)[0] for k in range(3)]
    for outer, inner in itertools.pairwise(regions):
        assert outer.low <= inner.low < 0.01 < inner.high <= outer.high
        assert inner.high / inner.low < outer.high / outer.low
    for number, (values, _) in done.items():
        region = regions[(number - 1) // 8]
        assert region.low <= values["lr"] <= region.high


def test_on_a_smooth_objective_it_comes_closer_than_random_draws():
    ends = {}
    for name in ("random", "coarse-to-fine"):
        searches = [build_search(name, [LR, DROPOUT], 24, seed) for seed in range(20)]
        ends[name] = [min(b for _, b in run(search, off_by).values()) for search in searches]
    assert sum(ends["coarse-to-fine"]) < 0.6 * sum(ends["random"])


@pytest.mark.parametrize(
    ("method", "parameters", "trials", "part"),
    [
        ("random", [LR], 0, "--trials must be 1 or more, got 0"),
        ("random", [], 5, "name a parameter"),
        ("random", [LR, LR], 5, "--param lr: stands there twice"),
        ("bayes", [LR], 5, "unknown search 'bayes'; there are: grid, random, coarse-to-fine"),
    ],
)
def test_a_search_that_cannot_work_is_refused(method, parameters, trials, part):
    with pytest.raises(ValueError, match=part):
        build_search(method, parameters, trials)
