"""The convolution over the characters of words (G1) in compiled loops, without gradients.

A filter is linear, so what it makes of a window is the sum of what it makes of the characters at
the three places in it. That is worked out once for each character, and windows only add it up.
"""

import numpy as np
import torch
from torch import Tensor

from seqkit.layers.fast.numerics import compiled
from seqkit.layers.fast.recurrence import as_arrays


def convolve(characters: Tensor, real: Tensor, table: Tensor, filters: Tensor) -> Tensor:
    """max over real positions of W * [e<i-1>, e<i>, e<i+1>]: characters, real (F, C) -> (F, H).

    table (V, D) holds the embeddings e, filters W (H, 3D); beyond the real positions e is 0.
    """
    ids, places = characters.unique(return_inverse=True)  # type: ignore[no-untyped-call]
    best = table.new_empty(len(characters), len(filters))  # (F, H)
    _convolve(*as_arrays(places, real.sum(1), by_place(table[ids], filters), best))
    return best


def by_place(table: Tensor, filters: Tensor) -> Tensor:
    """What filters (H, 3D) make of each e in table (V, D) left, amid and right: (V + 1, 3, H).

    The last row, for what stands outside a word, is 0.
    """
    parts = filters.detach().view(len(filters), 3, -1).permute(1, 2, 0)  # (3, D, H)
    made = (table.detach() @ parts).transpose(0, 1)  # (V, 3, H)
    return torch.cat([made, torch.zeros_like(made[:1])])


@compiled
def _convolve(characters, lengths, parts, best):  # type: ignore[no-untyped-def]
    for f in range(len(characters)):
        add_windows(characters[f, : lengths[f]], parts, best[f])


@compiled
def add_windows(characters, parts, best):  # type: ignore[no-untyped-def]
    """Write the largest sum of each filter to best (H,): characters (C,), parts of `by_place`."""
    n = len(characters)
    for h in range(len(best)):
        best[h] = -np.inf
    for i in range(n):
        left = parts[characters[i - 1] if i > 0 else -1, 0]
        amid = parts[characters[i], 1]
        right = parts[characters[i + 1] if i + 1 < n else -1, 2]
        for h in range(len(best)):
            total = left[h] + amid[h] + right[h]
            best[h] = best[h] if total <= best[h] else total  # NaN goes on
