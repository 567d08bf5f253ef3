"""The best path of a chain of tags in compiled loops, one sequence after the other (G1)."""

import math

import numpy as np
import torch
from torch import Tensor

from seqkit.layers.chain import Moves
from seqkit.layers.fast.numerics import compiled
from seqkit.layers.fast.recurrence import as_arrays


def best_path(emissions: Tensor, moves: Moves, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """As `viterbi.best_path`, for contiguous float64 tensors on the CPU; of equals the first."""
    tags = torch.zeros(emissions.shape[:2], dtype=torch.int64)  # (B, T)
    scores = emissions.new_empty(len(emissions))  # (B,)
    back = torch.empty(emissions.shape[1:], dtype=torch.int64)  # (T, K), for one sequence
    start, end, onward = moves
    arrive = onward.T.contiguous()  # (K, K): to the tag of the row from that of the column
    find_best_path(*as_arrays(emissions, start, end, arrive, lengths, tags, scores, back))
    return tags, scores


@compiled
def find_best_path(emissions, start, end, arrive, lengths, tags, scores, back):  # type: ignore[no-untyped-def]
    """Write tags (B, T) and scores (B,); back (T, K) is for notes."""
    size = len(start)
    ways, longer = np.empty(size), np.empty(size)
    for b in range(len(lengths)):
        n = lengths[b]
        ways[:] = start + emissions[b, 0]
        for t in range(1, n):
            for k in range(size):
                longer[k], back[t, k] = _largest(ways, arrive[k])
            ways[:] = longer + emissions[b, t]
        scores[b], tag = _largest(ways, end)
        for t in range(n - 1, -1, -1):
            tags[b, t] = tag
            if t > 0:
                tag = back[t, tag]


@compiled
def _largest(ways, moves):  # type: ignore[no-untyped-def]
    """The largest sum and its place; the first place where all are -inf."""
    top, place = -math.inf, 0
    for k in range(len(ways)):
        if ways[k] + moves[k] > top:
            top, place = ways[k] + moves[k], k
    return top, place
