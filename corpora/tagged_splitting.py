"""Holding sentences of a tagged corpus out, as corpora over ranges of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from seqkit.corpora.records import Tagged
from seqkit.corpora.splitting import check_share
from seqkit.corpora.tagged import TaggedCorpus

SHARE = 0.1
"""What is held out for each of validation and test where no share is given."""


@dataclass(frozen=True, slots=True)
class TaggedPart:
    """Sentences `start` to `stop` of `whole`; reading it reads what lies before, too."""

    whole: TaggedCorpus
    label: str
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The name of the whole and which part of it this is."""
        return f"{self.whole.name} ({self.label})"

    @property
    def description(self) -> str:
        """What the text is."""
        return self.whole.description

    @property
    def source(self) -> str:
        """Where the text comes from."""
        return self.whole.source

    @property
    def synthetic(self) -> bool:
        """Whether a program made the text up."""
        return self.whole.synthetic

    def __iter__(self) -> Iterator[Tagged]:
        """Yield the sentences in order."""
        return islice(self.whole, self.start, self.stop)

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands, for errors."""
        return self.whole.place(record, token)

    def warnings(self) -> list[str]:
        """Say what the whole has to say, with the part that comes first."""
        return self.whole.warnings() if self.start == 0 else []


def cut_off_sentences(corpus: TaggedCorpus, shares: dict[str, float | None]) -> list[TaggedPart]:
    """Return what remains of `corpus` and, cut from its end, one part for each of `shares`.

    Whole sentences in the order of the file: so those of one document mostly stay together.
    Raises ValueError for shares outside (0, 0.5) and for parts that come out empty.
    """
    known = {label: SHARE if share is None else share for label, share in shares.items()}
    for label, share in known.items():
        check_share(label, share)
    size = sum(1 for _ in corpus)
    held_out = [int(size * share) for share in known.values()]
    ends = [0, *accumulate([size - sum(held_out), *held_out])]
    parts = [
        TaggedPart(corpus, label, start, stop)
        for label, (start, stop) in zip(["train", *shares], pairwise(ends), strict=True)
    ]
    for part in parts:
        if part.start == part.stop:
            options = " and ".join(f"--{label} FILE" for label in shares)
            raise ValueError(
                f"{corpus.source} is too short to hold out {part.label} sentences from its "
                f"{size:,}: give {options}, or a larger share"
            )
    return parts
