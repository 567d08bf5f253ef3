"""The reliability table: how often answers are right that are said to be so sure (O8)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from seqkit.metrics.calibration import BINS


@dataclass(frozen=True, slots=True)
class Bin:
    """The `count` answers with a confidence from `low` up to `high`, and how they turned out."""

    low: float
    high: float
    count: int
    confidence: float  # the mean of what was said; 0 for no answers
    right: float  # the share that is; 0 for no answers

    def to_dict(self) -> dict[str, float]:
        """Return the numbers by name, fit for JSON."""
        return asdict(self)


def reliability_table(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Ten bins of equal width over N answers (Guo et al. 2017, section 2).

    sum_b n_b / N |confidence_b - right_b| is `calibration_error`. Raises ValueError for sequences
    of different lengths and shares outside [0, 1].
    """
    sure, hit = np.asarray(confidences, np.float64), np.asarray(right, np.float64)  # (N,)
    if sure.shape != hit.shape:
        raise ValueError(f"{len(sure)} confidences for {len(hit)} answers: give one each")
    if not ((sure >= 0) & (sure <= 1 + 1e-6)).all():
        raise ValueError("a confidence is a share between 0 and 1")
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)  # (BINS,)
    said, was = (np.bincount(bins, weights=x, minlength=BINS) for x in (sure, hit))
    return [
        Bin(k / BINS, (k + 1) / BINS, int(n), float(said[k] / max(n, 1)), float(was[k] / max(n, 1)))
        for k, n in enumerate(counts)
    ]
