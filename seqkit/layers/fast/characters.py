"""The convolution over the characters of words (G1) in one compiled loop, without gradients.

It keeps no windows: each is multiplied where it stands, and padding is left out.
"""

import numpy as np
from torch import Tensor

from seqkit.layers.fast.numerics import ZERO, sums
from seqkit.layers.fast.recurrence import as_arrays


def convolve(characters: Tensor, real: Tensor, table: Tensor, filters: Tensor) -> Tensor:
    """max over real positions of W * [e<i-1>, e<i>, e<i+1>]: characters, real (F, C) -> (F, H).

    table (V, D) holds the embeddings e, filters W (H, 3D); beyond the real positions e is 0.
    """
    best = table.new_empty(len(characters), len(filters))  # (F, H)
    _convolve(*as_arrays(characters, real, table.detach(), filters.detach(), best))
    return best


@sums
def _convolve(characters, real, table, filters, best):  # type: ignore[no-untyped-def]
    D = table.shape[1]
    best[:] = -np.inf
    row = np.zeros((characters.shape[1] + 2) * D, table.dtype)  # of one word, zeros at both ends
    for f in range(len(characters)):
        n = real[f].sum()
        for i in range(n):
            row[(i + 1) * D : (i + 2) * D] = table[characters[f, i]]
        row[(n + 1) * D : (n + 2) * D] = 0
        for i in range(n):
            window = row[i * D : (i + 3) * D]
            for h in range(len(filters)):
                weights, total = filters[h], ZERO * window[0]
                for k in range(len(window)):
                    total += weights[k] * window[k]
                if not total <= best[f, h]:  # NaN goes on
                    best[f, h] = total
