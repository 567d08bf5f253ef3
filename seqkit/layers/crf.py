"""A linear-chain conditional random field: the tags of a sentence, scored as a whole (G1)."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers.chain import Moves
from seqkit.layers.crf_checks import (
    check_finite,
    checked_lengths,
    checked_moves,
    checked_tags,
    refuse_no_path,
)
from seqkit.layers.crf_loss import exact, find_posterior, negative_log_likelihood
from seqkit.layers.decoding import decode
from seqkit.layers.viterbi import best_path, best_paths


class Path(NamedTuple):
    """The tags of one sequence, as many as it is long, and what they score together, in nats."""

    tags: list[int]
    score: float


class CRF(nn.Module):
    """P(y | x) = exp(score(x, y)) / Z(x) over all sequences of tags y (G1; Lafferty et al. 2001).

    score = start[y<0>] + sum_t emissions<t>[y<t>] + sum_t transitions[y<t-1>, y<t>] + end[y<T-1>];
    Z is the sum of exp(score) over all allowed y. Emissions (B, T, K) come from the net below.

    forbidden: which tags may not begin (K,), may not end (K,), and which (row) may not stand before
    which (column) (K, K), as bools. The weight of such a move is exactly zero in all that is done
    here; its parameter has no effect and no gradient. The mask is not part of the saved state.

    lengths (B,) says how many positions of each sequence are real: all, unless given. Nothing at
    padding is read. The computation runs in float64 where the device has it. What is in nats stays
    so; probabilities come in the type of the emissions, but at least in float32.

    Raises ValueError for what does not fit and for a sequence without any allowed path. Emissions
    that are not finite make the loss NaN; everything else refuses them.
    """

    forbidden_start: Tensor
    forbidden_end: Tensor
    forbidden_transitions: Tensor

    def __init__(self, tags: int, forbidden: Moves | Sequence[Tensor] | None = None) -> None:
        super().__init__()
        if tags < 1:
            raise ValueError(f"a CRF needs 1 tag or more, got {tags}")
        self.tags = tags
        self.start = nn.Parameter(torch.empty(tags))
        self.end = nn.Parameter(torch.empty(tags))
        self.transitions = nn.Parameter(torch.empty(tags, tags))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -0.1, 0.1)
        for name, mask in checked_moves(tags, forbidden)._asdict().items():
            self.register_buffer(f"forbidden_{name}", mask, persistent=False)

    def moves(self) -> Moves:
        """The scores of all moves, in the type of the computation, -inf where forbidden."""
        scores = map(exact, (self.start, self.end, self.transitions))
        masks = (self.forbidden_start, self.forbidden_end, self.forbidden_transitions)
        return Moves(*(s.masked_fill(m, -math.inf) for s, m in zip(scores, masks, strict=True)))

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor | None = None) -> Tensor:
        """-log P(tags | x), summed over the batch, in nats, as a scalar; tags (B, T) are integers.

        Raises ValueError for tags that are forbidden or not in 0..K-1; padding may hold any.
        """
        lengths = checked_lengths(emissions, self.tags, lengths)
        tags = checked_tags(emissions, tags, lengths)
        parameters = Moves(self.start, self.end, self.transitions)
        return negative_log_likelihood(emissions, parameters, self.moves(), tags, lengths)

    @torch.no_grad()
    def log_partition(self, emissions: Tensor, lengths: Tensor | None = None) -> Tensor:
        """log Z of each sequence, in nats: (B,). A path's log P(y | x) is its score minus this."""
        scores, moves, lengths = self._exact(emissions, lengths)
        return find_posterior(scores, moves, lengths).log_z

    @torch.no_grad()
    def marginals(self, emissions: Tensor, lengths: Tensor | None = None) -> Tensor:
        """P(y<t> = k | x): (B, T, K), 0 at padding."""
        scores, moves, lengths = self._exact(emissions, lengths)
        return find_posterior(scores, moves, lengths).nodes.to(_at_least_single(emissions))

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The best path of each sequence: tags (B, T), 0 at padding, and scores (B,) in nats."""
        scores, moves, lengths = self._exact(emissions, lengths)
        tags, totals = best_path(scores, moves, lengths)  # (B, T), (B,)
        refuse_no_path(totals, lengths)
        return tags, totals

    @torch.no_grad()
    def decode_with_confidence(
        self, emissions: Tensor, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The tags of `decode` and how sure each is: P(y<t> | x), P(y<t> | y<t-1>, x).

        (B, T), (B, T) and, for t > 0, (B, T-1). A stretch of tags has the probability of its first
        one times the steps that follow in it, as tags are a Markov chain given x. 0 at padding.
        """
        lengths = checked_lengths(emissions, self.tags, lengths)
        return decode(exact(emissions), self.moves(), lengths)

    @torch.no_grad()
    def n_best(self, emissions: Tensor, lengths: Tensor | None, n: int) -> list[list[Path]]:
        """The n best paths of each sequence, best first; fewer where no more are allowed."""
        if n < 1:
            raise ValueError(f"n_best needs n of 1 or more, got {n}")
        scores, moves, lengths = self._exact(emissions, lengths)
        tags, totals = best_paths(scores, moves, lengths, n)  # (B, n, T), (B, n)
        refuse_no_path(totals[:, 0], lengths)
        rows = zip(tags.tolist(), totals.tolist(), lengths.tolist(), strict=True)
        return [_paths(*row) for row in rows]

    def _exact(self, emissions: Tensor, lengths: Tensor | None) -> tuple[Tensor, Moves, Tensor]:
        """What the algorithms take, checked."""
        lengths = checked_lengths(emissions, self.tags, lengths)
        check_finite(emissions, lengths)
        return exact(emissions), self.moves(), lengths


def _paths(tags: list[list[int]], totals: list[float], length: int) -> list[Path]:
    pairs = zip(tags, totals, strict=True)
    return [Path(path[:length], total) for path, total in pairs if total > -math.inf]


def _at_least_single(x: Tensor) -> torch.dtype:
    return torch.promote_types(x.dtype, torch.float32)
