"""Holding sentences of a tagged corpus out, as corpora over ranges of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from seqkit.corpora.records import Tagged
from seqkit.corpora.splitting import PartOf, ranges
from seqkit.corpora.tagged import TaggedCorpus


@dataclass(frozen=True, slots=True)
class TaggedPart(PartOf[TaggedCorpus]):
    """Sentences `start` to `stop` of `whole`; reading it reads what lies before, too."""

    start: int
    stop: int

    def __iter__(self) -> Iterator[Tagged]:
        """Yield the sentences in order."""
        return islice(self.whole, self.start, self.stop)

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands, for errors."""
        return self.whole.place(record, token)

    def warnings(self) -> list[str]:
        """Say what the whole has to say, with the part that comes first."""
        return self.whole.warnings() if self.start == 0 else []


def cut_off_sentences(corpus: TaggedCorpus, shares: Mapping[str, float | None]) -> list[TaggedPart]:
    """Return what remains of `corpus` and, cut from its end, one part for each of `shares`.

    Whole sentences in the order of the file: so those of one document mostly stay together.
    Raises ValueError for shares outside (0, 0.5) and for parts that come out empty.
    """
    size = sum(1 for _ in corpus)
    return [
        TaggedPart(corpus, label, start, stop)
        for label, start, stop in ranges(corpus, size, shares, "sentences")
    ]
