"""Holding pairs out: the sizes asked for, nothing lost, and no source text in two parts."""

import pytest

from seqkit.corpora.parallel_splitting import hold_out_pairs, key_of, split_of
from seqkit.corpora.records import Pair


class Listed:
    """A parallel corpus out of a list of source texts."""

    name, description, source, synthetic = "listed", "a list", "here", True

    def __init__(self, texts):
        self.pairs = [Pair(text, f"target {i}", i) for i, text in enumerate(texts)]

    def __iter__(self):
        return iter(self.pairs)

    def place(self, pair):
        return f"here, line {pair.line}"

    def warnings(self):
        return ["listed by hand"]


@pytest.mark.parametrize(("valid", "test"), [(0.1, 0.1), (0.45, 0.05), (0.015, 0.2)])
def test_parts_have_their_sizes_and_hold_all(valid, test):
    corpus = Listed([f"text {i}" for i in range(200)])
    parts = hold_out_pairs(corpus, {"valid": valid, "test": test})
    held = [int(200 * valid), int(200 * test)]
    assert [len(list(part)) for part in parts] == [200 - sum(held), *held]
    assert sorted(pair.line for part in parts for pair in part) == list(range(200))
    for part in parts:
        lines = [pair.line for pair in part]
        assert lines == sorted(lines) == [pair.line for pair in part]


def test_parts_are_spread_over_the_file():
    _, valid = hold_out_pairs(Listed([f"text {i}" for i in range(2000)]), {"valid": 0.25})
    lines = [pair.line for pair in valid]
    quarters = [sum(line // 500 == quarter for line in lines) for quarter in range(4)]
    assert sum(quarters) == 500 and all(90 < count < 160 for count in quarters)


def test_texts_that_occur_twice_stay_together():
    texts = [f"text {i % 40}" if i < 120 else f"  TEXT \t {i % 40} " for i in range(160)]
    parts = hold_out_pairs(Listed(texts), {"valid": 0.2, "test": 0.2})
    sources = [{" ".join(pair.source.lower().split()) for pair in part} for part in parts]
    assert sum(map(len, sources)) == len(set().union(*sources)) == 40
    assert [len(list(part)) for part in parts] == [96, 32, 32]


def test_only_what_is_asked_for_is_held_out():
    corpus = Listed([f"text {i}" for i in range(30)])
    train, test = hold_out_pairs(corpus, {"test": None})
    assert (len(list(train)), len(list(test))) == (27, 3)
    assert (train.name, test.name) == ("listed (train)", "listed (test)")
    assert (train.warnings(), test.warnings()) == (["listed by hand"], [])
    assert test.place(next(iter(test))).startswith("here, line ")
    assert (test.description, test.source, test.synthetic) == ("a list", "here", True)


@pytest.mark.parametrize(
    ("texts", "shares", "message"),
    [
        (["a", "b", "c"], {"valid": None}, "here is too short to hold out valid text"),
        (
            ["a"] * 50,
            {"valid": 0.1, "test": 0.1},
            "from its 50 pairs, 1 different sources: give",
        ),
        (["a", "b"], {"valid": 0.5}, "--valid 0.5 is no share"),
    ],
)
def test_what_cannot_be_held_out(texts, shares, message):
    with pytest.raises(ValueError, match=message):
        hold_out_pairs(Listed(texts), shares)


def test_keys():
    assert key_of("The  Cat\t") == key_of("the cat") != key_of("thecat")
    assert key_of("the cat") == 15621612629676276010  # so held-out text stays held out
    splits = [split_of(f"text {i}") for i in range(5000)]
    assert 400 < splits.count("valid") < 600 and 400 < splits.count("test") < 600
