"""Conjugate gradients against a direct solution; `test_linear` holds the minimum to its peers."""

import numpy as np

from seqkit.models.newton import conjugate_gradients


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
