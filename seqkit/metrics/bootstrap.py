"""How sure is a score? The percentile bootstrap over rows of counts (Efron 1979)."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray

_DRAWS_AT_ONCE = 1 << 20  # memory: about 30 bytes a draw


def interval_of(
    statistics: Array,
    score: Callable[[Array], float],
    confidence: float = 0.95,
    samples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """The interval of a score that is a function of summed counts, such as BLEU.

    `statistics` (N, C) has a row for each sentence; whole sentences are drawn with replacement, as
    errors within one are not independent. `score` takes sums (C,); the ends are percentiles over
    `samples` texts of N sentences. Raises ValueError as `check`.
    """
    check(len(statistics), confidence, samples)
    drawn = [score(sums) for sums in resampled(statistics, samples, seed)]
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def resampled(table: Array, samples: int, seed: int) -> Array:
    """The sums (samples, C), float64, of rows of `table` (N, C), N drawn with replacement."""
    table = np.asarray(table, np.float64)
    generator = np.random.default_rng(seed)
    size = len(table)
    sums = np.empty((samples, table.shape[1]))
    at_once = max(1, _DRAWS_AT_ONCE // size)
    for start in range(0, samples, at_once):
        rows = min(at_once, samples - start)
        picks = generator.integers(size, size=(rows, size))  # (rows, N)
        picks += size * np.arange(rows)[:, None]
        times = np.bincount(picks.ravel(), minlength=rows * size).reshape(rows, size)
        sums[start : start + rows] = times.astype(np.float64) @ table
    return sums


def check(size: int, confidence: float, samples: int) -> None:
    """Raise ValueError for fewer than two sentences, which tell nothing about the spread, & co."""
    if size < 2:
        raise ValueError(f"the data has {size} sentence(s): an interval needs at least 2")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}: give a share between 0 and 1, such as 0.95")
    if samples < 1:
        raise ValueError(f"samples is {samples}: draw at least one")
