"""Which features of words and their neighbours the linear model of a tagger looks at (G1).

`wide_compiled` has the same in a compiled loop.
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

EDGE, UNKNOWN = 7, 11  # hashes of what stands outside a sentence, and of words taken for <unk>
IDENTITY = 2
"""How many of PARTS, the first ones, say which word it is."""
FIRST, SECOND, TEMPLATE, MIX = (  # large odd numbers that spread bits
    0x09E3779B97F4A7C1,
    0x2545F4914F6CDD1D,
    0x00032BE59BD9B4E1,
    0x3C79AC492BA7B653,
)


def features_of(tokens: Tokens) -> Tensor:
    """The hashes of all features of each token, each 0 or more: (B, T, J); anything at padding.

    A word whose id is that of `<unk>` has its looks, and no more: no feature tells which it is.
    """
    hashes = tokens.hashes[tokens.forms]  # (B, T, 11)
    positions, unknown = hashes.shape[1], tokens.words[:, :, None] == 0
    hashes[:, :, :IDENTITY] = hashes[:, :, :IDENTITY].masked_fill(unknown, UNKNOWN)
    if tokens.lengths is not None:
        real = torch.arange(positions, device=hashes.device) < tokens.lengths[:, None]  # (B, T)
        hashes = hashes.where(real[:, :, None], EDGE)
    around = nn.functional.pad(hashes, (0, 0, REACH, REACH), value=EDGE)  # (B, T + 4, 11)

    def part(step: int, which: int) -> Tensor:
        return around[:, REACH + step : REACH + step + positions, which]  # (B, T)

    found = [part(*one) * FIRST for one in ALONE]
    found += [part(*one) * FIRST + part(*other) * SECOND for one, other in PAIRS]
    ids = torch.stack(found, dim=2)  # (B, T, J), whose numbers wrap around
    ids = ids + TEMPLATE * torch.arange(1, len(found) + 1, device=ids.device)
    return ((ids ^ (ids >> 29)) * MIX >> 33) & 0x3FFFFFFF
