"""Tokenizers without training: one line of text to tokens, and tokens to readable text (T1).

Which words they find is here and in words.py; subwords.py holds the tokenizer that learns its
pieces. Line ends are not a tokenizer's business: every line ends with `<eos>`, whatever it holds.
"""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from seqkit.text.words import WordTokenizer

# ASCII alone, unlike str.split: other blanks (no-break, ideographic, ...) are part of a token.
_NO_SPACE = re.compile("[^ \t\n\r\v\f]+")


class Tokenizer(Protocol):
    """What a tokenizer can do."""

    @property
    def name(self) -> str:
        """The name that stands for it in options and files."""

    def tokens(self, line: str) -> list[str]:
        """Take one line of text (without its line feed) apart; no token is empty."""

    def join(self, tokens: Sequence[str]) -> str:
        """Return the tokens of one line as text to read."""


class WhitespaceTokenizer:
    """What stands between ASCII white space is a token: for text that is tokenized already."""

    name = "whitespace"

    def tokens(self, line: str) -> list[str]:
        """Split at runs of ASCII white space."""
        return _NO_SPACE.findall(line)

    def join(self, tokens: Sequence[str]) -> str:
        """Put one space between tokens."""
        return " ".join(tokens)


class CharacterTokenizer:
    """Every Unicode character is a token; the line feed is `<eos>`."""

    name = "char"

    def tokens(self, line: str) -> list[str]:
        """Return the characters of the line."""
        return list(line)

    def join(self, tokens: Sequence[str]) -> str:
        """Put the characters together again: the exact inverse."""
        return "".join(tokens)


class NLTKTokenizer:
    """A word tokenizer of NLTK, by name: one of `NLTKTokenizer.NAMES`; none needs NLTK's data.

    A line longer than `seqkit.text.lines.LONGEST` bytes reaches it in parts.
    """

    NAMES = {  # noqa: RUF012 (never changed)
        "nltk": ("nltk.tokenize.destructive", "NLTKWordTokenizer"),
        "toktok": ("nltk.tokenize.toktok", "ToktokTokenizer"),
        "treebank": ("nltk.tokenize.treebank", "TreebankWordTokenizer"),
        "tweet": ("nltk.tokenize.casual", "TweetTokenizer"),
        "wordpunct": ("nltk.tokenize.regexp", "WordPunctTokenizer"),
    }

    def __init__(self, name: str) -> None:
        """Take the part of the name after "nltk:"; ValueError for one that NLTK has not."""
        if name not in self.NAMES:
            raise ValueError(
                f"there is no tokenizer 'nltk:{name}': choose one of "
                + ", ".join(f"nltk:{known}" for known in self.NAMES)
            )
        # NLTK takes half a second to import, more where SciPy is installed.
        import importlib

        module, kind = self.NAMES[name]
        self.name = f"nltk:{name}"
        self._tokenizer: Any = getattr(importlib.import_module(module), kind)()
        self._detokenizer: Any = None
        if name in ("nltk", "treebank"):
            from nltk.tokenize.treebank import TreebankWordDetokenizer

            self._detokenizer = TreebankWordDetokenizer()

    def tokens(self, line: str) -> list[str]:
        """Return NLTK's tokens."""
        return [token for token in self._tokenizer.tokenize(line) if token]

    def join(self, tokens: Sequence[str]) -> str:
        """Return text by NLTK's Treebank rules, or with spaces where NLTK has no inverse."""
        if self._detokenizer is None:
            return " ".join(tokens)
        return str(self._detokenizer.detokenize(list(tokens)))


def build_tokenizer(name: str) -> Tokenizer:
    """Return the tokenizer of a name: word, whitespace, char or nltk:NAME.

    ValueError lists the names; "subword" is not among them, as it must be trained first.
    """
    for kind in (WordTokenizer, WhitespaceTokenizer, CharacterTokenizer):
        if kind.name == name:
            return kind()
    prefix, _, rest = name.partition(":")
    if prefix == "nltk":
        return NLTKTokenizer(rest)
    raise ValueError(
        f"there is no tokenizer {name!r}: choose word, whitespace, char, subword (trained) "
        "or nltk:NAME"
    )
