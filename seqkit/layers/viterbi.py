"""The best paths of tags, by dynamic programming: Viterbi's algorithm and its list form (G1)."""

import math

import torch
from torch import Tensor, nn

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
    """The n best paths of each sequence, best first: tags (B, N, T), and their scores (B, N).

    emissions (B, T, K), moves and lengths (B,) are as in `chain`. For every tag at every position
    the n best ways to get there are kept, so that the result is exact (Seshadri & Sundberg 1994).
    There are not more than K**T paths: N = min(n, K**T), and so many ways are kept only where there
    are. Tags are 0 at padding. Where fewer paths are allowed the remaining scores are -inf.
    """
    T = emissions.shape[1]
    real = real_mask(emissions, lengths)  # (B, T)
    ways = (moves.start + emissions[:, 0]).unsqueeze(2)  # (B, K, m): m ways to each tag
    stay = _numbers(ways)  # of the ways, for where a sequence is over
    sizes, back = [1], []
    for t in range(1, T):
        longer = ways.unsqueeze(1) + moves.transitions.T.unsqueeze(2)  # (B, K, K, m): [to, from]
        scores, came = _largest(longer.flatten(2), n)  # (B, K, min(n, K*m))
        here = real[:, t, None, None]
        more = came.shape[2] - ways.shape[2]
        back.append(came.where(here, _widened(stay, more, 0)))
        ways = (scores + emissions[:, t, :, None]).where(here, _widened(ways, more, -math.inf))
        stay = _numbers(ways) if more else stay
        sizes.append(ways.shape[2])
    scores, way = _largest((ways + moves.end[:, None]).flatten(1), n)  # (B, N)
    return _walk_back(way, back, sizes).masked_fill(~real[:, None], 0), scores


def _numbers(ways: Tensor) -> Tensor:
    """The numbers of m ways to each of K tags: (K, m); a way's tag is its number // m."""
    _, K, m = ways.shape
    return torch.arange(K * m, device=ways.device).view(K, m)


def _widened(x: Tensor, more: int, value: float) -> Tensor:
    """The same with so many further columns of `value`."""
    return nn.functional.pad(x, (0, more), value=value) if more else x


def _largest(x: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The n largest numbers along the last dimension, or all, and where they are."""
    if n == 1:
        return x.max(dim=-1, keepdim=True)  # far faster
    return x.topk(min(n, x.shape[-1]))


def _walk_back(way: Tensor, back: list[Tensor], sizes: list[int]) -> Tensor:
    """The tags (B, N, T) of the paths that end in these ways (B, N); sizes: m of each position."""
    tags = [way // sizes[-1]]
    for came, size in zip(reversed(back), sizes[-2::-1], strict=True):
        way = came.flatten(1).gather(1, way)
        tags.append(way // size)
    return torch.stack(tags[::-1], dim=2)
