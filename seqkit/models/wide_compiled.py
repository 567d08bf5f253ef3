"""The features of the linear model (G1) by compiled loops, for the CPU.

After a change in `wide_features`, `make clean`: numba's cache watches this file alone.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from seqkit.layers.fast.numerics import compiled
from seqkit.layers.fast.recurrence import as_arrays
from seqkit.models.token_vectors import Tokens
from seqkit.models.wide_features import (
    ALONE,
    EDGE,
    FIRST,
    IDENTITY,
    MIX,
    PAIRS,
    REACH,
    SECOND,
    TEMPLATE,
    UNKNOWN,
)

# What `_feature` reads for each: two parts, each with its distance, and the factor of the second.
READ = np.array([(*one, *one) for one in ALONE] + [(*one, *other) for one, other in PAIRS])
FACTORS = np.array([0] * len(ALONE) + [SECOND] * len(PAIRS))  # a part alone has no second one


def features(tokens: Tokens) -> Tensor:
    """As `wide_features.features_of`."""
    found = torch.empty(*tokens.forms.shape, len(READ), dtype=torch.int64)
    _fill(*_sentences(tokens), *as_arrays(found), READ, FACTORS)
    return found


def scores(tokens: Tokens, weight: Tensor) -> Tensor:
    """The sums of the rows of weight (N, K) that the features of each token choose: (B, T, K)."""
    sums = weight.new_zeros(*tokens.forms.shape, weight.shape[1])
    hashes, *sentences = _sentences(tokens)
    add_scores(hashes, tuple(sentences), *as_arrays(weight.detach(), sums), READ, FACTORS)
    return sums


def _sentences(tokens: Tokens) -> Sequence[np.ndarray]:
    """hashes (F, 11), words (B, T), forms (B, T) and lengths (B,)."""
    batch, positions = tokens.forms.shape
    lengths = torch.full((batch,), positions) if tokens.lengths is None else tokens.lengths
    return as_arrays(tokens.hashes, tokens.words, tokens.forms, lengths)


@compiled
def _fill(hashes, words, forms, lengths, found, parts, second):  # type: ignore[no-untyped-def]
    """Write found (B, T, J)."""
    around = np.empty((forms.shape[1] + 2 * REACH, hashes.shape[1]), np.int64)
    for b in range(len(forms)):
        _spread(hashes, words[b], forms[b, : lengths[b]], around)
        for t in range(forms.shape[1]):
            for j in range(len(parts)):
                found[b, t, j] = _feature(around, t, j, parts, second)


@compiled
def add_scores(hashes, sentences, weight, scores, parts, second):  # type: ignore[no-untyped-def]
    """Add to scores (B, T, K); sentences: words (B, T), forms (B, T) and lengths (B,)."""
    words, forms, lengths = sentences
    around = np.empty((forms.shape[1] + 2 * REACH, hashes.shape[1]), np.int64)
    chosen = np.empty(len(parts), np.int64)
    for b in range(len(forms)):
        _spread(hashes, words[b], forms[b, : lengths[b]], around)
        for t in range(forms.shape[1]):
            for j in range(len(parts)):
                chosen[j] = _feature(around, t, j, parts, second) % len(weight)
            for row in chosen:
                for k in range(weight.shape[1]):
                    scores[b, t, k] += weight[row, k]


@compiled
def _spread(hashes, words, forms, around):  # type: ignore[no-untyped-def]
    """Lay out the hashes of one sentence, with what stands outside it: around (T + 4, 11)."""
    around[:] = EDGE
    for t in range(len(forms)):
        around[t + REACH] = hashes[forms[t]]
        if words[t] == 0:
            around[t + REACH, :IDENTITY] = UNKNOWN


@compiled
def _feature(around, t, j, parts, second):  # type: ignore[no-untyped-def]
    """Feature j of token t; numbers wrap around."""
    total = around[t + REACH + parts[j, 0], parts[j, 1]] * FIRST
    total += around[t + REACH + parts[j, 2], parts[j, 3]] * second[j]
    total += TEMPLATE * (j + 1)
    return ((total ^ (total >> 29)) * MIX >> 33) & 0x3FFFFFFF
