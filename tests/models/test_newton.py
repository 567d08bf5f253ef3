"""Conjugate gradients against a direct solution; `test_linear` holds the minimum to its peers."""

import numpy as np
import pytest

from seqkit.models.logistic_losses import SigmoidLoss
from seqkit.models.newton import best_bias, conjugate_gradients


def test_conjugate_gradients_solve_linear_equations():
    random = np.random.default_rng(1)
    root = random.normal(size=(12, 20)) * 10.0 ** random.integers(-2, 3, (12, 1))
    matrix, wanted = root @ root.T + np.eye(12), random.normal(size=(6, 2))

    def bent(moves):
        return (matrix @ moves.reshape(12)).reshape(6, 2)

    found = conjugate_gradients(bent, wanted, np.diag(matrix).reshape(6, 2), 1e-10)
    want = np.linalg.solve(matrix, wanted.reshape(12)).reshape(6, 2)
    np.testing.assert_allclose(found, want, rtol=1e-6)


def test_conjugate_gradients_stop_at_what_is_enough():
    rounds = []

    def bent(moves):
        rounds.append(1)
        return moves * np.arange(1, 9)[:, None]

    wanted = np.ones((8, 1))
    found = conjugate_gradients(bent, wanted, np.ones((8, 1)), 0.5)
    assert np.linalg.norm(wanted - found * np.arange(1, 9)[:, None]) <= 0.5
    assert 1 <= len(rounds) < 8


def test_the_best_bias_is_that_of_a_fine_grid():
    random = np.random.default_rng(2)
    scores, weights = random.normal(size=(30, 1)) * 20 - 7, random.random((30, 1))
    loss = SigmoidLoss(random.integers(0, 2, (30, 1)).astype(float), weights)
    grid = np.linspace(-40, 40, 80_001)
    want = grid[np.argmin([loss.value(scores + bias) for bias in grid])]
    assert best_bias(loss, scores) == pytest.approx(want, abs=1e-3)


def test_separated_sides_have_a_best_bias_too():
    scores = np.array([[-900.0], [-700.0], [800.0]])
    loss = SigmoidLoss(np.array([[0.0], [0.0], [1.0]]), np.ones((3, 1)))
    assert -800 < best_bias(loss, scores) < 700
