"""Labels against loops in plain Python."""

import math

import numpy as np
import pytest

from seqkit.tasks.classifying.labels import Labels


def test_names_are_sorted_and_one_label_is_a_class():
    labels = Labels.of([("b",), ("a",), ("b",)])
    assert labels == Labels(("a", "b"), many=False)
    assert labels.targets([("b",), ("a",), ("c",), ("a", "b")]).tolist() == [1, 0, -1, -1]


@pytest.mark.parametrize("own", [(), ("a", "b")])
def test_texts_with_none_or_two_labels_make_it_many(own):
    labels = Labels.of([("a",), ("b",), own])
    assert labels.many
    assert labels.targets([("b",), (), ("a", "b", "c")]).tolist() == [[0, 1], [0, 0], [1, 1]]


def test_a_label_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="a label stands twice among a, a"):
        Labels(("a", "a"))


def test_probabilities_are_a_softmax_or_sigmoids():
    scores = np.array([[0.3, -2.0, 1.0], [900.0, -900.0, 0.0]])
    one, many = (Labels(("a", "b", "c"), many).probabilities(scores) for many in (False, True))
    for row, shares, apart in zip(scores, one, many, strict=True):
        total = sum(math.exp(score - max(row)) for score in row)
        np.testing.assert_allclose(shares, [math.exp(s - max(row)) / total for s in row])
        sigmoids = [1 / (1 + math.exp(-s)) if s > -700 else 0.0 for s in row]
        np.testing.assert_allclose(apart, sigmoids, atol=1e-15)


def test_the_likeliest_label_or_all_above_a_half():
    shares = np.array([[0.2, 0.8], [0.6, 0.55], [0.1, 0.5]])
    assert Labels(("a", "b")).decide(shares) == [("b",), ("a",), ("b",)]
    assert Labels(("a", "b"), many=True).decide(shares) == [("b",), ("a", "b"), ()]
