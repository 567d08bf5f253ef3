"""Holding parts of a corpus out, as corpora over ranges of its bytes."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.corpora.corpus import Corpus, cut_point, lines_of
from seqkit.corpora.records import Text

SMALL = 5_000_000  # bytes; below, a held-out hundredth would be too small to measure with
_WINDOW = 1 << 20  # bytes before a wished cut in which a better place is looked for


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` to `stop` of the text of `whole`; reading it reads what lies before, too."""

    whole: Corpus
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

    @property
    def entropy(self) -> Any:
        """The exact figures of the language, as far as they are known."""
        return self.whole.entropy

    def __iter__(self) -> Iterator[Text]:
        """Yield the lines in order."""
        return lines_of(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """Yield the UTF-8 blocks of the whole, clipped to the range."""
        offset = 0
        for block in self.whole.blocks():
            clipped = block[max(self.start - offset, 0) : max(self.stop - offset, 0)]
            if clipped:
                yield clipped
            offset += len(block)
            if offset >= self.stop:
                return


def default_share(size: int) -> float:
    """Return the share of `size` bytes of text to hold out, for each of validation and test (O6).

    O6 counts examples; a text has none, so the sizes are adapted: a tenth below 5 MB, a hundredth
    beyond.
    """
    return 0.1 if size < SMALL else 0.01


def parse_share(text: str) -> float | None:
    """Return the number in `0.1` or `10%`, None for anything else."""
    match = re.fullmatch(r"(-?\d*\.?\d+|-?\d+\.)(%?)", text)
    return float(match[1]) / (100 if match[2] else 1) if match else None


def check_share(label: str, share: float) -> None:
    """Raise ValueError for a share outside (0, 0.5)."""
    if not 0 < share < 0.5:
        raise ValueError(
            f"--{label} {share:g} is no share: give one between 0 and 0.5, like 0.1 or 10%, "
            "or a file"
        )


def cut_off(corpus: Corpus, shares: dict[str, float | None]) -> list[Part]:
    """Return what remains of `corpus` and, cut from its end, one part for each of `shares`.

    Cuts lie after a newline or, where a line is longer than the part (or 1 MiB), after white
    space. The text is read twice, in bounded memory. Raises ValueError for shares outside (0, 0.5)
    and for parts that come out empty or blank.
    """
    for label, share in shares.items():
        if share is not None:
            check_share(label, share)
    size = sum(map(len, corpus.blocks()))
    known = [default_share(size) if share is None else share for share in shares.values()]
    cuts = [0, *_cuts(corpus, size, known), size]
    parts = [
        Part(corpus, label, start, stop)
        for label, (start, stop) in zip(["train", *shares], itertools.pairwise(cuts), strict=True)
    ]
    for part in parts:
        if not any(block.strip() for block in part.blocks()):  # ends at the first that is not
            options = " and ".join(f"--{label} FILE" for label in shares)
            raise ValueError(
                f"{corpus.source} is too short to hold out {part.label} text from its "
                f"{size:,} bytes: give {options}, or a larger share"
            )
    return parts


def _cuts(corpus: Corpus, size: int, shares: Sequence[float]) -> list[int]:
    """Return where each of `shares` begins, at or before the place that its size asks for."""
    window = max(4, min(_WINDOW, int(size * min(shares))))  # holds any character
    wished = [size - int(size * sum(shares[number:])) for number in range(len(shares))]
    cuts = []
    for stop in wished:
        start = max(stop - window, 0)
        # One character beyond the window, so that its last one is not taken for a whole one.
        data = b"".join(Part(corpus, "", start, stop + 4).blocks())
        cuts.append(start + cut_point(data, stop - start))
    return cuts
