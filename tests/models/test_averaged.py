"""The averaged-embedding classifier against a loop over examples in float64."""

import dataclasses

import numpy as np
import pytest

from seqkit.models.averaged import AveragedConfig, AveragedEmbeddings, AveragedLabels
from seqkit.models.averaged_kernels import train_rows
from seqkit.models.linear import one_hot
from tests.models.test_linear import examples
from tests.text.test_sparse import sparse

CONFIG = AveragedConfig(dim=5, rate=0.3, epochs=3)


def trained_by_loops(X, labels, classes, config, class_weights):
    """Stochastic gradient descent, written down from the equations."""
    begin = AveragedEmbeddings.new(X.shape[1], classes, config)
    E, A = begin.embeddings.astype(float), begin.outputs.astype(float)
    random, step = np.random.default_rng([config.seed, 1]), 0
    for _ in range(config.epochs):
        for b in random.permutation(len(X)):
            rate = config.rate * (1 - step / (config.epochs * len(X)))
            rate *= class_weights[labels[b]] / class_weights.max()
            step += 1
            if X[b].sum() == 0:
                continue
            shares = X[b] / X[b].sum()  # (F,)
            h = shares @ E  # (D,)
            p = np.exp(A @ h) / np.exp(A @ h).sum()
            slopes = p - np.eye(classes)[labels[b]]  # (K,)
            E, A = E - rate * np.outer(shares, A.T @ slopes), A - rate * np.outer(slopes, h)
    return E, A


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_training_is_that_of_plain_loops(classes, weighted):
    X, labels = examples(classes, rows=300)
    X[7] = 0
    weights = np.linspace(0.5, 2, classes) if weighted else np.ones(classes)
    model = AveragedEmbeddings.fit(sparse(X), labels, classes, CONFIG, weights)
    E, A = trained_by_loops(X, labels, classes, CONFIG, weights)
    np.testing.assert_allclose(model.embeddings, E, atol=2e-5)
    np.testing.assert_allclose(model.outputs, A, atol=2e-5)
    assert np.abs(A).max() > 0.1


def many_by_loops(X, targets, config, class_weights):
    """The same for many labels, each with a sigmoid of its own."""
    begin = AveragedLabels.new(X.shape[1], targets.shape[1], config)
    E, A = begin.embeddings.astype(float), begin.outputs.astype(float)
    random, step = np.random.default_rng([config.seed, 1]), 0
    for _ in range(config.epochs):
        for b in random.permutation(len(X)):
            rate = config.rate * (1 - step / (config.epochs * len(X))) / class_weights.max()
            step += 1
            if X[b].sum() == 0:
                continue
            shares = X[b] / X[b].sum()  # (F,)
            h = shares @ E  # (D,)
            slopes = 1 / (1 + np.exp(-A @ h)) - targets[b]  # (K,)
            slopes *= np.where(targets[b] == 1, class_weights, 1)
            E, A = E - rate * np.outer(shares, A.T @ slopes), A - rate * np.outer(slopes, h)
    return E, A


@pytest.mark.parametrize("weights", [None, np.array([1.0, 3.0, 0.5])])
def test_training_many_labels_is_that_of_plain_loops(weights):
    X, labels = examples(3, rows=300)
    X[7] = 0
    targets = one_hot(labels, 3)
    targets[::4, 1] = 1
    model = AveragedLabels.fit(sparse(X), targets, CONFIG, weights)
    E, A = many_by_loops(X, targets, CONFIG, np.ones(3) if weights is None else weights)
    np.testing.assert_allclose(model.embeddings, E, atol=2e-5)
    np.testing.assert_allclose(model.outputs, A, atol=2e-5)
    assert np.abs(A).max() > 0.1
    shares = 1 / (1 + np.exp(-model.scores(sparse(X))))
    np.testing.assert_allclose(model.probabilities(sparse(X)), shares, atol=1e-6)


