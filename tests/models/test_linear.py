"""Linear classifiers against scikit-learn, differences and loops."""

import dataclasses

import numpy as np
import pytest

from seqkit.models.linear import (
    LinearConfig,
    LogisticRegression,
    ManyLabels,
    NaiveBayesRegression,
    log_count_ratio,
    one_hot,
)
from seqkit.models.logistic_losses import SigmoidLoss, SoftmaxLoss
from seqkit.models.newton import minimise
from seqkit.models.sparse_products import product, transposed, transposed_product
from tests.text.test_sparse import dense, sparse

EXACT = LinearConfig(l2=0.5, tolerance=1e-8)


def examples(classes, rows=60, features=12, seed=0):
    """Rows of small counts, and labels that depend on them, but not alone."""
    random = np.random.default_rng(seed)
    X = random.poisson(0.4, (rows, features)) * random.integers(1, 4, (rows, features))
    scores = X @ random.normal(size=(features, classes)) + 2 * random.normal(size=(rows, classes))
    labels = scores.argmax(1)
    labels[:classes] = np.arange(classes)
    return X.astype(float), labels


def peer(X, labels, l2, **options):
    linear_model = pytest.importorskip("sklearn.linear_model")
    return linear_model.LogisticRegression(
        C=1 / l2, tol=1e-10, max_iter=100_000, solver="lbfgs", **options
    ).fit(X, labels)


