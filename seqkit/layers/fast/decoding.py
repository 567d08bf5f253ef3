"""The best path of a chain and how sure each of its tags is, in one compiled pass (G1).

After a change in `chain` or `viterbi`, `make clean`: numba's cache watches this file alone.
"""

import math

import numpy as np
import torch
from torch import Tensor

from seqkit.layers.chain import Moves
from seqkit.layers.fast.chain import forward_backward, weigh
from seqkit.layers.fast.numerics import compiled
from seqkit.layers.fast.recurrence import as_arrays
from seqkit.layers.fast.viterbi import find_best_path


def decode(
    emissions: Tensor, moves: Moves, lengths: Tensor
) -> tuple[Tensor, Tensor, Tensor] | None:
    """As `decoding.decode`, for contiguous float64 tensors on the CPU.

    None for a batch that needs log space, is not finite or has a sequence without any path.
    """
    B, T, _ = emissions.shape
    tags = torch.zeros(B, T, dtype=torch.int64)
    sure, steps = emissions.new_zeros(B, T), emissions.new_zeros(B, T - 1)
    arrays = as_arrays(emissions, lengths, tags, sure, steps)
    done = decode_arrays(tuple(as_arrays(*moves)), *arrays)
    return (tags, sure, steps) if done else None


@compiled
def decode_arrays(moves, emissions, lengths, tags, sure, steps):  # type: ignore[no-untyped-def]
    """Write tags, sure (B, T) and steps (B, T-1), all 0 before; False where it cannot be done."""
    B, T, K = emissions.shape
    start, end, onward = moves
    first, last, after = np.empty(K), np.empty(K), np.empty((K, K))  # weights of the moves
    log_z = np.zeros(B)
    log_z += weigh(start, first) + weigh(end, last) + weigh(onward.reshape(-1), after.reshape(-1))
    peaks, tag = np.empty((B, T)), np.empty((B, T, K))
    for b in range(B):
        for t in range(lengths[b]):
            peaks[b, t] = emissions[b, t].max()
            for k in range(K):
                if not math.isfinite(emissions[b, t, k]):
                    return False
                tag[b, t, k] = math.exp(emissions[b, t, k] - peaks[b, t])
    spread, nodes = np.empty_like(tag), np.empty_like(tag)
    weights = (first, last, after, after.T.copy())
    forward_backward(weights, lengths, peaks, tag, spread, nodes, log_z)
    if not np.isfinite(log_z).all():
        return False
    scores, back = np.empty(B), np.empty((T, K), np.int64)
    find_best_path(emissions, start, end, onward.T.copy(), lengths, tags, scores, back)
    for b in range(B):
        n = lengths[b]
        _look_up(tags[b, :n], after, tag[b], spread[b], nodes[b], sure[b], steps[b])
    return True


@compiled
def _look_up(tags, onward, tag, spread, nodes, sure, steps):  # type: ignore[no-untyped-def]
    """Read off what `forward_backward` found of one path; arrays as there, onward as weights."""
    for t in range(len(tags)):
        now = tags[t]
        sure[t] = nodes[t, now]
        if t > 0 and sure[t - 1] > 0:
            before = tags[t - 1]
            steps[t - 1] = spread[t, before] * onward[before, now] * tag[t, now] / sure[t - 1]
