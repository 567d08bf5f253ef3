"""A linear model beside the net: parts of words and of their neighbours vote for tags (G1).

What CRFs without nets have always looked at: the word, its ends and its outline, the same of the
words around it, and pairs of these. Each such feature is a row of weights, found by a hash, that
is added to the scores of the tags. The idea of a wide model beside a deep one is that of Cheng et
al. 2016; hashing is that of Weinberger et al. 2009.
"""

import torch
from torch import Tensor, nn

from seqkit.models.token_vectors import Tokens
from seqkit.text.wordforms import PARTS

Part = tuple[int, int]
"""A part of a word so many tokens further on."""

_WORD, _SMALL, _OUTLINE = (PARTS.index(name) for name in ("word", "small", "outline"))
_NEAR = (_WORD, _SMALL, _OUTLINE, PARTS.index("prefix 3"), PARTS.index("suffix 3"))

ALONE: tuple[Part, ...] = (
    *((0, part) for part in range(len(PARTS))),
    *((step, part) for step in (-1, 1) for part in _NEAR),
    *((step, part) for step in (-2, 2) for part in (_WORD, _OUTLINE)),
)
PAIRS: tuple[tuple[Part, Part], ...] = (
    *(((step, _WORD), (0, _WORD)) for step in (-1, 1)),
    *(((step, _OUTLINE), (0, _OUTLINE)) for step in (-1, 1)),
    *(((step, _SMALL), (0, _OUTLINE)) for step in (-1, 1)),
    *(((step, _OUTLINE), (0, _SMALL)) for step in (-1, 1)),
)
REACH = 2
"""How many tokens away a part may be."""

_EDGE = 7  # the hash of what stands outside a sentence
_FIRST, _SECOND, _TEMPLATE, _MIX = (  # large odd numbers that spread bits
    0x09E3779B97F4A7C1,
    0x2545F4914F6CDD1D,
    0x00032BE59BD9B4E1,
    0x3C79AC492BA7B653,
)


class WideFeatures(nn.Module):
    """sum_j w_j over the features j of each token: a score for each of K tags, (B, T, K).

    In training each feature is left out with the probability `dropout`, so that the rare ones have
    their say and the net is not idle. All weights begin at 0.
    """

    BUCKETS = 1 << 17

    def __init__(self, tags: int, dropout: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(self.BUCKETS, tags))
        self.dropout = dropout

    def forward(self, tokens: Tokens) -> Tensor:
        """Add up the weights of the features of B sentences."""
        ids = features_of(tokens) % self.BUCKETS  # (B, T, J)
        batch, positions, count = ids.shape
        kept = None
        if self.training and self.dropout:
            kept = (torch.rand_like(ids, dtype=self.weight.dtype) >= self.dropout).to(self.weight)
            kept = kept.div_(1 - self.dropout).view(-1, count)  # (B * T, J)
        scores = nn.functional.embedding_bag(
            ids.view(-1, count), self.weight, mode="sum", per_sample_weights=kept
        )
        return scores.view(batch, positions, -1)


def features_of(tokens: Tokens) -> Tensor:
    """The hashes of all features of each token, each 0 or more: (B, T, J)."""
    hashes = tokens.hashes[tokens.forms]  # (B, T, 11)
    positions = hashes.shape[1]
    if tokens.lengths is not None:
        real = torch.arange(positions, device=hashes.device) < tokens.lengths[:, None]  # (B, T)
        hashes = hashes.where(real[:, :, None], _EDGE)
    around = nn.functional.pad(hashes, (0, 0, REACH, REACH), value=_EDGE)  # (B, T + 4, 11)

    def part(step: int, which: int) -> Tensor:
        return around[:, REACH + step : REACH + step + positions, which]  # (B, T)

    found = [part(*one) * _FIRST for one in ALONE]
    found += [part(*one) * _FIRST + part(*other) * _SECOND for one, other in PAIRS]
    ids = torch.stack(found, dim=2)  # (B, T, J), whose numbers wrap around
    ids = ids + _TEMPLATE * torch.arange(1, len(found) + 1, device=ids.device)
    return ((ids ^ (ids >> 29)) * _MIX >> 33) & 0x3FFFFFFF
