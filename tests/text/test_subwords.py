"""The subword tokenizer: exact, the same each time, safe to load."""

import itertools
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.vocabulary import Vocabulary

pytest.importorskip("tokenizers")

LINES = ["the cat sat on the mat", "the hat of the cat", "that fat cat <unk> <eos>", ""] * 3
SUBWORDS = SubwordTokenizer.train(LINES, size=280)


@given(st.text())
def test_every_text_is_put_together_exactly(text):
    assert SUBWORDS.join(SUBWORDS.tokens(text)) == text


@given(st.text())
def test_its_vocabulary_knows_every_text(text):
    vocabulary = Vocabulary.from_counts({"<eos>": 1}, keep=SUBWORDS.types)
    assert vocabulary.unk not in vocabulary.ids(SUBWORDS.tokens(text))


def test_size_counts_the_special_tokens():
    assert len(Vocabulary.from_counts({}, keep=SUBWORDS.types)) == 280


def test_frequent_words_become_pieces():
    assert SUBWORDS.tokens("the cat")[-1] == "Ġcat"


def test_merges_are_the_most_frequent_pairs():
    """A plain count of neighbours gives the first merge."""
    words = [f" {word}" if i else word for line in LINES for i, word in enumerate(line.split())]
    pairs = [pair for word in words for pair in itertools.pairwise(word)]
    most = max(pairs.count(pair) for pair in pairs)
    left, right = SUBWORDS.merges[0]
    assert pairs.count((left.replace("Ġ", " "), right)) == most


def test_the_same_lines_give_the_same_pieces():
    again = SubwordTokenizer.train(iter(LINES), size=280)
    assert again.to_json() == SUBWORDS.to_json()


@given(st.text())
def test_a_loaded_one_does_the_same(text):
    loaded = SubwordTokenizer.from_json(json.loads(json.dumps(SUBWORDS.to_json())))
    assert loaded.tokens(text) == SUBWORDS.tokens(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "not a seqkit subword"),
        ({"version": 2}, "version 2"),
        ({"types": None}, "'types'"),
        ({"types": ["a", "a"]}, "distinct"),
        ({"merges": [["a"]]}, "pairs"),
        ({"merges": [["q", "zzz"]]}, "'qzzz' is no type"),
    ],
)
def test_damage_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        SubwordTokenizer.from_json({**SUBWORDS.to_json(), **change})


def test_a_size_without_room_for_bytes():
    with pytest.raises(ValueError, match="258 or more"):
        SubwordTokenizer.train(LINES, size=257)


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ValueError, match=r'pip install "seqkit\[subword\]"'):
        SubwordTokenizer.train(LINES, size=300)
