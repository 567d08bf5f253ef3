"""How a text becomes tokens for counting (T1): words in small letters, or characters."""

import re
from collections.abc import Callable, Sequence

_WORD = re.compile(r"\w+|[^\w\s]")


def splitter(level: str) -> Callable[[str], Sequence[str]]:
    """What takes a text apart: "char", else words and signs in small letters."""
    return list if level == "char" else _words


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
