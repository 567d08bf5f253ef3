"""The built-in parallel corpora, and their pairs as the lines of two files."""

from collections.abc import Iterator

from seqkit.corpora.corpus import Split
from seqkit.corpora.parallel import ParallelCorpus

PARALLEL = ("smallworld", "dates")
"""The built-in corpora that have pairs for translators."""


def open_built_in_pairs(
    name: str, split: Split, pairs: int | None = None, seed: int = 0
) -> ParallelCorpus:
    """Return the pairs of one of PARALLEL; `pairs` (how many) and `seed` as it takes them."""
    if name == "dates":
        from seqkit.corpora.dates import Dates

        return Dates(split, pairs, seed)
    from seqkit.corpora.smallworld.translation import Translations

    return Translations(split, pairs, seed)


def sides_of(corpus: ParallelCorpus) -> tuple[Iterator[bytes], Iterator[bytes]]:
    """Return the lines of the source file and of the target file; each reads the corpus."""
    sources = (f"{pair.source}\n".encode() for pair in corpus)
    return sources, (f"{pair.target}\n".encode() for pair in corpus)
