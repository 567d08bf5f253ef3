"""The LSTM (C4) over many sequences whose products with x are kept, without gradients.

Sequences of any lengths go together, the longest first: those that are over drop out at the end of
the batch, so nothing is padded and no step is taken in vain.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from seqkit.layers.fast.numerics import sums
from seqkit.layers.fast.single import Floats, activate

Ints = np.ndarray[Any, Any]


def run_packed(
    rows: Ints, lengths: Ints, gates: Floats, recurrent: Sequence[Tensor], hidden: Floats
) -> None:
    """C7 from zeros: write hidden (B, T, H→ + H←) up to lengths (B,), which do not grow.

    rows (B, T) of gates (F, 4H→ + 4H←) hold W_x @ x + b; recurrent are W_a turned, (H, 4H), of
    either direction.
    """
    going = [int(n) for n in (lengths[:, None] > np.arange(rows.shape[1])).sum(0)]  # (T,)
    for weights, turned in zip(recurrent, (False, True), strict=True):
        H, G = weights.shape
        now, a = weights.new_empty(len(rows), G), weights.new_empty(len(rows), H)
        arrays = now.numpy(), a.numpy(), np.zeros((len(rows), H), gates.dtype)
        known = rows, lengths, gates, turned
        _prepare(0, len(rows), known, arrays[0])
        for t, count in enumerate(going):
            if t > 0:
                now[:count].addmm_(a[:count], weights)
            _step(t, count, known, arrays, hidden)


@sums
def _step(t, count, known, arrays, hidden):  # type: ignore[no-untyped-def]
    """Step t of the first sequences, and what the gates see of x at the one after."""
    _, lengths, _, turned = known
    now, a, c = arrays
    H = a.shape[1]
    first = hidden.shape[2] - H if turned else 0
    for b in range(count):
        activate(now[b], c[b], a[b])
        out = hidden[b, lengths[b] - 1 - t if turned else t, first : first + H]
        for j in range(H):
            out[j] = a[b, j]
    _prepare(t + 1, count, known, now)


@sums
def _prepare(t, count, known, now):  # type: ignore[no-untyped-def]
    """Write to now (B, 4H) what is kept for step t, for sequences that have one."""
    rows, lengths, gates, turned = known
    G = now.shape[1]
    share = gates.shape[1] - G if turned else 0
    for b in range(count):
        if t < lengths[b]:
            row = gates[rows[b, lengths[b] - 1 - t if turned else t]]
            for j in range(G):
                now[b, j] = row[share + j]