@pytest.mark.parametrize("classes", [2, 3, 6])
@pytest.mark.parametrize("l2", [0.05, 0.5, 20.0])
def test_coefficients_equal_those_of_scikit_learn(classes, l2):
    X, labels = examples(classes)
    model = LogisticRegression.fit(sparse(X), labels, classes, LinearConfig(l2=l2))
    other = peer(X, labels, l2)
    np.testing.assert_allclose(model.weights.T, other.coef_, atol=1e-4)
    np.testing.assert_allclose(model.biases, other.intercept_, atol=1e-4)
    np.testing.assert_allclose(model.probabilities(sparse(X)), other.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize("classes", [2, 4])
def test_class_weights_equal_those_of_scikit_learn(classes):
    X, labels = examples(classes)
    weights = len(labels) / (classes * np.bincount(labels))
    model = LogisticRegression.fit(sparse(X), labels, classes, LinearConfig(), weights)
    other = peer(X, labels, 1.0, class_weight="balanced")
    np.testing.assert_allclose(model.weights.T, other.coef_, atol=1e-4)
    assert not np.allclose(weights, 1)


def ratio_by_loops(X, side, smoothing):
    inside, outside = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    for row, one in zip(X, side, strict=True):
        for f, value in enumerate(row):
            (inside if one else outside)[f] += value
    inside, outside = inside + smoothing, outside + smoothing
    return np.log(inside / inside.sum() / (outside / outside.sum()))


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("beta", [1.0, 0.25])
def test_naive_bayes_is_regression_on_weighted_columns(classes, beta):
    X, labels = examples(classes)
    X = np.minimum(X, 1)
    config = dataclasses.replace(EXACT, interpolation=beta, smoothing=0.7)
    model = NaiveBayesRegression.fit(sparse(X), labels, classes, config)
    for column, k in enumerate([1] if classes == 2 else range(classes)):
        ratio = ratio_by_loops(X, labels == k, 0.7)
        other = peer(X * ratio, labels == k, 0.5)
        learnt = other.coef_[0]
        mixed = beta * learnt + (1 - beta) * np.abs(learnt).mean()
        np.testing.assert_allclose(model.weights[:, column], ratio * mixed, atol=1e-5)
        shares = 1 / (1 + np.exp(-(X @ model.weights[:, column] + model.biases[column])))
        assert shares.sum() == pytest.approx((labels == k).sum())  # what the best bias sees to
        if beta == 1:
            np.testing.assert_allclose(model.biases[column], other.intercept_[0], atol=1e-5)


def test_probabilities_of_one_against_rest_are_scaled_sigmoids():
    X, labels = examples(4)
    model = NaiveBayesRegression.fit(sparse(X).binary(), labels, 4, EXACT)
    shares = 1 / (1 + np.exp(-(X @ model.weights + model.biases)))
    want = shares / shares.sum(1, keepdims=True)
    np.testing.assert_allclose(model.probabilities(sparse(X)), want)
    far = dataclasses.replace(model, biases=np.full(4, -2000.0))
    np.testing.assert_allclose(far.probabilities(sparse(X)).sum(1), 1)


def test_naive_bayes_of_two_classes_has_probabilities_of_both():
    X, labels = examples(2)
    model = NaiveBayesRegression.fit(sparse(X).binary(), labels, 2, EXACT)
    second = 1 / (1 + np.exp(-(X @ model.weights[:, 0] + model.biases[0])))
    np.testing.assert_allclose(
        model.probabilities(sparse(X)), np.stack([1 - second, second], axis=1)
    )


def test_the_ratio_of_a_matrix_is_that_of_loops():
    X, labels = examples(3)
    found = log_count_ratio(sparse(X.T), one_hot(labels, 3)[:, 1:2], 0.3)
    np.testing.assert_allclose(found, ratio_by_loops(X, labels == 1, 0.3))


def test_many_labels_are_as_many_regressions():
    X, labels = examples(3)
    targets = one_hot(labels, 3)
    targets[::4, 1] = 1
    weights = np.array([1.0, 3.0, 0.5])
    model = ManyLabels.fit(sparse(X), targets, EXACT, weights)
    for k in range(3):
        other = peer(X, targets[:, k], 0.5, class_weight={0: 1, 1: weights[k]})
        np.testing.assert_allclose(model.weights[:, k], other.coef_[0], atol=1e-5)
        np.testing.assert_allclose(
            model.probabilities(sparse(X))[:, k], other.predict_proba(X)[:, 1], atol=1e-5
        )


def losses():
    random = np.random.default_rng(5)
    one = one_hot(np.array([0, 2, 1, 1]), 3)
    some = random.integers(0, 2, (4, 3)).astype(float)
    return [
        SoftmaxLoss(one, random.random((4, 1))),
        SigmoidLoss(some, random.random((4, 3))),
    ]


@pytest.mark.parametrize("loss", losses(), ids=["softmax", "sigmoid"])
def test_slopes_and_bends_are_differences(loss):
    random = np.random.default_rng(6)
    scores, moves, tiny = random.normal(size=(4, 3)), random.normal(size=(4, 3)), 1e-6
    ahead, behind = scores + tiny * moves, scores - tiny * moves
    change = (loss.value(ahead) - loss.value(behind)) / (2 * tiny)
    np.testing.assert_allclose((loss.slopes(scores) * moves).sum(), change, rtol=1e-7)
    turned = (loss.slopes(ahead) - loss.slopes(behind)) / (2 * tiny)
    np.testing.assert_allclose(loss.bent(scores, moves), turned, rtol=1e-6, atol=1e-9)
    for place in np.ndindex(scores.shape):
        one = np.zeros_like(scores)
        one[place] = 1
        alone = loss.bent(scores, one)[place]
        np.testing.assert_allclose(loss.own_bends(scores)[place], alone)


@pytest.mark.parametrize("loss", losses(), ids=["softmax", "sigmoid"])
def test_losses_are_those_of_plain_logarithms_and_do_not_overflow(loss):
    scores = np.random.default_rng(7).normal(size=(4, 3))
    if isinstance(loss, SoftmaxLoss):
        shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        want = -(loss.weights * loss.targets * np.log(shares)).sum()
    else:
        shares = 1 / (1 + np.exp(-scores))
        y = loss.targets
        want = -(loss.weights * (y * np.log(shares) + (1 - y) * np.log(1 - shares))).sum()
    np.testing.assert_allclose(loss.value(scores), want)
    for far in (1e4 * scores, -1e4 * scores):
        for found in (loss.value(far), loss.slopes(far), loss.bent(far, scores)):
            assert np.isfinite(found).all()


@pytest.mark.parametrize("K", [1, 3])
def test_products_are_those_of_dense_matrices(K):
    X, _ = examples(2)
    X[3] = 0
    random = np.random.default_rng(8)
    weights, slopes = random.normal(size=(X.shape[1], K)), random.normal(size=(len(X), K))
    np.testing.assert_allclose(product(sparse(X), weights), X @ weights, atol=1e-12)
    np.testing.assert_allclose(transposed_product(sparse(X), slopes), X.T @ slopes, atol=1e-12)


def test_the_transpose_is_that_of_a_dense_matrix():
    X, _ = examples(2)
    X[3], X[:, 5] = 0, 0
    turned, want = transposed(sparse(X)), sparse(X.T)
    np.testing.assert_array_equal(dense(turned), X.T)
    np.testing.assert_array_equal(turned.indices, want.indices)  # ascending


def test_the_gradient_at_the_minimum_vanishes_by_differences():
    X, labels = examples(3)
    loss = SoftmaxLoss(one_hot(labels, 3), np.ones((len(X), 1)))
    weights, biases = minimise(sparse(X.T), loss, 3, 0.5, 1e-9)

    def cost(W, b):
        return loss.value(X @ W + b) + 0.25 * (W**2).sum()

    for f, k in np.ndindex(weights.shape):
        tiny = np.zeros_like(weights)
        tiny[f, k] = 1e-5
        slope = (cost(weights + tiny, biases) - cost(weights - tiny, biases)) / 2e-5
        assert abs(slope) < 1e-7
    for k in range(3):
        tiny = np.eye(3)[k] * 1e-5
        assert abs(cost(weights, biases + tiny) - cost(weights, biases - tiny)) / 2e-5 < 1e-7


def test_separable_classes_still_end():
    X = np.eye(4)
    model = LogisticRegression.fit(sparse(X), np.array([0, 0, 1, 1]), 2, LinearConfig(l2=1e-6))
    assert (model.probabilities(sparse(X)).argmax(1) == [0, 0, 1, 1]).all()
    assert np.isfinite(model.weights).all()


@pytest.mark.parametrize("kind", [LogisticRegression, NaiveBayesRegression])
def test_labels_that_cannot_be_learnt_are_refused(kind):
    X = sparse(np.ones((3, 2)))
    for labels, classes, complaint in (
        ([0, 0, 0], 1, "two classes or more, got 1"),
        ([0, 0, 0], 2, "class 1 has no example"),
        ([0, 2, 2], 3, "class 1 has no example"),
        ([0, 1, 2], 2, r"outside 0\.\.1"),
        ([0, -1, 1], 2, r"outside 0\.\.1"),
        ([0, 1], 2, "2 labels for 3 rows"),
    ):
        with pytest.raises(ValueError, match=complaint):
            kind.fit(X, np.array(labels), classes, EXACT)
    with pytest.raises(ValueError, match="class weights must be 2 numbers"):
        kind.fit(X, np.array([0, 1, 1]), 2, EXACT, np.array([1.0, 0.0]))


def test_a_label_that_all_have_is_expected_of_all():
    targets = np.array([[1, 0], [1, 1], [1, 0]])
    model = ManyLabels.fit(sparse(np.eye(3)), targets, LinearConfig(tolerance=1e-3))
    assert (model.probabilities(sparse(np.zeros((1, 3))))[0, 0]) > 0.99
    assert np.isfinite(model.weights).all()


def test_many_labels_that_cannot_be_learnt_are_refused():
    X = sparse(np.ones((2, 2)))
    for targets, complaint in (
        ([[1, 0], [0, 0]], "label 1 has no example"),
        ([[2, 0], [0, 1]], "another number than 0 and 1"),
        ([[1, 0]], r"do not fit 2 rows"),
    ):
        with pytest.raises(ValueError, match=complaint):
            ManyLabels.fit(X, np.array(targets), EXACT)


def test_settings_and_widths_are_checked():
    for wrong in ({"l2": 0.0}, {"smoothing": -1.0}, {"tolerance": float("inf")}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be more than 0"):
            LinearConfig(**wrong)
    with pytest.raises(ValueError, match="interpolation must be from 0 to 1"):
        LinearConfig(interpolation=1.5)
    X, labels = examples(2)
    model = LogisticRegression.fit(sparse(X), labels, 2, EXACT)
    with pytest.raises(ValueError, match="features number 3"):
        model.scores(sparse(X[:, :3]))


def test_rows_chosen_are_predicted_alike_alone_and_together():
    X, labels = examples(3)
    model = LogisticRegression.fit(sparse(X), labels, 3, EXACT)
    alone, together = model.probabilities(sparse(X[[5]])), model.probabilities(sparse(X))
    np.testing.assert_array_equal(alone[0], together[5])
