"""How likely whole segments of tags are under a chain, such as the spans of entities (G1)."""

import torch
from torch import Tensor

from seqkit.layers.chain import Moves, look_ahead


def segment_probabilities(
    emissions: Tensor, moves: Moves, lengths: Tensor, nodes: Tensor, tags: Tensor, segments: Tensor
) -> Tensor:
    """P(y<t> = tags[b, t] for all first <= t < stop) of each segment (b, first, stop): (N,).

    Given the sentence the tags are a Markov chain, so this is the probability of the first tag,
    from nodes (B, T, K), times those of the steps that follow. The others are as in `chain`;
    tags (B, T), segments (N, 3).
    """
    if not len(segments):
        return nodes.new_zeros(0)
    row, first, stop = segments.unbind(1)  # each (N,)
    begins = nodes[row, first, tags[row, first]]  # (N,)
    if emissions.shape[1] == 1:
        return begins
    log_steps = _log_steps(emissions, moves, lengths, tags)  # (B, T-1)
    longest = int((stop - first).max())
    step = first[:, None] + torch.arange(longest - 1, device=first.device)  # (N, longest - 1)
    inside = step < stop[:, None] - 1
    taken = log_steps[row[:, None], step.where(inside, 0)].where(inside, 0)  # (N, longest - 1)
    return begins * taken.sum(1).exp()


def _log_steps(emissions: Tensor, moves: Moves, lengths: Tensor, tags: Tensor) -> Tensor:
    """log P(y<t> | y<t-1>) of the given tags, for t = 1, 2, ...: (B, T-1); nothing at padding."""
    ahead, _ = look_ahead(emissions, moves, lengths)
    tag, rest = (x.gather(2, tags[:, :, None]).squeeze(2) for x in ahead)  # each (B, T)
    return moves.transitions[tags[:, :-1], tags[:, 1:]] + tag[:, 1:] - rest[:, :-1]
