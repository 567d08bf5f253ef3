"""Learning-rate schedules (O3), as factors of the share of the training that is done.

Every schedule maps a progress in [0, 1] to a factor of the peak learning rate. Progress is a share
of the epochs or of the wall-clock budget, whichever is further on; so each schedule ends where the
training ends, however fast the machine is. A decay rate makes two of them depend on the epoch
instead.
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
    """1 / (1 + 19 * progress), the decay of O3 for the rate that ends at a twentieth."""
    return 1 / (1 + 19 * progress)


def exponential(progress: float) -> float:
    """0.01 ** progress, the same ratio after every step (O3)."""
    return float(0.01**progress)


def inverse_decay(epoch: float, decay_rate: float) -> float:
    """1 / (1 + decay_rate * epoch), as O3 has it."""
    return 1 / (1 + decay_rate * epoch)


def exponential_decay(epoch: float, decay_rate: float) -> float:
    """decay_rate ** epoch, such as 0.95 ** epoch (O3)."""
    return float(decay_rate**epoch)


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
DECAYS = {"1/t": inverse_decay, "exponential": exponential_decay}
"""Those that can be given a decay rate."""


def build_schedule(name: str, epochs: int, decay_rate: float | None = None) -> Schedule:
    """A schedule by its name; with a `decay_rate` one of DECAYS.

    Its epoch is the progress times `epochs`: a whole number where an epoch begins, so that the
    rates there are those of O3, and shares of one between. ValueError for an unknown name and for a
    decay rate that does not fit it.
    """
    if name not in SCHEDULES:
        raise ValueError(f"unknown --schedule {name!r}; there are: {', '.join(SCHEDULES)}")
    if decay_rate is None:
        return SCHEDULES[name]
    if name not in DECAYS:
        raise ValueError(
            f"--decay-rate goes with --schedule {' or '.join(DECAYS)}, not {name}: leave it out"
        )
    if decay_rate <= 0 or (name == "exponential" and decay_rate > 1):
        most = " and at most 1" if name == "exponential" else ""
        raise ValueError(f"--decay-rate must be above 0{most}, got {decay_rate}")
    decay = DECAYS[name]
    return lambda progress: decay(progress * epochs, decay_rate)
