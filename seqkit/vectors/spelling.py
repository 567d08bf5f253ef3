"""Near spellings of an unknown word, found in bounded time among any number of words."""

import difflib
import string
from collections.abc import Iterator, Mapping, Sequence

LONGEST = 40
"""Letters; for longer words nothing is looked for."""
LETTERS = 500
"""Different letters that are tried; more only where words are Chinese characters."""
COMMON = 10_000
"""The words, from the first on, that are compared letter by letter."""


def near_spellings(word: str, words: Sequence[str], rows: Mapping[str, int]) -> list[str]:
    """Up to three of `words` that `word` may have been meant to be, the likeliest first.

    Another case or one letter amiss are looked up in `rows` (word to its row); only if there is
    nothing of the kind, the first words with the same first letter are compared.
    """
    if not 0 < len(word) <= LONGEST:
        return []
    for candidates in (_other_forms(word), _one_edit(word, words)):
        found = {other for other in candidates if other in rows and other != word}
        if found:
            return sorted(found, key=rows.__getitem__)[:3]
    first = word[0].lower()
    common = [other for other in words[:COMMON] if len(other) <= 2 * LONGEST]
    alike = [other for other in common if other[:1].lower() == first]
    return difflib.get_close_matches(word, alike, 3)


def _other_forms(word: str) -> Iterator[str]:
    for form in (word, word.replace(" ", "_"), word.replace(" ", "-"), word.strip()):
        yield from (form, form.lower(), form.upper(), form.capitalize(), form.title())


def _one_edit(word: str, words: Sequence[str]) -> Iterator[str]:
    """All strings that one letter left out, put in, changed or swapped makes of `word`."""
    letters = sorted(set(string.ascii_lowercase).union(*words[:1000]))[:LETTERS]
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]
