"""Learning-rate schedules (O3), as factors of the share of the training that is done.

Every schedule maps a progress in [0, 1] to a factor of the peak learning rate. Progress is a share
of the epochs or of the wall-clock budget, whichever is further on; so each schedule ends where the
training ends, however fast the machine is.
"""

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(progress: float) -> float:
    """No decay: 1."""
    return 1.0


def cosine(progress: float) -> float:
    """Half a cosine from 1 to 0 after a linear warm-up over 3 % (Loshchilov & Hutter 2017)."""
    if progress < 0.03:
        return max(progress / 0.03, 0.01)
    return 0.5 * (1 + math.cos(math.pi * (progress - 0.03) / 0.97))


def one_cycle(progress: float) -> float:
    """Up from 1/10 to 1 over a quarter by a cosine, then down to 1/1000 (Smith & Topin 2018)."""
    if progress < 0.25:
        return _between(0.1, 1.0, progress / 0.25)
    return _between(1.0, 0.001, (progress - 0.25) / 0.75)


def step(progress: float) -> float:
    """1 for the first half, then halved at every further tenth, as Zaremba et al. 2014 decay."""
    return float(0.5 ** max(0, math.floor(progress * 10) - 4))


def inverse(progress: float) -> float:
    """1 / (1 + 19 * progress), the 1/t decay of O3, ending at a twentieth."""
    return 1 / (1 + 19 * progress)


def exponential(progress: float) -> float:
    """0.01 ** progress, the same ratio after every step (O3)."""
    return float(0.01**progress)


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "cosine": cosine,
    "one-cycle": one_cycle,
    "step": step,
    "1/t": inverse,
    "exponential": exponential,
}
"""The schedules by the names users type."""
