"""The closed forms that trainings are held to: the least of what they say it is the least of."""

import numpy as np
import pytest

from seqkit.word2vec.huffman import huffman_tree
from tests.word2vec import optimum

V, K = 6, 3


@pytest.fixture
def shares():
    """Random pairs and noise over four words, (p, q)."""
    generator = np.random.default_rng(5)
    p, q = np.zeros((V, V)), np.zeros(V)
    p[2:, 2:] = generator.dirichlet(np.ones(16)).reshape(4, 4)
    q[2:] = generator.dirichlet(np.ones(4))
    return p, q


def factored(scores):
    """Matrices whose product is `scores` (V, V)."""
    return np.eye(V), scores.T


def slopes(loss, scores):
    """The gradient of loss(scores) (V, V) by central differences."""
    found = np.zeros((V, V))
    for c, t in np.ndindex(V, V):
        step = np.zeros((V, V))
        step[c, t] = 1e-5
        found[c, t] = (loss(scores + step) - loss(scores - step)) / 2e-5
    return found


def test_the_optimum_of_noise_is_reached_at_the_logarithm_of_the_ratio(shares):
    p, q = shares
    scores = np.zeros((V, V))
    scores[2:, 2:] = np.log(p[2:, 2:] / optimum.noise_weights(p, q, K)[2:, 2:])

    def loss(scores):
        return optimum.noise_loss(p, q, K, *factored(scores))

    assert loss(scores) == pytest.approx(optimum.noise_optimum(p, q, K), rel=1e-12)
    assert np.abs(slopes(loss, scores)).max() < 1e-9  # convex, so there is no lower one


def test_noise_by_hand():
    """Two words that only meet each other, each as frequent: the other is the only noise."""
    p, q = np.zeros((4, 4)), np.array([0, 0, 0.5, 0.5])
    p[2, 3] = p[3, 2] = 0.5
    weights = optimum.noise_weights(p, q, 2)
    assert weights[2, 2] == weights[3, 3] == 0.5 and weights[2, 3] == weights[3, 2] == 0
    assert optimum.noise_optimum(p, q, 2) == 0


def test_the_entropy_is_reached_at_the_logarithms_of_the_shares(shares):
    p, _ = shares
    scores = np.log(np.maximum(p, 1e-300))

    def loss(scores):
        return optimum.softmax_loss(p, *factored(scores))

    assert loss(scores) == pytest.approx(optimum.conditional_entropy(p), rel=1e-12)
    assert np.abs(slopes(loss, scores)).max() < 1e-9


def test_the_entropy_is_reached_by_a_tree_that_knows_every_turn(shares):
    p, _ = shares
    tree = huffman_tree(np.array([0, 0, 5, 4, 3, 2]))
    left, right = np.zeros((V, V)), np.zeros((V, V))
    for word in range(2, V):
        for step in range(tree.offsets[word], tree.offsets[word + 1]):
            (left if tree.signs[step] > 0 else right)[:, tree.nodes[step]] += p[:, word]
    scores = np.log(np.maximum(left, 1e-300)) - np.log(np.maximum(right, 1e-300))
    loss = optimum.tree_loss(p, tree, *factored(scores))
    assert loss == pytest.approx(optimum.conditional_entropy(p), rel=1e-12)


def test_pairs_by_hand():
    ids = np.array([2, 3, 1, 3, 0, 2, 4, 1])
    wanted = np.zeros((5, 5))
    for a, b, weight in [(2, 3, 1), (3, 2, 1), (2, 4, 1), (3, 4, 0.5)]:
        wanted[a, b] += weight
        wanted[b, a] += weight
    found = optimum.pair_shares(ids, 5, window=2)
    np.testing.assert_allclose(found, wanted / wanted.sum(), rtol=1e-14)
