"""Schedules against tables of values worked out by hand (O3)."""

import pytest

from seqkit.train.schedules import DECAYS, SCHEDULES, build_schedule

TABLES = {
    "constant": {0: 1, 0.5: 1, 1: 1},
    # From 0.03 on half a cosine: 1, (1 + cos 45°) / 2, 1/2, 1/4 at 120°, 0.
    "cosine": {
        **{0: 0.01, 0.006: 0.2, 0.015: 0.5, 0.03: 1},
        **{0.03 + 0.97 / 4: 0.8535533905932737, 0.515: 0.5, 0.03 + 0.97 * 2 / 3: 0.25, 1: 0},
    },
    # Up by half a cosine over a quarter, down by one over the rest.
    "one-cycle": {
        **{0: 0.1, 0.25 / 3: 0.325, 0.125: 0.55, 0.5 / 3: 0.775, 0.25: 1},
        **{0.5: 0.75025, 0.625: 0.5005, 0.75: 0.25075, 1: 0.001},
    },
    "step": {0: 1, 0.49: 1, 0.55: 0.5, 0.65: 0.25, 0.75: 0.125, 0.85: 0.0625, 0.95: 0.03125},
    "1/t": {0: 1, 0.05: 1 / 1.95, 0.1: 1 / 2.9, 0.5: 2 / 21, 1: 0.05},
    "exponential": {0: 1, 0.25: 0.31622776601683794, 0.5: 0.1, 1: 0.01},
}
"""The factor of the peak rate by the share of the training that is done."""


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_factors_are_those_of_the_table(name):
    for progress, factor in TABLES[name].items():
        found = build_schedule(name, 7)(progress)
        assert found == pytest.approx(factor, rel=1e-12, abs=1e-15), progress


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_stay_within_zero_and_one_and_end_low(name):
    values = [SCHEDULES[name](p / 1000) for p in range(1001)]
    assert min(values) >= 0
    assert max(values) == pytest.approx(1, abs=1e-4)
    if name != "constant":
        assert values[-1] <= 0.06


EPOCHS = {
    # 0.2 / (1 + 1 * epoch): the example that most courses have.
    ("1/t", 1.0): [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5],
    ("1/t", 0.5): [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3],
    ("exponential", 0.95): [1, 0.95, 0.9025, 0.857375, 0.81450625],
    ("exponential", 1.0): [1, 1, 1, 1, 1],
}


@pytest.mark.parametrize(("name", "rate"), EPOCHS)
def test_with_a_decay_rate_each_epoch_begins_at_the_rate_of_o3(name, rate):
    schedule = build_schedule(name, 5, rate)
    found = [schedule(epoch / 5) for epoch in range(5)]
    assert found == pytest.approx(EPOCHS[name, rate], rel=1e-12)


def test_half_an_epoch_counts_as_half():
    assert build_schedule("1/t", 10, 2.0)(0.25) == pytest.approx(1 / 6)
    assert build_schedule("exponential", 10, 0.25)(0.05) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "rate", "message"),
    [
        ("linear", None, "unknown --schedule 'linear'; there are: constant, cosine, one-cycle"),
        ("cosine", 0.5, "--decay-rate goes with --schedule 1/t or exponential, not cosine: leave"),
        ("1/t", 0.0, "--decay-rate must be above 0, got 0.0"),
        ("exponential", 1.5, "--decay-rate must be above 0 and at most 1, got 1.5"),
    ],
)
def test_what_does_not_fit_is_refused(name, rate, message):
    with pytest.raises(ValueError) as caught:
        build_schedule(name, 5, rate)
    assert str(caught.value).startswith(message)


def test_all_that_take_a_rate_are_schedules():
    assert DECAYS.keys() < SCHEDULES.keys()
