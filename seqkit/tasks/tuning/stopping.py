"""Early stopping of poor trials: the median rule, on what runs note after each epoch (O9).

Golovin et al. 2017, "Google Vizier", section 3.2.2: a trial is stopped where its best so far is
worse than the median of what the others had reached at the same point. Here the point is the share
of the training that is done.
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

LEAST_OTHERS = 3
"""With fewer trials to compare with, none is stopped."""
WARM_UP = 0.2
"""Before this share of its training no trial is stopped: rates rise, averages fill."""


class Point(NamedTuple):
    """The best a trial has reached so far: `share` of its training done, the lower the better."""

    share: float
    badness: float


def share_done(record: Mapping[str, Any], settings: Mapping[str, Any]) -> float | None:
    """How much of a training is done at a record of its history: of its epochs or its minutes.

    None where the settings do not say how long it will be.
    """
    shares = []
    if settings.get("epochs"):
        shares.append(record["epoch"] / settings["epochs"])
    if settings.get("max_minutes") and "seconds" in record:
        shares.append(record["seconds"] / (60 * settings["max_minutes"]))
    return max(shares, default=None)


def best_at(curve: Sequence[Point], share: float) -> float | None:
    """What a trial had reached at a share of its training; None if it has not come so far."""
    if not curve or curve[-1].share < share - 1e-6:
        return None
    reached = [point.badness for point in curve if point.share <= share + 1e-6]
    return reached[-1] if reached else None


def stops_at(curve: Sequence[Point], others: Sequence[Sequence[Point]]) -> int | None:
    """The first point of a curve at which the median rule stops the trial; None: it goes on.

    Never at the end of a training, where nothing would be saved.
    """
    for number, (share, badness) in enumerate(curve):
        if not WARM_UP <= share < 1 - 1e-6:
            continue
        reached = [best for other in others if (best := best_at(other, share)) is not None]
        if len(reached) >= LEAST_OTHERS and badness > statistics.median(reached):
            return number
    return None
