"""The map of words that `seqkit plot` draws: which words, and where they stand."""

import os
import pathlib
from typing import TYPE_CHECKING

from seqkit.cli import options
from seqkit.cli.vector_files import open_vectors, read_words

if TYPE_CHECKING:
    import numpy as np

    from seqkit.vectors import WordVectors

FEWEST = 3
"""With fewer words there is nothing to see."""


def draw_words(
    run: str, words: str | None, pairs: str | None, path: str, perplexity: float | None, seed: int
) -> None:
    """Draw words of vectors as a map (W6): by PCA, or by t-SNE where a perplexity is given.

    words: the words themselves, a file of them, or how many of the most frequent. pairs: words to
    be joined by arrows, such as "man:woman king:queen". perplexity: 0 for one that fits the number
    of words. ValueError for words that are unknown, too few or too many.
    """
    from seqkit.report.wordmap import MOST, word_map

    vectors = open_vectors(run)
    joined = _pairs(pairs or "")
    chosen = _choose(vectors, words, [word for pair in joined for word in pair])
    if not FEWEST <= len(chosen) <= MOST:
        raise ValueError(f"a map shows {FEWEST} to {MOST} words, not {len(chosen)}")
    points, names = _places(vectors, chosen, perplexity, seed)
    rows = [(chosen.index(one), chosen.index(other)) for one, other in joined]
    hidden = word_map(chosen, points, path, run, names, rows)
    if hidden:
        options.note(f"no room for the labels of {len(hidden)} of {len(chosen)} words")


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for pair in text.split():
        one, _, other = pair.partition(":")
        if not one or not other or one == other:
            raise ValueError(f"--pairs {pair}: write two words as ONE:OTHER, such as man:woman")
        found.append((one, other))
    return found


def _choose(vectors: "WordVectors", words: str | None, more: list[str]) -> list[str]:
    """The words of --words and then those of --pairs, each once."""
    if words is None:
        found = []
    elif words.isdecimal():
        found = list(vectors.index_to_key[: int(words)])
    elif len(os.fsencode(words)) < 256 and pathlib.Path(words).is_file():
        found = read_words(vectors, words)
    else:
        found = words.split()
    return list(dict.fromkeys([*found, *more]))


def _places(
    vectors: "WordVectors", words: list[str], perplexity: float | None, seed: int
) -> tuple["np.ndarray", tuple[str, str]]:
    """Where each word stands (N, 2), and what the two axes are.

    All vectors are first scaled to length 1, as cosines do: the length of a vector tells more of
    how often a word came than of what it means.
    """
    from seqkit.vectors.maps import pca, tsne
    from seqkit.vectors.search import unit

    units = unit(vectors[words])  # (N, D)
    if perplexity is None:
        found = pca(units)
        first, second = (f"{share:.0%} of the variance" for share in found.shares)
        return found.points, (f"first component, {first}", f"second component, {second}")
    perplexity = perplexity or min(30.0, (len(words) - 1) / 3)
    return tsne(units, seed, perplexity), (f"t-SNE, perplexity {perplexity:.3g}", "")
