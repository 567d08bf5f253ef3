"""Forward-backward of a chain of tags in compiled loops, on plain weights instead of logs (G1).

In log space every step costs K² exponentials; on weights it is a product with exp(transitions),
which is computed once. Weights are scaled at every position, so that float64 has room for scores
hundreds of nats apart. A sequence that needs more is noticed, for certain, and done in log space.
"""

import math

import torch
from torch import Tensor

from seqkit.layers import chain
from seqkit.layers.chain import Moves, Posterior
from seqkit.layers.fast.numerics import compiled
from seqkit.layers.fast.recurrence import as_arrays

LEAST_MOVE = 1e-100
"""The smallest weight of an allowed move beside the largest one, 230 nats below it."""
LEAST_AHEAD = 1e-150
"""The smallest weight of what follows a tag beside the best tag there, 345 nats below it.

The product of both is far above 1e-308, where float64 ends. So as long as every weight is 0 or
larger than these, a 0 says that nothing allowed follows, and never that digits were lost.
"""


def posterior(emissions: Tensor, moves: Moves, lengths: Tensor) -> Posterior:
    """As `chain.posterior`, for contiguous float64 tensors on the CPU."""
    weights, largest = _weights(moves)
    if math.isnan(sum(largest)):
        return chain.posterior(emissions, moves, lengths)
    peaks = emissions.amax(dim=2)  # (B, T)
    tag = (emissions - peaks[:, :, None]).exp_()  # (B, T, K), as yet of the emissions alone
    spread, nodes = torch.empty_like(tag), torch.empty_like(tag)  # (B, T, K)
    log_z = (lengths - 1).to(tag.dtype) * largest[2] + (largest[0] + largest[1])  # (B,)
    turned = weights.transitions.T.contiguous()  # (K, K)
    forward_backward(
        tuple(as_arrays(*weights, turned)), *as_arrays(lengths, peaks, tag, spread, nodes, log_z)
    )
    pairs = (spread.flatten(0, 1).T @ tag.flatten(0, 1)) * weights.transitions  # (K, K)
    return _complete(Posterior(log_z, nodes, pairs), emissions, moves, lengths)


def _complete(found: Posterior, emissions: Tensor, moves: Moves, lengths: Tensor) -> Posterior:
    """Add the sequences that need log space, whose log_z is NaN so far."""
    rows = found.log_z.isnan().nonzero().squeeze(1)
    if not len(rows):
        return found
    others = chain.posterior(emissions[rows], moves, lengths[rows])
    found.log_z[rows], found.nodes[rows] = others.log_z, others.nodes
    return found._replace(pairs=found.pairs + others.pairs)


def _weights(moves: Moves) -> tuple[Moves, list[float]]:
    """exp(score - the largest) of all moves, and the largest; NaN where a weight is too small."""
    weights = Moves(*map(torch.empty_like, moves))
    pairs = zip(moves, weights, strict=True)
    return weights, [weigh(*as_arrays(s.view(-1), w.view(-1))) for s, w in pairs]


@compiled
def weigh(scores, weights):  # type: ignore[no-untyped-def]
    """Write weights, the largest 1; return the score of that, NaN where a weight is too small."""
    top = max(scores.max(), -1e308)  # finite where all is forbidden, too
    for i in range(len(scores)):
        weights[i] = math.exp(scores[i] - top)
        if scores[i] > -math.inf and not weights[i] >= LEAST_MOVE:
            return math.nan
    return top


@compiled
def forward_backward(moves, lengths, peaks, tag, spread, nodes, log_z):  # type: ignore[no-untyped-def]
    """All sequences, one after the other; adds to log_z, NaN where weights do not suffice.

    Three arrays (B, T, K), zeroed at padding: `tag` becomes what `chain.Ahead` calls so; `nodes`,
    the probability of each tag; `spread`, what is spread over the tags of a position by each tag of
    the one before, so that P(y<t-1>, y<t>) = spread * transition * tag.
    """
    start, end, onward, turned = moves
    for b in range(len(lengths)):
        n = lengths[b]
        tag[b, n:], spread[b, n:], nodes[b, n:] = 0, 0, 0
        log_z[b] += peaks[b, :n].sum() + _look_ahead(start, end, turned, tag[b, :n], spread[b, :n])
        if log_z[b] > -math.inf:
            _smooth(start, onward, tag[b, :n], spread[b, :n], nodes[b, :n])
        else:
            spread[b] = 0


@compiled
def _look_ahead(start, end, turned, tag, before):  # type: ignore[no-untyped-def]
    """As `chain.look_ahead`, for one sequence: tag (n, K); before[t] is `Ahead.rest` at t - 1."""
    log_z = 0.0
    rest = end
    for t in range(len(tag) - 1, -1, -1):
        top = _combine(tag[t], rest)
        if top == 0:
            return math.nan
        log_z += math.log(top)
        rest = before[t]
        if t > 0:
            _product(tag[t], turned, rest)
    rest[:] = 0  # nothing stands before the first position
    return log_z + math.log((start * tag[0]).sum())


@compiled
def _combine(tag, rest):  # type: ignore[no-untyped-def]
    """Multiply tag by rest, scale the largest to 1, return that; 0 where a number is too small."""
    top, lost = 0.0, False
    for k in range(len(tag)):
        tag[k] *= rest[k]
        top = max(top, tag[k])
    if top < LEAST_AHEAD:
        return 0.0
    scale = 1 / top
    for k in range(len(tag)):
        tag[k] *= scale
        lost |= (rest[k] > 0) & (tag[k] < LEAST_AHEAD)
    return 0.0 if lost else top


@compiled
def _smooth(start, onward, tag, spread, nodes):  # type: ignore[no-untyped-def]
    """The loop of `chain.posterior`: P(y<t>), from left to right, for one sequence.

    Each tag spreads its probability over those that may follow as its `rest`, which `spread` holds
    at first, was summed up from them; where that is 0, so is the probability.
    """
    nodes[0] = start * tag[0]
    nodes[0] /= nodes[0].sum()
    for t in range(1, len(nodes)):
        share, node, before = spread[t], nodes[t], nodes[t - 1]
        for k in range(len(share)):
            share[k] = before[k] / (share[k] if share[k] > 0 else 1.0)
        _product(share, onward, node)
        for k in range(len(node)):
            node[k] *= tag[t, k]


@compiled
def _product(x, matrix, out):  # type: ignore[no-untyped-def]
    """out = x @ matrix, by rows, which the compiler can vectorize, four at a time."""
    out[:] = 0
    fours = len(x) // 4 * 4
    for k in range(0, fours, 4):
        a, b, c, d = x[k], x[k + 1], x[k + 2], x[k + 3]
        m0, m1, m2, m3 = matrix[k], matrix[k + 1], matrix[k + 2], matrix[k + 3]
        for j in range(len(out)):
            out[j] += a * m0[j] + b * m1[j] + c * m2[j] + d * m3[j]
    for k in range(fours, len(x)):
        for j in range(len(out)):
            out[j] += x[k] * matrix[k, j]
