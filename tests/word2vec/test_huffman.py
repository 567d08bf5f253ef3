"""The Huffman tree: a code of least mean length whose nodes make a probability of every word."""

import functools
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.word2vec.huffman import huffman_tree

COUNTS = st.lists(st.integers(1, 10**6), min_size=2, max_size=60).map(
    lambda words: np.array([3, 500, *sorted(words, reverse=True)])
)
FEW = st.lists(st.integers(0, 30), min_size=2, max_size=8).map(
    lambda words: np.array([3, 500, *words])
)


def ways(tree):
    """For each word the nodes and the turns on its way."""
    parts = [slice(a, b) for a, b in itertools.pairwise(tree.offsets.tolist())]
    return [(tree.nodes[p].tolist(), tree.signs[p].tolist()) for p in parts[2:]]


def total_depth(tree, counts):
    return int((np.diff(tree.offsets)[2:] * counts[2:]).sum())


def least_total(weights):
    """sum count * depth of the best of all binary trees, by trying every split of every set."""

    @functools.cache
    def least(leaves):
        if leaves & (leaves - 1) == 0:
            return 0
        here = sum(w for i, w in enumerate(weights) if leaves >> i & 1)
        part, best = (leaves - 1) & leaves, math.inf
        while part:
            best = min(best, least(part) + least(leaves ^ part))
            part = (part - 1) & leaves
        return here + best

    return least(2 ** len(weights) - 1)


@settings(deadline=None)
@given(counts=FEW)
def test_no_tree_has_a_smaller_mean_depth(counts):
    assert total_depth(huffman_tree(counts), counts) == least_total(counts[2:].tolist())


@settings(deadline=None)
@given(counts=COUNTS)
def test_the_mean_depth_is_near_the_entropy(counts):
    shares = counts[2:] / counts[2:].sum()
    entropy = float(-(shares * np.log2(shares)).sum())
    mean = total_depth(huffman_tree(counts), counts) / counts[2:].sum()
    assert entropy - 1e-9 <= mean < entropy + 1


@settings(deadline=None)
@given(counts=COUNTS)
def test_no_way_begins_another_and_none_is_left_over(counts):
    codes = sorted(turns for _, turns in ways(huffman_tree(counts)))
    assert all(set(code) <= {1.0, -1.0} for code in codes)
    for one, other in itertools.pairwise(codes):  # sorted: a beginning stands next to its like
        assert other[: len(one)] != one
    assert sum(0.5 ** len(code) for code in codes) == 1


@settings(deadline=None)
@given(counts=COUNTS)
def test_every_node_is_one_place_in_the_tree(counts):
    tree = huffman_tree(counts)
    place_of, node_at = {}, {}
    for nodes, turns in ways(tree):
        for depth, node in enumerate(nodes):
            place = tuple(turns[:depth])
            assert place_of.setdefault(node, place) == place
            assert node_at.setdefault(place, node) == node
    words = len(counts) - 2
    assert sorted(place_of) == list(range(2, 2 + words - 1))  # rows of the output matrix
    assert place_of[2] == ()


@settings(deadline=None)
@given(counts=COUNTS)
def test_the_first_rows_are_the_nodes_met_most_often(counts):
    tree = huffman_tree(counts)
    met = np.bincount(tree.nodes, np.repeat(counts, np.diff(tree.offsets)), len(counts))
    assert (np.diff(met[2 : len(counts) - 1]) <= 0).all()
    for nodes, _ in ways(tree):
        assert nodes == sorted(nodes)


@settings(deadline=None)
@given(counts=COUNTS, seed=st.integers(0, 5))
def test_probabilities_of_all_words_sum_to_one_for_any_vectors(counts, seed):
    generator = np.random.default_rng(seed)
    scores = 3 * generator.normal(size=len(counts))  # θ_node · e
    total = 0.0
    for nodes, turns in ways(huffman_tree(counts)):
        steps = zip(nodes, turns, strict=True)
        total += math.prod(1 / (1 + np.exp(-turn * scores[node])) for node, turn in steps)
    assert total == pytest.approx(1, rel=1e-12)


@settings(deadline=None)
@given(counts=COUNTS)
def test_rarer_words_are_no_nearer(counts):
    depths = np.diff(huffman_tree(counts).offsets)
    for a, b in itertools.combinations(range(2, len(counts)), 2):
        assert depths[a] <= depths[b] or counts[a] == counts[b]


def test_special_tokens_have_no_way():
    tree = huffman_tree(np.array([100, 100, 1, 1, 1]))
    assert tree.offsets[:3].tolist() == [0, 0, 0]
    assert len(tree.offsets) == 6
    assert tree.offsets[-1] == len(tree.nodes) == len(tree.signs)


def test_equal_counts_make_a_level_tree():
    tree = huffman_tree(np.array([0, 0, *[5] * 16]))
    assert np.diff(tree.offsets).tolist() == [0, 0, *[4] * 16]
    assert tree.depth == 4


def test_counts_like_fibonacci_make_the_deepest_tree():
    counts = [1, 1]
    while len(counts) < 40:
        counts.append(counts[-1] + counts[-2])
    tree = huffman_tree(np.array([0, 0, *counts[::-1]]))
    assert tree.depth == 39


def test_the_same_counts_make_the_same_tree():
    counts = np.array([0, 0, *[4] * 5, *[2] * 9, 1])
    one, other = huffman_tree(counts), huffman_tree(counts.copy())
    for name in ("offsets", "nodes", "signs"):
        assert (getattr(one, name) == getattr(other, name)).all()


@pytest.mark.parametrize("words", [0, 1])
def test_one_word_alone_has_no_tree(words):
    with pytest.raises(ValueError, match=f"needs two words or more, and there is {words}"):
        huffman_tree(np.array([9, 9, *[5] * words]))
