"""The arithmetic of speeds, by intervals whose speed is known."""

import statistics

import pytest

from seqkit.tasks.bench import STRETCHES, Speed
from seqkit.tasks.bench.stopwatch import WARM, Stopwatch
from seqkit.tasks.bench.timed import Clock, Enough


def test_the_median_of_the_stretches_after_the_warm_up():
    watch = Stopwatch(5.0)
    watch.note(1.0, 1)
    watch.note(1.0, 1)  # 5 * WARM = 1.25 seconds have gone: warm
    for amount in (10, 30, 20, 50, 40):
        assert not watch.full
        watch.note(0.5, amount / 2)
        watch.note(0.5, amount / 2)
    assert WARM * 5 > 1 and watch.full
    assert watch.speed == Speed(statistics.median((10, 30, 20, 50, 40)), 10, 50)
    assert watch.speed.spread == pytest.approx((50 - 10) / 2 / 30)
    watch.note(1.0, 1e9)  # what comes later does not count
    assert watch.speed.high == 50


def test_a_stretch_has_one_interval_at_least():
    watch = Stopwatch(0.01)
    for k in range(STRETCHES + 1):
        assert not watch.full
        watch.note(2.0, 2.0 * k)
    assert watch.speed == Speed(3, 1, 5)


def test_what_ends_too_soon_has_no_speed():
    watch = Stopwatch(1.0)
    watch.note(10, 1)
    watch.note(10, 1)
    with pytest.raises(RuntimeError, match=f"only 1 of {STRETCHES} stretches"):
        watch.speed  # noqa: B018


def test_work_is_repeated_until_all_is_measured():
    calls = []
    watch = Stopwatch(1e-9)
    watch.time(lambda: calls.append(1) or 7)
    assert len(calls) == STRETCHES + 1 and watch.speed.low > 0


class Progress:
    """The loop as far as the clock looks at it."""

    def __init__(self):
        self.at, self.loss_count = self, 0


def test_the_clock_leaves_out_the_first_step_of_an_epoch(monkeypatch):
    now, noted, loop = [0.0], [], Progress()
    monkeypatch.setattr("seqkit.tasks.bench.timed.perf_counter", lambda: now[0])

    class Watch:
        full = False

        def note(self, seconds, amount):
            noted.append((seconds, amount))

    clock = Clock(Watch())

    def step(seconds, tokens):
        now[0] += seconds
        loop.loss_count += tokens
        clock.on_step(loop)

    step(3, 10)
    step(1, 20)
    step(2, 30)
    clock.on_epoch(loop, {})
    loop.loss_count = 0
    step(100, 10)
    step(4, 40)
    assert noted == [(1, 20), (2, 30), (4, 40)]
    Watch.full = True
    with pytest.raises(Enough):
        step(1, 1)
