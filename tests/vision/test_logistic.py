"""Logistic regression: the gradients of N1, and gradient descent step for step against NumPy."""

import numpy as np
import pytest
import torch

from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.model import ImageBatch
from tests.oracles import sigmoid, softmax

M, D, ALPHA = 7, 6, 0.3


def data(K):
    draws = np.random.default_rng(0)
    return draws.normal(size=(D, M)), draws.integers(0, K, M)


def batch(X, y):
    """X (D, M), one image a column as in N1, as images (M, 1, 2, 3)."""
    return ImageBatch(torch.from_numpy(X.T.reshape(M, 1, 2, 3).copy()), torch.from_numpy(y))


def test_gradients_are_those_of_n1():
    X, y = data(2)
    model = Logistic(LogisticConfig((1, 2, 3), 2)).double()
    w, b = (p.detach().numpy().copy() for p in model.parameters())
    loss, count, _ = model.loss(batch(X, y))
    (loss / count).backward()
    dz = sigmoid(w @ X + b) - y  # a - y, (1, M)
    np.testing.assert_allclose(model.head.linear.weight.grad.numpy(), (X @ dz.T / M).T)
    np.testing.assert_allclose(model.head.linear.bias.grad.numpy(), [dz.mean()])


@pytest.mark.parametrize("K", [2, 4])
def test_gradient_descent_step_for_step(K):
    X, y = data(K)
    model = Logistic(LogisticConfig((1, 2, 3), K)).double()
    W, b = (p.detach().numpy().copy() for p in model.parameters())
    optimizer = torch.optim.SGD(model.parameters(), ALPHA)
    first = None
    for _ in range(30):
        Z = W @ X + b[:, None]
        if K == 2:
            A, Y = sigmoid(Z), y[None]
            J = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
        else:
            A, Y = np.stack([softmax(z) for z in Z.T], axis=1), np.eye(K)[y].T
            J = -np.mean(np.sum(Y * np.log(A), axis=0))
        optimizer.zero_grad()
        loss, count, _ = model.loss(batch(X, y))
        (loss / count).backward()
        optimizer.step()
        assert loss.item() / count == pytest.approx(J, rel=1e-12)
        W, b = W - ALPHA * (A - Y) @ X.T / M, b - ALPHA * (A - Y).mean(axis=1)
        for parameter, wanted in zip(model.parameters(), (W, b), strict=True):
            np.testing.assert_allclose(parameter.detach().numpy(), wanted, rtol=1e-10, atol=1e-14)
        first = first or J
    assert 0.8 * first > J