def test_a_step_is_the_gradient_by_differences():
    """Of one row, in one epoch: what moves is the loss's own slope."""
    X, classes = np.array([[1.0, 0.0, 3.0], [2.0, 1.0, 0.0]]), 2
    config = AveragedConfig(dim=4, rate=1.0, epochs=1)
    begin = AveragedEmbeddings.new(3, classes, config)
    random = np.random.default_rng(2)
    E, A = begin.embeddings.astype(float), random.normal(size=(2, 4))

    def loss(E, A):
        z = A @ (X[1] / X[1].sum() @ E)
        return np.log(np.exp(z).sum()) - z[1]

    moved_E, moved_A = E.copy(), A.copy()
    matrix = sparse(X)
    train_rows(
        (matrix.starts, matrix.indices, matrix.values), np.array([0, 1]), np.array([1]),
        np.array([1.0]), (moved_E, moved_A),
    )  # fmt: skip
    for begun, moved, slope_of in (
        (E, moved_E, lambda tiny: loss(E + tiny, A) - loss(E - tiny, A)),
        (A, moved_A, lambda tiny: loss(E, A + tiny) - loss(E, A - tiny)),
    ):
        for place in np.ndindex(begun.shape):
            tiny = np.zeros_like(begun)
            tiny[place] = 1e-5
            np.testing.assert_allclose((begun - moved)[place], slope_of(tiny) / 2e-5, atol=1e-9)


def test_scores_are_those_of_means():
    X, labels = examples(3)
    X[4] = 0
    model = AveragedEmbeddings.fit(sparse(X), labels, 3, CONFIG)
    means = X / np.maximum(X.sum(1, keepdims=True), 1) @ model.embeddings
    want = means @ model.outputs.T
    np.testing.assert_allclose(model.scores(sparse(X)), want, atol=1e-5)
    shares = np.exp(want) / np.exp(want).sum(1, keepdims=True)
    np.testing.assert_allclose(model.probabilities(sparse(X)), shares, atol=1e-5)


def test_it_learns_and_several_threads_learn_as_well():
    random = np.random.default_rng(3)
    labels = random.integers(0, 3, 1500)
    X = random.poisson(0.05, (1500, 30)).astype(float)
    X[np.arange(1500), 3 * random.integers(0, 10, 1500) + labels] += 3
    for threads in (1, 3):
        config = AveragedConfig(dim=8, rate=0.5, epochs=20, threads=threads)
        model = AveragedEmbeddings.fit(sparse(X), labels, 3, config)
        assert (model.probabilities(sparse(X)).argmax(1) == labels).mean() > 0.9


def test_a_seed_decides_everything():
    X, labels = examples(2)
    first, same, other = (
        AveragedEmbeddings.fit(sparse(X), labels, 2, dataclasses.replace(CONFIG, seed=seed))
        for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first.embeddings, same.embeddings)
    assert not np.array_equal(first.embeddings, other.embeddings)


def test_bad_input_is_refused():
    X = sparse(np.ones((3, 2)))
    with pytest.raises(ValueError, match="class 1 has no example"):
        AveragedEmbeddings.fit(X, np.array([0, 0, 0]), 2, CONFIG)
    with pytest.raises(ValueError, match="label 1 has no example"):
        AveragedLabels.fit(X, np.array([[1, 0], [1, 0], [1, 0]]), CONFIG)
    with pytest.raises(ValueError, match="rate must be more than 0"):
        AveragedConfig(rate=0.0)
    with pytest.raises(ValueError, match="threads must be 1 or more"):
        AveragedConfig(threads=0)
    model = AveragedEmbeddings.fit(X, np.array([0, 1, 0]), 2, CONFIG)
    with pytest.raises(ValueError, match="features number 1"):
        model.scores(sparse(np.ones((1, 1))))
    wild = AveragedConfig(rate=1e30)
    with pytest.raises(RuntimeError, match="give a lower rate"):
        AveragedEmbeddings.fit(X, np.array([0, 1, 0]), 2, wild)
