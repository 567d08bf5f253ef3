"""smallworld's translations: its English and the made-up Arvenian, always one right translation.

A meaning is drawn (`meaning_draws`) and said in both languages (`english`, `arvenian`). The
English text decides the Arvenian one, but not word by word: verbs come last, adjectives behind
their noun, owners and relative clauses before it, and much must agree at a distance. It never
stands in for real text in claims of quality.
"""

from collections.abc import Iterator

from seqkit.corpora.corpus import Split
from seqkit.corpora.parallel_splitting import split_of
from seqkit.corpora.records import Pair
from seqkit.corpora.smallworld import SmallWorld
from seqkit.corpora.smallworld.arvenian import arvenian
from seqkit.corpora.smallworld.english import english
from seqkit.corpora.smallworld.meaning_draws import Meanings

VERSION = "smallworld-translation-1"
SIZES: dict[str, int] = {"train": 20_000, "valid": 1_000, "test": 1_000}


class Translations:
    """Pairs of English and Arvenian sentences drawn independently, tokens set off by spaces.

    The same version, seed and split give the same pairs, and a larger corpus begins with the
    smaller one. To which split a sentence belongs is decided by the sentence alone (`split_of`),
    so none of one split, whatever the seeds and sizes, occurs in another.

    Args:
        split: "train", "valid" or "test".
        pairs: how many; by default 20,000 to train and 1,000 else.
        seed: other sentences of the same languages for each.

    Raises:
        ValueError: an unknown split, or no pairs.
    """

    name = "smallworld"
    version = VERSION
    description = "English of a small invented world and its made-up second language, Arvenian"
    synthetic = True

    def __init__(self, split: Split = "train", pairs: int | None = None, seed: int = 0) -> None:
        size = SIZES.get(split) if pairs is None else pairs
        self._draws = SmallWorld(split, size, seed, VERSION)
        self._split = split

    @property
    def source(self) -> str:
        """Where the text comes from."""
        return f"synthetic: {VERSION}, its {self._split} split"

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._draws)

    def __iter__(self) -> Iterator[Pair]:
        """Draw the pairs; always the same ones."""
        meanings, line = Meanings(self._draws.uniforms()), 1
        while line <= len(self):
            meaning = meanings.draw()
            text = english(meaning)
            if split_of(text) == self._split:
                yield Pair(text, arvenian(meaning), line)
                line += 1

    def place(self, pair: Pair) -> str:
        """Say where a pair stands in the files that `corpora make` writes."""
        return f"{self.source}, line {pair.line}"

    def warnings(self) -> list[str]:
        """Nothing: no pair is empty."""
        return []
