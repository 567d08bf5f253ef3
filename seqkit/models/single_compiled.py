"""The ends of a tagger over single sentences (G1) in compiled loops: word forms, and the output.

After a change in what is imported here, `make clean`: numba's cache watches this file alone.
"""

from seqkit.layers.characters import PAD
from seqkit.layers.fast.characters import add_windows
from seqkit.layers.fast.numerics import ZERO, compiled, sums
from seqkit.models.token_vectors import FormEmbedding

BUCKETS = FormEmbedding.BUCKETS


@compiled
def look_up(words, forms, tables, x):  # type: ignore[no-untyped-def]
    """Write the vectors of word forms with their words (F,), as `Tagger.vectors`, into x (F, D).

    forms: as `WordForms`. tables: of trained and of frozen words, of shapes, of characters by their
    place with their bias, of affixes with the columns of hashes and the first row of each.
    """
    characters, shapes, hashes = forms
    trained, frozen, by_shape, parts, bias, affixes, columns, starts = tables
    for f in range(len(words)):
        row, word = x[f], words[f]
        at = _put(row, 0, trained[word] if word < len(trained) else frozen[word - len(trained)])
        at = _put(row, at, by_shape[shapes[f]])
        length = 0
        while length < characters.shape[1] and characters[f, length] != PAD:
            length += 1
        add_windows(characters[f, :length], parts, row[at : at + len(bias)])
        for h in range(len(bias)):
            row[at + h] += bias[h]
        at += len(bias)
        for i in range(len(columns)):
            at = _put(row, at, affixes[starts[i] + hashes[f, columns[i]] % BUCKETS])


@compiled
def _put(row, at, vector):  # type: ignore[no-untyped-def]
    """Write a vector into a row; where it ends."""
    for j in range(len(vector)):
        row[at + j] = vector[j]
    return at + len(vector)


@sums
def add_output(hidden, output, bias, scores):  # type: ignore[no-untyped-def]
    """scores (T, K) += hidden (T, 2H) @ output.T + bias."""
    for t in range(len(hidden)):
        for k in range(len(output)):
            weights, row, total = output[k], hidden[t], ZERO * bias[k]
            for j in range(len(row)):
                total += weights[j] * row[j]
            scores[t, k] += total + bias[k]
