"""Is one run better than another, and how sure is an accuracy? McNemar, bootstrap (O8)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two runs over the same answers: how many were right in both, in one alone, in neither."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def p_value(self) -> float:
        """How likely a split at least this uneven is if the runs are equally good (McNemar 1947).

        The exact test, two-sided: min(1, 2 P(X <= min(b, c))), X binomial of b + c tosses of a fair
        coin, where b and c are what only one was right in. 1 where the runs never differ.
        """
        tosses, least = self.only_first + self.only_second, min(self.only_first, self.only_second)
        ways = term = 1  # of 0 heads
        for heads in range(least):
            term = term * (tosses - heads) // (heads + 1)
            ways += term
        share: float = 2 * ways / 2**tosses  # whole numbers: exact until the division
        return min(1.0, share)


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """Count which of N answers each run got right; see `McNemar.p_value`.

    Raises ValueError unless both ran over as many answers.
    """
    one, two = np.asarray(first, bool), np.asarray(second, bool)  # (N,)
    if one.shape != two.shape:
        raise ValueError(
            f"one run has {len(one)} answers and the other {len(two)}: "
            "compare them on the same text"
        )
    pairs = ((one & two), (one & ~two), (~one & two), (~one & ~two))
    return McNemar(*(int(pair.sum()) for pair in pairs))


def accuracy_interval(right: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """The percentile bootstrap interval of an accuracy of `right` answers in `total` (Efron 1979).

    Drawing N answers anew from N of which k are right gives X right ones, X binomial of N and k/N;
    so the interval that ever more resamples approach is read off that distribution, with no
    resampling: from the first value whose P(X <= x) reaches (1 - level) / 2 to the first that
    reaches (1 + level) / 2, over N. Where all or none are right it is a single point, too narrow.
    Raises ValueError for counts and levels that cannot be.
    """
    if not 0 <= right <= total or not total:
        raise ValueError(
            f"{right} right answers of {total} give no interval: one answer is the least"
        )
    if not 0 < level < 1:
        raise ValueError(f"the level must be above 0 and below 1, got {level}")
    if right in (0, total):
        return right / total, right / total
    heads = np.arange(1, total + 1)
    odds = right / (total - right)
    logs = np.cumsum([0.0, *np.log((total - heads + 1) / heads * odds)])  # (N + 1,), less log P(0)
    shares = np.exp(logs - logs.max())
    below = np.cumsum(shares) / shares.sum()  # P(X <= x)
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return float(low) / total, float(high) / total
