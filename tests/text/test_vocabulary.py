"""T1 and T2: order, limits, look-up, one-hot vectors, the file."""

import collections
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.vocabulary import Vocabulary

COUNTS = {"<eos>": 4, "b": 3, "a": 3, "<unk>": 2, "rare": 1, "the": 9, "<pad>": 5}
WORDS = st.lists(st.sampled_from(["<unk>", "<eos>", "<pad>", "a", "b", "cc", "é", "z"]))


def test_order_and_special_tokens():
    vocabulary = Vocabulary.from_counts(COUNTS)
    assert vocabulary.types == ("<unk>", "<eos>", "the", "a", "b", "rare")
    assert vocabulary.counts == (2 + 5, 4, 9, 3, 3, 1)  # <pad> is never a word
    assert (vocabulary.unk, vocabulary.eos, vocabulary.pad) == (0, 1, None)


def test_limits_include_the_special_tokens():
    vocabulary = Vocabulary.from_counts(COUNTS, size=4)
    assert vocabulary.types == ("<unk>", "<eos>", "the", "a")
    assert vocabulary.counts[0] == 2 + 5 + 3 + 1
    assert Vocabulary.from_counts(COUNTS, min_count=3).types[2:] == ("the", "a", "b")


def test_padding_takes_an_id_only_where_asked_for():
    vocabulary = Vocabulary.from_counts(COUNTS, size=4, pad=True)
    assert vocabulary.types == ("<unk>", "<eos>", "<pad>", "the")
    assert vocabulary.pad == 2


def test_kept_types_need_no_count():
    vocabulary = Vocabulary.from_counts({"a": 1, "b": 1}, min_count=2, keep=["b", "c"])
    assert dict(zip(vocabulary.types, vocabulary.counts, strict=True)) == {
        "<unk>": 1,
        "<eos>": 0,
        "b": 1,
        "c": 0,
    }


@given(WORDS, st.integers(3, 9), st.integers(1, 3))
def test_counts_are_those_of_the_ids(words, size, least):
    """Counting the ids of the text gives the counts of the vocabulary."""
    vocabulary = Vocabulary.from_counts(collections.Counter(words), size, least)
    ids = collections.Counter(vocabulary.ids(words))
    assert [ids[i] for i in range(len(vocabulary))] == list(vocabulary.counts)
    assert len(vocabulary) <= size


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 5)))
def test_ids_and_tokens_are_inverse(counts):
    vocabulary = Vocabulary.from_counts(counts)
    ids = list(range(len(vocabulary)))
    assert vocabulary.ids(vocabulary.tokens(ids)) == ids
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary
    assert all(token in vocabulary for token in vocabulary.types)
    assert "not a word, surely" not in vocabulary


def test_sha256_names_the_ids_alone():
    one = Vocabulary.from_counts({"a": 2, "b": 1})
    assert one.sha256 == Vocabulary.from_counts({"a": 5, "b": 1, "<eos>": 2}).sha256
    assert one.sha256 != Vocabulary.from_counts({"a": 1, "b": 2}).sha256


def test_one_hot():
    vocabulary = Vocabulary.from_counts({"a": 1})
    ids = np.array([[2, 0], [1, 2]], np.uint16)
    expected = np.zeros((2, 2, 3))
    for i in range(2):
        for j in range(2):
            expected[i, j, ids[i, j]] = 1
    vectors = vocabulary.one_hot(ids)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, expected)
    assert vocabulary.one_hot(1).tolist() == [0, 1, 0]


@pytest.mark.parametrize("bad", [-1, 3])
def test_ids_outside(bad):
    vocabulary = Vocabulary.from_counts({"a": 1})
    with pytest.raises(ValueError, match=f"id {bad} is outside"):
        vocabulary.tokens([0, bad])
    with pytest.raises(ValueError, match="outside"):
        vocabulary.one_hot([0, bad])


@pytest.mark.parametrize(("limits", "message"), [({"size": 2}, "no room"), ({"min_count": 0}, "1")])
def test_limits_that_nothing_meets(limits, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary.from_counts({"a": 1}, **limits)


def test_a_file_comes_back_the_same(tmp_path):
    vocabulary = Vocabulary.from_counts(COUNTS, pad=True)
    vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json") == vocabulary
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "not a seqkit vocabulary"),
        ({"version": 9}, "version 9"),
        ({"types": "abc"}, "'types'"),
        ({"types": ["<unk>", "<eos>", 3]}, "list of str"),
        ({"types": ["<unk>", "<eos>", ""]}, "empty token"),
        ({"types": ["<eos>", "<unk>", "a"]}, "begins with"),
        ({"types": ["a", "b", "c"]}, "begins with"),
        ({"types": ["<unk>", "<eos>", "<unk>"]}, "'<unk>' stands twice"),
        ({"types": ["<unk>", "<eos>", "a", "<pad>"], "counts": [0, 0, 1, 1]}, "begins with"),
        ({"types": ["<unk>", "<eos>"]}, "2 types but 3 counts"),
        ({"counts": [0, 0, 1.5]}, "list of int"),
        ({"counts": [0, 0, -1]}, "negative"),
        ({"types": ["<unk>", "<eos>", "b", "a"], "counts": [0, 0, 1, 1]}, "out of order"),
        ({"types": ["<unk>", "<eos>", "a", "b"], "counts": [0, 0, 1, 2]}, "out of order"),
    ],
)
def test_damage_is_named(change, message, tmp_path):
    value = Vocabulary.from_counts({"a": 1}).to_json() | change
    path = tmp_path / "v.json"
    path.write_text(json.dumps(value))
    with pytest.raises(ValueError, match=message) as error:
        Vocabulary.load(path)
    assert "v.json" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff\xfe"])
def test_what_is_no_json_is_refused(data, tmp_path):
    (tmp_path / "v.json").write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.json: damaged or foreign"):
        Vocabulary.load(tmp_path / "v.json")
