"""The best paths of tags, by dynamic programming: Viterbi's algorithm and its list form (G1)."""

import math

import torch
from torch import Tensor

from seqkit.layers.chain import Moves, real_mask


def best_path(emissions: Tensor, moves: Moves, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """The best path of each sequence, tags (B, T), and its score (B,): `best_paths` with n = 1."""
    if emissions.device.type == "cpu":
        from seqkit.layers.fast import viterbi as compiled  # by numba, which is slow to import

        return compiled.best_path(emissions, moves, lengths)
    tags, scores = best_paths(emissions, moves, lengths)
    return tags[:, 0], scores[:, 0]


def best_paths(
    emissions: Tensor, moves: Moves, lengths: Tensor, n: int = 1
) -> tuple[Tensor, Tensor]:
    """The n best paths of each sequence, best first: tags (B, n, T), and their scores (B, n).

    emissions (B, T, K), moves and lengths (B,) are as in `chain`. For every tag at every position
    the n best ways to get there are kept, so that the result is exact (Seshadri & Sundberg 1994).
    Tags are 0 at padding. Where there are fewer than n allowed paths the remaining scores are -inf.
    """
    B, T, K = emissions.shape
    real = real_mask(emissions, lengths)  # (B, T)
    arrive = moves.transitions.T.repeat_interleave(n, dim=1)  # (K, K*n), from the tag of each way
    ways = emissions.new_full((B, K, n), -math.inf)
    ways[:, :, 0] = moves.start + emissions[:, 0]
    stay = torch.arange(K * n, device=emissions.device).view(K, n)  # beyond the end
    back = []
    for t in range(1, T):
        longer = ways.view(B, 1, K * n) + arrive  # (B, K, K*n)
        scores, came = _largest(longer, n)  # (B, K, n)
        here = real[:, t, None, None]
        ways = (scores + emissions[:, t, :, None]).where(here, ways)
        back.append(came.where(here, stay))
    scores, way = _largest((ways + moves.end[:, None]).flatten(1), n)  # (B, n)
    return _walk_back(way, back, n).masked_fill(~real[:, None], 0), scores


def _largest(x: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The n largest numbers along the last dimension, and where they are."""
    return x.max(dim=-1, keepdim=True) if n == 1 else x.topk(n)  # max is far faster


def _walk_back(way: Tensor, back: list[Tensor], n: int) -> Tensor:
    """The tags (B, n, T) of the paths that end in these ways (B, n), each a number below K * n."""
    walked = [way]
    for came in reversed(back):
        way = came.flatten(1).gather(1, way)
        walked.append(way)
    return torch.stack(walked[::-1], dim=2) // n
