"""Holding sentences out of a tagged corpus: whole ones, from its end, none lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora.records import Tagged
from seqkit.corpora.tagged_splitting import cut_off_sentences


class Listed:
    """A tagged corpus out of a list."""

    name, description, source, synthetic = "listed", "a list", "here", True

    def __init__(self, size):
        self.records = [Tagged((f"word{i}",), ("O",), lines=[2 * i + 1]) for i in range(size)]

    def __iter__(self):
        return iter(self.records)

    def place(self, record, token):
        return f"here, line {record.lines[token]}"

    def warnings(self):
        return ["listed by hand"]


@given(st.integers(10, 60), st.floats(0.1, 0.49), st.floats(0.1, 0.49))
def test_parts_are_the_whole(size, valid, test):
    corpus = Listed(size)
    parts = cut_off_sentences(corpus, {"valid": valid, "test": test})
    assert [record for part in parts for record in part] == corpus.records
    assert [len(list(part)) for part in parts[1:]] == [int(size * valid), int(size * test)]


def test_what_a_part_says_of_itself():
    train, valid = cut_off_sentences(Listed(20), {"valid": None})
    assert [(part.name, len(list(part))) for part in (train, valid)] == [
        ("listed (train)", 18),
        ("listed (valid)", 2),
    ]
    assert (valid.description, valid.source, valid.synthetic) == ("a list", "here", True)
    assert valid.place(next(iter(valid)), 0) == "here, line 37"
    assert (train.warnings(), valid.warnings()) == (["listed by hand"], [])


@pytest.mark.parametrize("share", [0.0, 0.5, -0.1, 3.0])
def test_what_is_no_share(share):
    with pytest.raises(ValueError, match=f"--test {share:g} is no share: give one between"):
        cut_off_sentences(Listed(20), {"test": share})


def test_too_few_sentences():
    with pytest.raises(ValueError, match="here is too short to hold out valid sentences from its "):
        cut_off_sentences(Listed(9), {"valid": None, "test": None})
