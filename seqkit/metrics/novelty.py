"""How much of a sampled text is copied from the training text."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqkit.metrics import automaton

Array = npt.NDArray

_SEPARATOR = -1  # between samples: an id that no training text holds


@dataclasses.dataclass(frozen=True)
class Span:
    """The `length` tokens from `start` of sample number `sample`, found at `position` in training.

    All places count from 0; among the places in the training text `position` is the first.
    """

    length: int
    sample: int
    start: int
    position: int


@dataclasses.dataclass(frozen=True)
class Novelty:
    """What a set of samples (L3) shares with the training text.

    `copied` maps a length n to the share of the samples' n-grams, repetitions counted, that occur
    in the training text; a length that no sample reaches is left out. `longest` is the longest span
    found there, the first among equals, or None if there is not even one token.
    """

    copied: dict[int, float]
    longest: Span | None


def novelty(
    training: Array,
    samples: Sequence[Array],
    orders: Sequence[int] = (4, 8, 12),
    piece: int = 1 << 20,
) -> Novelty:
    """Compare samples, each (T_i,) ids, with the `training` stream (N,), exactly.

    The stream, an array or a memory map, is read once, `piece` tokens at a time; memory grows with
    the samples alone, at most some 300 bytes a token. An `<eos>` is a token like any other, so a
    span may run on from one sentence into the next; cut the samples at their `<eos>` where it must
    not. No span crosses from one sample into another. Raises ValueError for ids that are no
    token's.
    """
    if not orders or min(orders) < 1:
        raise ValueError(f"orders are {tuple(orders)}: give at least one length, each from 1 up")
    text = _join(samples)
    machine = automaton.build(text)
    state = length = 0
    for start in range(0, len(training), piece):
        tokens = _flat_ids(training[start : start + piece], "the training stream")
        state, length = automaton.feed(machine, tokens, start, state, length)
    automaton.settle(machine)
    matched = machine.matched[machine.prefixes]
    places = np.concatenate([np.arange(0), *(np.arange(-1, len(sample)) for sample in samples)])
    return Novelty(_shares(matched, places, orders), _longest(machine, matched, places))


def _join(samples: Sequence[Array]) -> Array:
    """Return all samples in a row (S,), int64, each after a separator."""
    parts = [np.zeros(0, np.int64)]
    for number, sample in enumerate(samples):
        parts += [np.array([_SEPARATOR]), _flat_ids(sample, f"sample {number}")]
    return np.concatenate(parts)


def _flat_ids(ids: Array, name: str) -> Array:
    """Return `ids` (T,) as int64; ValueError with `name` if they are no token ids."""
    flat = np.asarray(ids)
    if flat.ndim != 1 or (len(flat) and not (flat.min() >= 0 and flat.max() < 2**32)):
        raise ValueError(f"{name} is no flat array of token ids: give whole numbers from 0 up")
    return flat.astype(np.int64)


def _shares(matched: Array, places: Array, orders: Sequence[int]) -> dict[int, float]:
    """Return the share copied for each length.

    At each token of the joined samples (S,), `matched` is the length of the longest match that ends
    there and `places` the token's place in its sample.
    """
    totals = {order: np.count_nonzero(places >= order - 1) for order in orders}
    found = {order: np.count_nonzero(matched >= order) for order in orders}
    return {order: float(found[order] / totals[order]) for order in orders if totals[order]}


def _longest(machine: automaton.Automaton, matched: Array, places: Array) -> Span | None:
    """Return the longest match as a span; arrays (S,) as in `_shares`."""
    length = int(matched.max(initial=0))
    if length == 0:
        return None
    end = int(np.argmax(matched))
    return Span(
        length=length,
        sample=int(np.count_nonzero(places[: end + 1] < 0)) - 1,
        start=int(places[end]) - length + 1,
        position=int(machine.ends[machine.prefixes[end]]) - length + 1,
    )
