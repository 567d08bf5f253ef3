"""English sentences out of documentation: markup, code, tables and lists are left out."""

import inspect
import re
import textwrap
from collections.abc import Iterator

_ROLE = re.compile(r":[a-z:+-]+:(?=`)")  # :func:`open`
_LINK = re.compile(r"`([^`<]*?)\s*<[^`>]*>`_*")  # `text <address>`_
_EMPHASIS = re.compile(r"(?<![\w*])\*{1,2}(?=[^\s*])([^*]*?[^\s*])\*{1,2}(?![\w*])")
_QUOTE = re.compile(r"`([^`']+)'")  # `name'
_TICKS = re.compile(r"`+(?:_{1,2}(?!\w))?|(?<=[A-Za-z0-9])_(?=[\s.,;:)])")  # ``code``, reference_
_ROFF = re.compile(r"\\f[BIRP]|\\[&-]")
_NOT_PROSE = re.compile(
    r"^\s*(>>>|\.\.\.|\.\. |[-=~^*+#_.\"]{3,}\s*$|[-*+|:$%#@] ?|\d+[.)] |\S+\s+--? |\.[A-Z]{1,2} )"
    r"|::=|\s\|\s|\S\s{3,}\S|[{}\\<>=|]|\w\(.*\) ?->|https?:|::\s*$",
    re.MULTILINE,
)
_ABBREVIATIONS = frozenset(
    {
        "e.g",
        "eg",
        "i.e",
        "ie",
        "etc",
        "vs",
        "cf",
        "mr",
        "mrs",
        "dr",
        "st",
        "no",
        "fig",
        "sec",
        "resp",
    }
    | {"approx", "eq", "al", "a.k.a"}
)
_END = re.compile(r"(?P<word>\S+?)(?P<mark>[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z])")
_WORD = re.compile(r"[\"'(\[]*[A-Za-z]+(?:['-][A-Za-z]+)*[\"')\],.;:!?]*")
_SHORTEST, _LONGEST = 4, 60  # words in a sentence
_PLAIN = 0.8  # share of a sentence's words that are letters alone


def sentences(documentation: str) -> Iterator[str]:
    """Yield the sentences of the paragraphs of `documentation` that are prose, each in one line.

    A sentence begins with a capital, ends with a full stop, question or exclamation mark, has 4 to
    60 words, four in five of them of letters alone, and nothing in it that looks like code.
    """
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(documentation)):
        text = unmarked(textwrap.dedent(paragraph))
        if not _NOT_PROSE.search(text):
            joined = " ".join(text.split())
            yield from filter(_is_sentence, split_sentences(joined))


def unmarked(text: str) -> str:
    """Return `text` without the marks of reStructuredText and roff around its words."""
    text = _ROLE.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\1", text)
    text = _QUOTE.sub(r"\1", text)
    return _TICKS.sub("", _ROFF.sub("", text))


def split_sentences(text: str) -> Iterator[str]:
    """Split one line after marks that end a sentence; abbreviations and initials do not."""
    start = 0
    for match in _END.finditer(text):
        word = match["word"].lstrip("\"'([").lower()
        initial = len(word) == 1 and word.isalpha() and word != "i"
        if match["mark"] != "." or not (initial or word in _ABBREVIATIONS):
            yield text[start : match.end()].rstrip()
            start = match.end()
    if start < len(text):
        yield text[start:]


def _is_sentence(text: str) -> bool:
    words = text.split()
    plain = sum(_WORD.fullmatch(word) is not None for word in words)
    return (
        _SHORTEST <= len(words) <= _LONGEST
        and plain >= _PLAIN * len(words)
        and text.lstrip("\"'(")[:1].isupper()
        and text.rstrip("\"')")[-1:] in (".", "!", "?")
        and not text.endswith("...")
        and text.count("(") == text.count(")")
        and text.count('"') % 2 == 0
    )
