"""Raw text to sentences and words that know where they stand: `text[start:stop]` is the word.

Words are those of words.py, only that quotation marks stay as the text has them. For sentences the
rules are these:

- a blank line ends a sentence; a single line feed is white space like any other;
- `.`, `!`, `?`, `...` and runs of them end one if white space follows, and after it no small
  letter; closing quotation marks and brackets behind them belong to the sentence;
- a full stop after an abbreviation (`Dr.`, `Inc.`, `U.S.`, `p.m.`) or an initial (`J.`) ends one
  only before a word that often begins sentences (`The`, `He`, `But`);
- a full stop after the number that a sentence begins with (`1. Introduction`), and after `No.`,
  `p.`, `Fig.` and the like before a digit, ends none;
- the marks of Chinese and Japanese end a sentence wherever they stand.

The time is linear in the length of the text, whatever it holds.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from seqkit.text.words import WordTokenizer

LONGEST_WORD = 2_000
"""Characters: what has more without white space is taken apart as if some stood there."""
LONGEST_SENTENCE = 1_000
"""Words: a longer sentence comes in parts."""

_END = re.compile(
    r"(?P<blank>\n[^\S\n]*\n)"
    r"|(?P<wide>[。！？]+)[”’」』）]*"
    r"""|(?P<mark>[.!?…]+)["'”’»)\]}]*"""
)
_NEXT = re.compile(r"""\s*["'`“‘«(\[{¿¡]*(?P<word>\w{0,20})""")
_BEFORE = re.compile(r"[\w.&'’]*\Z")
_VISIBLE = re.compile(r"\S")
_CHUNK = re.compile(rf"\S{{1,{LONGEST_WORD}}}")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")  # J, U.S, a.m
_WINDOW = 24  # characters; longer than any abbreviation

_ABBREVIATIONS = (
    "mr mrs ms messrs mme dr prof st ste mt ft gen col maj capt cmdr adm lt sgt sen rep gov pres "
    "hon rev jr sr inc ltd co corp bros plc dept univ assn ave blvd rd vs etc cf approx est ca al "
    "resp ph.d jan feb mar apr jun jul aug sep sept oct nov dec"
)
_BEFORE_NUMBERS = "no nos p pp fig figs eq sec vol ch art"
_STARTERS = (
    "The A An This That These Those It He She They We I You His Her Its Their Our My Your There "
    "Here In On At For From With Without By But And Or If When While After Before As Since Until "
    "Although Though Because However Meanwhile Moreover Then So Thus Yet Now Today Yesterday What "
    "Who Why How Where Which Many Most Some All Both Each Another Other Not"
)
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())
_NUMBERED = frozenset(_BEFORE_NUMBERS.split())
_BEGIN = frozenset(_STARTERS.split())


class Token(NamedTuple):
    """A word of a text: the characters from `start` up to, not including, `stop`."""

    start: int
    stop: int
    text: str


def tokenize(text: str) -> Iterator[list[Token]]:
    """Yield the sentences as lists of 1 to LONGEST_SENTENCE words; longer ones come in parts."""
    for start, stop in sentences(text):
        found = list(words(text, start, stop))
        for first in range(0, len(found), LONGEST_SENTENCE):
            yield found[first : first + LONGEST_SENTENCE]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences start and stop; all between them is white space."""
    start = _next_visible(text, 0)
    for match in _END.finditer(text):
        if match.start() < start:  # a blank line before the sentence, already passed
            continue
        if match["blank"]:
            yield start, start + len(text[start : match.start()].rstrip())
        elif match["wide"] or _ends(text, start, match):
            yield start, match.end()
        else:
            continue
        start = _next_visible(text, match.end())
    if start < len(text):
        yield start, start + len(text[start:].rstrip())


def words(text: str, start: int = 0, stop: int | None = None) -> Iterator[Token]:
    """Yield the words of text[start:stop] with their places in `text`.

    Together they are all characters but white space.
    """
    split = WordTokenizer().tokens
    for chunk in _CHUNK.finditer(text, start, len(text) if stop is None else stop):
        yield from _placed(text, chunk.start(), split(chunk.group()))


def _placed(text: str, at: int, tokens: Sequence[str]) -> Iterator[Token]:
    """Find tokens, which stand side by side from `at` on, in the text again."""
    for token in tokens:
        # What the text does not have is a quotation mark that the tokenizer gave a direction.
        length = len(token) if text.startswith(token, at) else 1
        assert length == len(token) or text[at] in "\"'"
        yield Token(at, at + length, text[at : at + length])
        at += length


def _next_visible(text: str, at: int) -> int:
    """Return where the next character stands that is not white space; the end if there is none."""
    match = _VISIBLE.search(text, at)
    return match.start() if match else len(text)


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the marks of `match` end the sentence that begins at `start`."""
    if not text[match.end() : match.end() + 1].isspace():
        return match.end() == len(text)
    following = _NEXT.match(text, match.end())
    word = following["word"] if following else ""
    if word[:1].islower():
        return False
    if match["mark"] != ".":
        return True
    window = text[max(start, match.start() - _WINDOW) : match.start()]
    before = _before(window)
    if before.isdigit() and before == text[start : match.start()]:
        return False
    if before.lower() in _NUMBERED and word[:1].isdigit():
        return False
    if before.lower() in _ABBREVIATED or _INITIALS.fullmatch(before):
        return word in _BEGIN
    return True


def _before(window: str) -> str:
    """Return the word at the end of `window`, without what opens it."""
    match = _BEFORE.search(window)
    return match.group().lstrip("'’.") if match else ""
