"""Speeds: how much is done a second in several stretches of time, after a warm-up."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

STRETCHES = 5
"""Stretches of which the median counts."""
WARM = 0.25
"""The warm-up, as a share of the time that is measured; at least one step or call."""


@dataclass(frozen=True)
class Speed:
    """So much a second: the median of the stretches, the slowest and the fastest."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Half the distance of the fastest to the slowest, as a share of the median."""
        return (self.high - self.low) / 2 / self.median


class Stopwatch:
    """Gathers intervals of work into stretches of `seconds` / STRETCHES each.

    A stretch ends with the interval that fills it, so each has one at least, however long.
    """

    def __init__(self, seconds: float) -> None:
        self._length, self._warm_up = seconds / STRETCHES, WARM * seconds
        self._warm = False
        self._seconds, self._amount = 0.0, 0.0
        self._speeds: list[float] = []

    @property
    def full(self) -> bool:
        """Whether all stretches have been measured."""
        return len(self._speeds) == STRETCHES

    @property
    def speed(self) -> Speed:
        """What was measured; RuntimeError before all stretches are."""
        if not self.full:
            raise RuntimeError(
                f"only {len(self._speeds)} of {STRETCHES} stretches were measured: the work was "
                "over too soon"
            )
        return Speed(statistics.median(self._speeds), min(self._speeds), max(self._speeds))

    def note(self, seconds: float, amount: float) -> None:
        """Add an interval of work: what it took, and how much was done."""
        if self.full:
            return
        self._seconds += seconds
        self._amount += amount
        if self._seconds < (self._length if self._warm else self._warm_up):
            return
        if self._warm:
            self._speeds.append(self._amount / max(self._seconds, 1e-9))
        self._warm = True
        self._seconds, self._amount = 0.0, 0.0

    def time(self, work: Callable[[], float]) -> None:
        """Do the work, which says how much it did, again and again until all is measured."""
        while not self.full:
            start = perf_counter()
            amount = work()
            self.note(perf_counter() - start, amount)
