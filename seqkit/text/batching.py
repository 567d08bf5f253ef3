"""Putting sequences of one length together, or of like lengths, so that little is padded."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def groups_of_one_length(lengths: Ints, order: Iterable[int], tokens: int) -> Iterator[Ints]:
    """Yield the numbers of sequences of one length, of about so many tokens in all, at least one.

    Sequences join in the given order. As nothing is padded, each is computed in the same way
    whatever stands beside it.
    """
    waiting: dict[int, list[int]] = {}
    for sequence in order:
        length = int(lengths[sequence])
        group = waiting.setdefault(length, [])
        group.append(int(sequence))
        if len(group) >= max(1, tokens // max(length, 1)):
            yield np.array(waiting.pop(length))
    for group in waiting.values():
        yield np.array(group)


def groups_of_like_length(lengths: Ints, tokens: int) -> Iterator[Ints]:
    """Yield the numbers of sequences of like lengths, shortest first, at least one.

    Padded to the longest of a group they have about so many tokens in all.
    """
    order = np.argsort(lengths, kind="stable")
    sizes = lengths[order]
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and sizes[stop] * (stop + 1 - start) <= tokens:
            stop += 1
        yield order[start:stop]
        start = stop
