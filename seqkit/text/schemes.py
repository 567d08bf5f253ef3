"""Tag schemes: entities as tags and back, illegal tags repaired, legal transitions (G1).

A tag is `O`, or a letter and a type such as `B-PER`. What the letters say in each scheme:

- iob1: I on every token of an entity; B on its first token, but only where the entity stands right
  behind another one of the same type;
- iob2: B on the first token, I on the others;
- bioes: as iob2, but E on the last token, and S on the only one;
- bilou: as bioes, with L for E and U for S.

A letter alone (`B`) is a tag too, of the type "". Where tags are no entities at all but classes of
single tokens, such as parts of speech, the scheme is called plain.

All schemes are read by one rule, that of the scorer of the CoNLL shared tasks (conlleval): an
entity begins at B and S, and at an I or E that does not continue one of the same type; it ends
after E and S, and before whatever does not continue it. So every sequence of tags has one
reading, and an illegal one is repaired by writing down what was read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

Scheme = Literal["iob1", "iob2", "bioes", "bilou", "plain"]
Place = Callable[[int, int], str]

OUTSIDE = "O"
LETTERS: dict[str, str] = {"iob1": "BI", "iob2": "BI", "bioes": "BIES", "bilou": "BILU"}
LONGEST_SHOWN = 40
"""Characters of a tag that messages show."""

_AS_BIOES = {"L": "E", "U": "S"}
_BOUND = {"iob1": "B", "iob2": "I", "bioes": "IE", "bilou": "IL"}
"""The letters that may stand only right behind an open entity of the same type."""


class Span(NamedTuple):
    """An entity: the tokens from `start` up to, not including, `stop`, and its type."""

    start: int
    stop: int
    type: str


class Parts(NamedTuple):
    """What a tag is made of; `letter` is "O" for a token outside all entities."""

    letter: str
    type: str


class Transitions(NamedTuple):
    """What may begin a sentence (K,), end one (K,), and follow what (K, K): [from, to]."""

    start: np.ndarray
    stop: np.ndarray
    steps: np.ndarray


@dataclass(frozen=True, slots=True)
class Converted:
    """Tags in another scheme, how many of the old ones were illegal, and a line that says so."""

    tags: list[tuple[str, ...]]
    repaired: int
    warning: str | None


def sentence_and_token(sentence: int, token: int) -> str:
    """Say where a tag stands, for errors: the default of `where`, both counted from 0."""
    return f"sentence {sentence + 1}, token {token + 1}"


@lru_cache(maxsize=4096)
def parts_of(tag: str) -> Parts | None:
    """Take a tag of any scheme apart; None for what is no tag of an entity scheme."""
    if tag == OUTSIDE:
        return Parts(OUTSIDE, "")
    letter, hyphen, kind = tag.partition("-")
    if letter in ("B", "I", "E", "S", "L", "U") and (kind or not hyphen):
        return Parts(letter, kind)
    return None


def is_tag(tag: str, scheme: Scheme) -> bool:
    """Whether `scheme` has such a tag; any text is a tag of plain."""
    if scheme == "plain":
        return True
    parts = parts_of(tag)
    return parts is not None and parts.letter in LETTERS[scheme] + OUTSIDE


def tag_set(types: Iterable[str], scheme: Scheme) -> tuple[str, ...]:
    """Return all tags for entities of these types: O first, then by type, sorted.

    A model that scores each of them can write every entity; a legal path never ends blindly.
    """
    kinds = sorted(set(types))
    return (OUTSIDE, *(_tag(letter, kind) for kind in kinds for letter in _letters(scheme)))


def to_spans(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """Return the entities of a sentence in order, illegal tags read as the module says.

    Raises ValueError for a tag that `scheme` does not have, and for the scheme plain.
    """
    known = _letters(scheme) + OUTSIDE
    spans: list[Span] = []
    begin, kind = -1, ""  # of the entity that is open; -1 for none
    for position, tag in enumerate(tags):
        parts = parts_of(tag)
        if parts is None or parts.letter not in known:
            raise ValueError(f"token {position + 1}: {shown(tag)!r} is no tag of {scheme}")
        letter = _AS_BIOES.get(parts.letter, parts.letter)
        goes_on = begin >= 0 and letter in "IE" and parts.type == kind
        if begin >= 0 and not goes_on:
            spans.append(Span(begin, position, kind))
            begin = -1
        if letter != OUTSIDE and not goes_on:
            begin, kind = position, parts.type
        if letter in "ES":
            spans.append(Span(begin, position + 1, kind))
            begin = -1
    if begin >= 0:
        spans.append(Span(begin, len(tags), kind))
    return spans


def from_spans(
    spans: Iterable[tuple[int, int, str]], length: int, scheme: Scheme
) -> tuple[str, ...]:
    """Return the tags of a sentence of `length` tokens with these entities, in any order.

    Raises ValueError for entities that overlap, are empty or leave the sentence, and for plain.
    """
    letters = _letters(scheme)
    tags = [OUTSIDE] * length
    end = 0  # where the entity before ends
    last: str | None = None  # its type
    for start, stop, kind in sorted(spans):
        if not end <= start < stop <= length:
            raise ValueError(
                f"the entity {start}..{stop} ({shown(kind)}) is empty, overlaps another or leaves "
                f"the sentence of {length} tokens: give entities that stand side by side"
            )
        touches = start == end and kind == last
        spelled = _spell(stop - start, scheme, touches)
        assert set(spelled) <= set(letters)
        tags[start:stop] = [_tag(letter, kind) for letter in spelled]
        end, last = stop, kind
    return tuple(tags)


def convert(tags: Sequence[str], source: Scheme, target: Scheme) -> tuple[str, ...]:
    """Return the tags of a sentence in another scheme; from plain only to plain.

    From a scheme to itself it repairs: legal tags stay, illegal ones become what was read.
    """
    if source == target == "plain":
        return tuple(tags)
    return from_spans(to_spans(tags, source), len(tags), target)


def convert_all(
    sentences: Sequence[Sequence[str]],
    source: Scheme,
    target: Scheme = "bioes",
    where: Place = sentence_and_token,
) -> Converted:
    """Convert the tags of all sentences, counting those that had to be repaired.

    `where` turns the numbers of a sentence and of a token in it, from 0, into what users are to
    be told: a file and a line. Raises ValueError for a tag that `source` does not have.
    """
    converted: list[tuple[str, ...]] = []
    repairs: list[tuple[int, int, str]] = []
    for number, tags in enumerate(sentences):
        for position, tag in enumerate(tags):
            if not is_tag(tag, source):
                raise ValueError(
                    f"{where(number, position)}: {shown(tag)!r} is no tag of {source}; correct it, "
                    "or choose another scheme or column"
                )
        mended = convert(tags, source, source)
        changes = [i for i, (old, new) in enumerate(zip(tags, mended, strict=True)) if old != new]
        repairs += [(number, i, mended[i]) for i in changes]
        converted.append(convert(mended, source, target))
    if not repairs:
        return Converted(converted, 0, None)
    first, position, tag = repairs[0]
    warning = (
        f"{where(first, position)}: {shown(sentences[first][position])} is illegal in {source} "
        f"there and was read as {shown(tag)}; {len(repairs):,} such tags in "
        f"{len({number for number, _, _ in repairs}):,} sentences"
    )
    return Converted(converted, len(repairs), warning)


def legal_transitions(tags: Sequence[str], scheme: Scheme) -> Transitions:
    """Return what a CRF over these K tags may do: boolean arrays, True where it is legal (G1).

    A sequence is legal if `convert` from the scheme to itself leaves it alone; in plain all are.
    Raises ValueError for a tag that `scheme` does not have.
    """
    size = len(tags)
    if scheme == "plain":
        every = np.ones(size, bool)  # (K,)
        return Transitions(every, every.copy(), np.ones((size, size), bool))
    for tag in tags:
        if not is_tag(tag, scheme):
            raise ValueError(f"{shown(tag)!r} is no tag of {scheme}: give tags of one scheme")
    parts = [part for tag in tags if (part := parts_of(tag))]
    inside = np.array([part.letter in "BI" for part in parts], bool)  # (K,): may go on
    bound = np.array([part.letter in _BOUND[scheme] for part in parts], bool)  # (K,)
    numbers: dict[str, int] = {}
    types = np.array([numbers.setdefault(part.type, len(numbers)) for part in parts], int)  # (K,)
    open_before = inside[:, None] & (types[:, None] == types)  # (K, K): one of the same type
    steps = open_before | ~bound
    if scheme in ("iob1", "iob2"):
        return Transitions(~bound, np.ones(size, bool), steps)
    return Transitions(~bound, ~inside, steps & (bound | ~inside[:, None]))  # B and I must go on


def shown(tag: str) -> str:
    """A tag as messages show it: a file may have any, and a message is one line."""
    return tag if len(tag) <= LONGEST_SHOWN else f"{tag[:LONGEST_SHOWN]}..."


def _letters(scheme: Scheme) -> str:
    if scheme not in LETTERS:
        raise ValueError(f"the scheme {scheme} has no entities: choose one of {', '.join(LETTERS)}")
    return LETTERS[scheme]


def _tag(letter: str, kind: str) -> str:
    return f"{letter}-{kind}" if kind else letter


def _spell(length: int, scheme: Scheme, touches: bool) -> str:
    """Give the letters of an entity; `touches` one of its type right before it."""
    if scheme == "iob1":
        return ("B" if touches else "I") + "I" * (length - 1)
    if scheme == "iob2":
        return "B" + "I" * (length - 1)
    last, only = ("E", "S") if scheme == "bioes" else ("L", "U")
    return only if length == 1 else "B" + "I" * (length - 2) + last
