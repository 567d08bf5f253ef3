"""Holding parts of a corpus out: what every task shares, and texts cut by ranges of bytes."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from seqkit.corpora.corpus import Corpus, Described, Split, cut_point, lines_of
from seqkit.corpora.records import Text

SHARE = 0.1
"""What is held out of a corpus of records for each of validation and test if nothing is said."""
SMALL = 5_000_000  # bytes; below, a held-out hundredth would be too small to measure with
_WINDOW = 1 << 20  # bytes before a wished cut in which a better place is looked for


W = TypeVar("W", bound=Described)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Where the texts to measure on come from: names to open, and shares of the training text.

    A share of None is one that nobody gave.
    """

    texts: dict[Split, str]
    shares: dict[str, float | None]


def held_out(train: str, valid: str | None, test: str | None, has_splits: bool) -> HeldOut:
    """Return where validation and test text come from, as all commands understand `--valid`.

    Each is a name or a path, or a share such as 0.1 or 10%. Left out, it is the text of this kind
    that `train` has (`has_splits`), else a share; but no test text is held out where `valid` names
    a text, as `train` is then taken to be training text alone. Raises ValueError where standard
    input is asked for twice.
    """
    if [train, valid, test].count("-") > 1:
        raise ValueError("standard input (-) can be read once: give files for the other texts")
    wanted = HeldOut({}, {})
    kinds: tuple[tuple[Split, str | None], ...] = (("valid", valid), ("test", test))
    for label, given in kinds:
        name = train if given is None and has_splits else given
        if name is not None and parse_share(name) is None:
            wanted.texts[label] = name
        elif name is not None or "valid" not in wanted.texts:
            wanted.shares[label] = parse_share(name) if name else None
    return wanted


@dataclass(frozen=True, slots=True)
class PartOf(Generic[W]):
    """What a part says of itself: the same as the whole, and which part it is."""

    whole: W
    label: str

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


@dataclass(frozen=True, slots=True)
class Part(PartOf[Corpus]):
    """Bytes `start` to `stop` of the text of `whole`; reading it reads what lies before, too."""

    start: int
    stop: int

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
    match = re.fullmatch(r"(-?\d+(?:\.\d*)?|-?\.\d+)(%?)", text)
    return float(match[1]) / (100 if match[2] else 1) if match else None


def check_share(label: str, share: float) -> None:
    """Raise ValueError for a share outside (0, 0.5)."""
    if not 0 < share < 0.5:
        raise ValueError(
            f"--{label} {share:g} is no share: give one between 0 and 0.5, like 0.1 or 10%, "
            "or a file"
        )


def known_shares(shares: Mapping[str, float | None]) -> dict[str, float]:
    """Return the shares with SHARE for None; ValueError as `check_share`."""
    known = {label: SHARE if share is None else share for label, share in shares.items()}
    for label, share in known.items():
        check_share(label, share)
    return known


def ranges(
    corpus: Described, size: int, shares: Mapping[str, float | None], records: str
) -> list[tuple[str, int, int]]:
    """Return label, start and stop of what remains of `size` records, and of each of `shares`.

    The shares are cut from the end, in their order. `records` is what errors call them. Raises
    ValueError for shares outside (0, 0.5) and for parts that come out empty.
    """
    sizes = [int(size * share) for share in known_shares(shares).values()]
    ends = itertools.accumulate([size - sum(sizes), *sizes], initial=0)
    labels = ["train", *shares]
    parts = [
        (label, start, stop)
        for label, (start, stop) in zip(labels, itertools.pairwise(ends), strict=True)
    ]
    for label, start, stop in parts:
        if start == stop:
            raise too_short(corpus, shares, f"{label} {records} from its {size:,}")
    return parts


def too_short(
    corpus: Described, shares: Iterable[str], what: str, remedy: str = "a larger share"
) -> ValueError:
    """Return the error of a corpus that `what` cannot be held out of."""
    options = " and ".join(f"--{label} FILE" for label in shares)
    return ValueError(
        f"{corpus.source} is too short to hold out {what}: give {options}, or {remedy}"
    )


def cut_off(corpus: Corpus, shares: Mapping[str, float | None]) -> list[Part]:
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
            raise too_short(corpus, shares, f"{part.label} text from its {size:,} bytes")
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
