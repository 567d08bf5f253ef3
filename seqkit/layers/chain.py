"""A chain of tags in log space: the weight of all its paths, and how likely each tag is (G1).

A path of tags y weighs exp(score), where

    score = start[y<0>] + sum_t emissions<t>[y<t>] + sum_t transitions[y<t-1>, y<t>] + end[y<T-1>].

Here the algorithms stand as one reads them, for every device and for numbers of every size;
`fast/chain.py` has the same in compiled loops. Nothing here is differentiated by torch.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Moves(NamedTuple):
    """Something about every tag to begin with, every tag to end with and every pair of tags.

    The scores of a chain, -inf where a move is forbidden; or, as bools, whether it is forbidden.
    """

    start: Tensor  # (K,)
    end: Tensor  # (K,)
    transitions: Tensor  # (K, K): from the tag of the row to that of the column


class Posterior(NamedTuple):
    """What forward-backward finds out about a batch."""

    log_z: Tensor  # (B,): log of the summed weights of all paths, in nats; -inf where there is none
    nodes: Tensor  # (B, T, K): the probability of each tag at each position; 0 at padding
    pairs: Tensor  # (K, K): how often each pair of tags is expected, summed over the batch


class Ahead(NamedTuple):
    """Log weights of what follows a position, up to a number that all tags share.

    At padding they mean nothing, but are no NaN that could spread.
    """

    tag: Tensor  # (B, T, K): of all ways on from a position that has this tag, its own emission in
    rest: Tensor  # (B, T, K): the same without its own emission, from `tag` at the next position


def posterior(emissions: Tensor, moves: Moves, lengths: Tensor) -> Posterior:
    """Forward-backward over emissions (B, T, K), the first lengths (B,) positions of each.

    A sequence without any allowed path has log_z -inf and nodes that mean nothing.
    """
    ahead, log_z = look_ahead(emissions, moves, lengths)
    real = real_mask(emissions, lengths)  # (B, T)
    nodes = torch.zeros_like(emissions)
    pairs = torch.zeros_like(moves.transitions)
    node = nodes[:, 0] = (moves.start + ahead.tag[:, 0]).softmax(dim=1)  # (B, K)
    for t in range(1, emissions.shape[1]):
        onward = moves.transitions + ahead.tag[:, t, None] - ahead.rest[:, t - 1, :, None]
        flow = node[:, :, None] * onward.exp()  # (B, K, K), P(y<t-1>, y<t>)
        flow = flow.where(real[:, t, None, None], 0)
        pairs += flow.sum(0)
        node = nodes[:, t] = flow.sum(1)
    return Posterior(log_z, nodes, pairs)


def look_ahead(emissions: Tensor, moves: Moves, lengths: Tensor) -> tuple[Ahead, Tensor]:
    """The backward algorithm: what follows each position, and log_z (B,).

    The largest number of each position is taken out and added up apart. So long sequences and
    large emissions cost no digits, and `rest` is finite: where nothing may follow it is 0, beside
    which the -inf of the next `tag` still stands.
    """
    tag, rest = torch.zeros_like(emissions), torch.zeros_like(emissions)  # (B, T, K)
    real = real_mask(emissions, lengths)  # (B, T)
    lowest = torch.finfo(emissions.dtype).min
    total = emissions.new_zeros(len(emissions))  # (B,)
    after = moves.end.expand(len(emissions), -1)  # (B, K)
    for t in reversed(range(emissions.shape[1])):
        now = emissions[:, t] + after  # (B, K)
        top = now.amax(dim=1, keepdim=True).clamp_min(lowest)  # (B, 1), finite for a dead end too
        tag[:, t] = (now - top).where(real[:, t, None], 0)
        rest[:, t] = after.where(after > -math.inf, 0)
        total += top.squeeze(1).where(real[:, t], 0)
        if t > 0:
            on = (moves.transitions + tag[:, t, None]).logsumexp(dim=2)  # (B, K)
            after = on.where(real[:, t, None], moves.end)  # the next one to the left may be last
    return Ahead(tag, rest), total + (moves.start + tag[:, 0]).logsumexp(dim=1)


def steps(emissions: Tensor, moves: Moves, lengths: Tensor, tags: Tensor) -> tuple[Tensor, Tensor]:
    """P(y<t>) of every tag, (B, T, K), and P(y<t> | y<t-1>) of tags (B, T), t > 0: (B, T-1).

    Given the sentence the tags are a Markov chain. At padding the numbers mean nothing.
    """
    ahead, _ = look_ahead(emissions, moves, lengths)
    tag, rest = (x.gather(2, tags[:, :, None]).squeeze(2) for x in ahead)  # each (B, T)
    log_steps = moves.transitions[tags[:, :-1], tags[:, 1:]] + tag[:, 1:] - rest[:, :-1]
    return posterior(emissions, moves, lengths).nodes, log_steps.exp()


def count_moves(tags: Tensor, classes: int, lengths: Tensor) -> Moves:
    """How often paths of tags (B, T) make every move, summed over the batch, as integers."""
    steps = tags[:, :-1] * classes + tags[:, 1:]  # (B, T-1), places in a flat (K, K)
    steps = steps[real_mask(tags, lengths)[:, 1:]]
    return Moves(
        start=tags[:, 0].bincount(minlength=classes),
        end=last_of(tags, lengths).bincount(minlength=classes),
        transitions=steps.bincount(minlength=classes**2).view(classes, classes),
    )


def real_mask(x: Tensor, lengths: Tensor) -> Tensor:
    """Which positions of x (B, T, ...) are not padding: (B, T)."""
    return torch.arange(x.shape[1], device=x.device) < lengths[:, None]


def last_of(x: Tensor, lengths: Tensor) -> Tensor:
    """The last real position of x (B, T, ...): (B, ...)."""
    return x[torch.arange(len(x), device=x.device), lengths - 1]
