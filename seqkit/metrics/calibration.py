"""Whether confidences are honest: of what is said to be 90 % sure, are 90 % right? (O8)."""

from collections.abc import Sequence

import numpy as np

BINS = 10


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error: sum over bins of n/N |mean confidence - share right|.

    Ten bins of equal width (Naeini et al. 2015; Guo et al. 2017, equation 3); 0 for no answers.
    Raises ValueError for sequences of different lengths and shares outside [0, 1].
    """
    sure, hit = np.asarray(confidences, np.float64), np.asarray(right, np.float64)  # (N,)
    if sure.shape != hit.shape:
        raise ValueError(f"{len(sure)} confidences for {len(hit)} answers: give one each")
    if not len(sure):
        return 0.0
    if sure.min() < 0 or sure.max() > 1 + 1e-6:
        raise ValueError("a confidence is a share between 0 and 1")
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=sure - hit, minlength=BINS)  # (BINS,)
    return float(np.abs(gaps).sum() / len(sure))
