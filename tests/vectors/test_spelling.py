"""Near spellings: the right ones, few, and soon found among many words."""

import pytest

from seqkit.vectors.spelling import near_spellings

WORDS = ["the", "cat", "cart", "coat", "Paris", "NASA", "New_York", "well-known", "neighbour"]
ROWS = {word: row for row, word in enumerate(WORDS)}


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("teh", ["the"]),  # swapped
        ("ct", ["cat"]),  # left out
        ("thee", ["the"]),  # put in
        ("cab", ["cat"]),  # changed
        ("paris", ["Paris"]),
        ("Cat", ["cat"]),
        ("nasa", ["NASA"]),
        ("new york", ["New_York"]),
        (" the", ["the"]),
        ("well known", ["well-known"]),
        ("neigbhuor", ["neighbour"]),  # two letters amiss
        ("cat ", ["cat"]),
        ("", []),
        ("qqqq", []),
        ("c" * 41, []),
    ],
)
def test_near_spellings(word, wanted):
    assert near_spellings(word, WORDS, ROWS) == wanted


def test_the_most_frequent_three_come_first():
    words = ["bat", "rat", "cat", "hat"]
    rows = {word: row for row, word in enumerate(words)}
    assert near_spellings("xat", words, rows) == ["bat", "rat", "cat"]


def test_one_letter_amiss_is_found_however_rare_the_word():
    words = [f"word{i}" for i in range(30_000)] + ["zebra"]
    rows = {word: row for row, word in enumerate(words)}
    assert near_spellings("zebr", words, rows) == ["zebra"]


def test_only_the_first_words_are_compared():
    """The work does not grow with the number of words."""

    class Counted(list):
        looked_at = 0

        def __getitem__(self, part):
            found = list.__getitem__(self, part)
            Counted.looked_at += len(found) if isinstance(part, slice) else 1
            return found

        def __iter__(self):
            raise AssertionError("all words are gone through")

    words = Counted(f"word{i}" for i in range(50_000))
    assert near_spellings("wwwwwwwww", words, {}) == []
    assert 0 < Counted.looked_at <= 11_000
