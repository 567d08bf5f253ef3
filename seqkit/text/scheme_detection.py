"""Telling tag schemes apart by the tags themselves, and refusing files that mix them (G1).

What is looked at is how each entity ends and begins. Entities that end in E or S are bioes, in L
or U bilou; without such letters it is iob1 or iob2, by whether more entities begin with I or
with a B that iob1 would not need. These two are read alike, so a file may mix them; the tags of the
lesser part count as repaired then.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from seqkit.text.schemes import (
    OUTSIDE,
    Place,
    Scheme,
    parts_of,
    sentence_and_token,
    shown,
    to_spans,
)

_ENDS = {"B": "BI", "I": "BI", "E": "ES", "S": "ES", "L": "LU", "U": "LU"}
_TO_BIOES = str.maketrans("LU", "ES")


class Detected(NamedTuple):
    """A scheme, and in one line what speaks for it."""

    scheme: Scheme
    reason: str


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How often each sign was met, and where first: sentence, token and tag."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def add(self, sign: str, sentence: int, token: int, tag: str) -> None:
        self.counts[sign] += 1
        self.first.setdefault(sign, (sentence, token, tag))

    def show(self, sign: str, where: Place) -> str:
        """Name the first tag with that sign and its place."""
        sentence, token, tag = self.first[sign]
        return f"{where(sentence, token)}: {shown(tag)}"


def detect_scheme(
    sentences: Iterable[Sequence[str]], where: Place = sentence_and_token
) -> Detected:
    """Return the scheme of the tags of these sentences, with the reason; one pass.

    Where no tag has the form of an entity's (`B-PER`) the scheme is plain. `where` as in
    `schemes.convert_all`. Raises ValueError that names two places for tags that belong to no one
    scheme: entities beside classes, or two ways to end an entity.
    """
    evidence = _Evidence()
    for number, tags in enumerate(sentences):
        for sign, position in _signs(tags):
            evidence.add(sign, number, position, tags[position])
    counts = evidence.counts
    if counts["class"] and not counts["typed"]:
        example = shown(evidence.first["class"][2])
        return Detected("plain", f"{counts['class']:,} tags such as {example}")
    for odd in ("class", "letter"):
        if counts[odd] and counts["typed"]:
            _refuse(odd, "typed", evidence, where)
    if counts["ES"] and counts["LU"]:
        _refuse("LU", "ES", evidence, where)
    closed = "LU" if counts["LU"] else "ES"
    if 0 < counts[closed] < counts["BI"]:
        # A few open ends among closed ones are mistakes, to be repaired; where they are the
        # rule, it is the letters of the closed ones that do not belong.
        _refuse(closed, "BI", evidence, where)
    return _decide(counts)


def _refuse(odd: str, usual: str, evidence: _Evidence, where: Place) -> None:
    raise ValueError(
        f"{evidence.show(odd, where)} is of another scheme than {evidence.show(usual, where)}; "
        "bring the tags into one scheme, or choose another column"
    )


def _decide(counts: Counter[str]) -> Detected:
    """Choose among the schemes of entities."""
    ended = counts["BI"] + counts["ES"] + counts["LU"]
    if counts["ES"]:
        return Detected("bioes", f"{counts['ES']:,} of {ended:,} entities end in E or S")
    if counts["LU"]:
        return Detected("bilou", f"{counts['LU']:,} of {ended:,} entities end in L or U")
    if not ended:
        return Detected("iob2", "there are no entities")
    begun = f"{counts['I']:,} of {ended:,} entities begin with I"
    if counts["I"] > counts["B"]:
        return Detected("iob1", f"{begun}, {counts['B']:,} with a B that iob1 does not need")
    return Detected("iob2", f"{begun}, {counts['B']:,} with a B that iob1 would not need")


def _signs(tags: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield what the tags of a sentence are signs of, and where each sign stands.

    Of tags: "class" (no tag of entities), "typed", "letter" (one without a type). Of entities, if
    all tags can be read: how they end, and "I" or "B" for a telling beginning.
    """
    parts = [parts_of(tag) for tag in tags]
    for position, part in enumerate(parts):
        if part is None:
            yield "class", position
        elif part.letter != OUTSIDE:
            yield ("typed" if part.type else "letter"), position
    letters = [part.letter for part in parts if part is not None]
    if len(letters) < len(tags):
        return
    end = 0  # of the entity before
    last: str | None = None  # its type
    for start, stop, kind in to_spans([_as_bioes(tag) for tag in tags], "bioes"):
        yield _ENDS[letters[stop - 1]], stop - 1
        needed = start == end and kind == last  # B, by iob1
        if letters[start] == "I" or (letters[start] == "B" and not needed):
            yield letters[start], start
        end, last = stop, kind


def _as_bioes(tag: str) -> str:
    """Write the letter of bilou as that of bioes; iob1 and iob2 have no others."""
    return tag[0].translate(_TO_BIOES) + tag[1:]
