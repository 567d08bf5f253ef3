"""Holding labelled texts out: the sizes asked for, each label in its share, none lost."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seqkit.corpora.labelled_splitting import count_labels, hold_out
from seqkit.corpora.records import Labelled


class Listed:
    """A labelled corpus out of a list of label sets."""

    name, description, source, synthetic = "listed", "a list", "here", True

    def __init__(self, labels):
        self.records = [Labelled(f"text {i}", (x,) if isinstance(x, str) else x, i)
                        for i, x in enumerate(labels)]  # fmt: skip

    def __iter__(self):
        return iter(self.records)

    def place(self, record):
        return f"here, line {record.line}"

    def warnings(self):
        return ["listed by hand"]


def parts_of(corpus, **shares):
    return [list(part) for part in hold_out(corpus, count_labels(corpus), shares)]


@given(
    st.lists(st.sampled_from("aaaaabbc"), min_size=12, max_size=80),
    st.sampled_from([0.1, 0.2, 0.25, 1 / 3]),
    st.sampled_from([0.1, 0.15, 0.45]),
)
def test_each_label_has_its_share(labels, valid, test):
    sizes = [int(len(labels) * share) for share in (valid, test)]
    assume(sum(sizes) <= len(labels) - len(set(labels)))
    train, *held_out = parts_of(Listed(labels), valid=valid, test=test)
    assert [len(part) for part in held_out] == sizes
    every = sorted(record.line for part in (train, *held_out) for record in part)
    assert every == list(range(len(labels)))
    assert {record.labels for record in train} == {(label,) for label in labels}
    whole = Counter(labels)
    rest = len(labels) - len(whole)
    for part, size in zip(held_out, sizes, strict=True):
        found = Counter(record.labels[0] for record in part)
        for label, count in whole.items():
            # Held out first and then dealt, so it may be off by one at each of two steps.
            assert abs(found[label] - (count - 1) * size / rest) < 2
    for part in (train, *held_out):
        assert [record.line for record in part] == sorted(record.line for record in part)


def test_held_out_texts_are_spread_over_a_sorted_file():
    train, valid = parts_of(Listed(["a"] * 21 + ["b"] * 11), valid=0.1)
    assert [record.line for record in valid] == [10, 20, 31]
    assert len(train) == 29


def test_the_order_of_the_labels_does_not_matter():
    labels = ["a", "b", "c", "b"] * 10
    swapped = [{"a": "c", "c": "a"}.get(label, label) for label in labels]
    sizes = [
        [Counter(r.labels[0] for r in part)["b"] for part in parts_of(Listed(x), valid=0.25)]
        for x in (labels, swapped)
    ]
    assert sizes == [[15, 5], [15, 5]]


def test_labels_are_taken_in_their_own_order():
    # a 16, b 16, c 8, the first of each left out: 15, 30 and 37 times 8 / 37 are 3, 6 and 8.
    for labels in ("a" * 16 + "b" * 16 + "c" * 8, "c" * 8 + "b" * 16 + "a" * 16):
        _, valid = parts_of(Listed(labels), valid=0.2)
        assert Counter(record.labels[0] for record in valid) == {"a": 3, "b": 3, "c": 2}


def test_many_labels_a_text_count_under_the_first():
    sets = [("a",), ("a", "b"), (), ("b", "a"), ("b",)] * 8
    train, valid = parts_of(Listed(sets), valid=0.2)
    # No label 8, a 16, b 16, the first of each left out: 7, 22 and 37 times 8 / 37 are 1, 4 and 8.
    assert Counter(record.labels[:1] for record in valid) == {(): 1, ("a",): 3, ("b",): 4}
    assert len(train) == 32


def test_what_a_part_says_of_itself():
    corpus = Listed("ab" * 10)
    train, valid = hold_out(corpus, count_labels(corpus), {"valid": None})
    assert [(part.name, len(list(part))) for part in (train, valid)] == [
        ("listed (train)", 18),
        ("listed (valid)", 2),
    ]
    assert list(valid) == list(valid)
    assert (valid.description, valid.source, valid.synthetic) == ("a list", "here", True)
    assert valid.place(Labelled("x", (), 7)) == "here, line 7"
    assert (train.warnings(), valid.warnings()) == (["listed by hand"], [])


@pytest.mark.parametrize("share", [0.0, 0.5, -0.1, 3.0])
def test_what_is_no_share(share):
    with pytest.raises(ValueError, match=f"--test {share:g} is no share: give one between"):
        parts_of(Listed("ab" * 10), test=share)


@pytest.mark.parametrize("labels", ["ab" * 4, "abcdefghijklmnopqrsta"])
def test_too_few_texts(labels):
    message = r"here is too short to hold out valid and test texts from its \d+ of \d+ labels: give"
    with pytest.raises(ValueError, match=message):
        parts_of(Listed(labels), valid=None, test=None)
