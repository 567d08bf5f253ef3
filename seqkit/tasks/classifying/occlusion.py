"""Explanations by occlusion, for any scorer: how a score falls when a token is left out."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

import numpy as np

from seqkit.tasks.classifying.explanation import Piece, contrast
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.places import Place, natural_places
from seqkit.tasks.classifying.scorers import Scorer

VARIANTS = 200
"""Variants of a text that are scored at most; of a longer one several tokens go at a time."""
CHARACTERS = 4_000_000
"""How long the variants that are scored together may be, in all."""

Item = TypeVar("Item")


class Occlusion:
    """Leaves out each token in turn (Zeiler & Fergus 2014; Li et al. 2016)."""

    def __init__(self, scorer: Scorer, labels: Labels, level: str) -> None:
        self.scorer, self.labels, self.level = scorer, labels, level

    def pieces(self, text: str, k: int) -> tuple[tuple[Piece, ...], str]:
        """What each token adds to the margin of label k, and how that was found."""
        windows, width = self._windows(text)
        gap = "" if self.level == "char" else " "
        variants = (without(text, window, gap) for window in windows)
        batch = max(1, CHARACTERS // max(1, len(text)))
        left = [self._margins(part, k) for part in _batches(variants, batch)]
        shares = self._margins([text], k) - np.concatenate([np.zeros(0), *left])
        pieces = zip(windows, shares.tolist(), strict=True)
        found = tuple(Piece(*window, share) for window, share in pieces)
        return found, "occlusion" + (f" of {width:,} tokens at a time" if width > 1 else "")

    def _margins(self, texts: list[str], k: int) -> Array:
        return self.scorer.scores(texts) @ contrast(self.labels, k)  # (B,)

    def _windows(self, text: str) -> tuple[list[Place], int]:
        """Runs of tokens, of as few as make VARIANTS or fewer of them, and how many these are."""
        count = sum(1 for _ in natural_places(text, self.level))
        width = max(1, -(-count // VARIANTS))
        runs = _batches(natural_places(text, self.level), width)
        return [(run[0][0], run[-1][1]) for run in runs], width


def without(text: str, place: Place, gap: str) -> str:
    """A text without some of its characters; `gap` keeps apart what stood on both sides."""
    before, after = text[: place[0]], text[place[1] :]
    if not gap:
        return before + after
    return gap.join(part for part in (before.rstrip(), after.lstrip()) if part)


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch
