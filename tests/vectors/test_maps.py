"""Principal axes against the eigenvectors of the covariance; t-SNE where it is installed."""

import sys

import numpy as np
import pytest

from seqkit.vectors.maps import pca, tsne


def drawn(count=30, width=5, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(size=(count, width)) @ random.normal(size=(width, width)) + 7


@pytest.mark.parametrize("shape", [(30, 5), (4, 9), (2, 3), (50, 2)])
def test_pca_is_the_projection_on_the_eigenvectors_of_the_covariance(shape):
    rows = drawn(*shape)
    count, width = shape
    means = [sum(rows[:, j]) / count for j in range(width)]
    covariance = np.array(
        [
            [sum((r[i] - means[i]) * (r[j] - means[j]) for r in rows) for j in range(width)]
            for i in range(width)
        ]
    )
    values, axes = np.linalg.eigh(covariance)
    found = pca(rows)
    assert found.points.shape == (count, 2)
    for k in range(min(2, count - 1)):
        axis = axes[:, -1 - k]
        axis = axis * np.sign(axis[np.argmax(np.abs(axis))])
        wanted = [sum((r[j] - means[j]) * axis[j] for j in range(width)) for r in rows]
        np.testing.assert_allclose(found.points[:, k], wanted, atol=1e-9)
        assert found.shares[k] == pytest.approx(values[-1 - k] / sum(values))


def test_pca_of_points_in_a_plane_keeps_distances():
    random = np.random.default_rng(1)
    plane = np.linalg.qr(random.normal(size=(6, 2)))[0]  # (6, 2)
    flat = random.normal(size=(20, 2)) @ plane.T + 3
    points, shares = pca(flat)
    for i in range(20):
        for j in range(20):
            wanted = np.linalg.norm(flat[i] - flat[j])
            assert np.linalg.norm(points[i] - points[j]) == pytest.approx(wanted, abs=1e-9)
    assert sum(shares) == pytest.approx(1)


def test_pca_does_not_depend_on_the_order_or_the_place():
    rows = drawn()
    order = np.random.default_rng(2).permutation(30)
    wanted = pca(rows).points
    np.testing.assert_allclose(pca(rows[order]).points, wanted[order], atol=1e-9)
    np.testing.assert_allclose(pca(rows + 100).points, wanted, atol=1e-9)
    np.testing.assert_allclose(pca(rows.astype(np.float32)).points, wanted, atol=1e-3)


def test_pca_of_a_line_and_of_one_point():
    line = pca([[1.0], [2.0], [6.0]])
    np.testing.assert_allclose(line.points, [[-2, 0], [-1, 0], [3, 0]])
    assert line.shares.tolist() == [1, 0]
    alike = pca(np.ones((3, 4)))
    assert alike.points.tolist() == [[0, 0]] * 3 and alike.shares.tolist() == [0, 0]


@pytest.mark.parametrize(
    "rows", [np.ones((1, 3)), np.ones(3), np.ones((3, 0)), [[1, 2], [np.nan, 1]], [[np.inf], [1]]]
)
@pytest.mark.parametrize("draw", [pca, tsne])
def test_what_has_no_map(draw, rows):
    with pytest.raises(ValueError, match="a map needs two or more finite vectors"):
        draw(rows)


@pytest.mark.parametrize("perplexity", [0, -1, 30, 31, float("nan")])
def test_a_perplexity_that_does_not_fit(perplexity):
    with pytest.raises(ValueError, match="perplexity must be above 0 and below 30"):
        tsne(drawn(), 0, perplexity)


def test_tsne_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.manifold", None)
    with pytest.raises(RuntimeError, match=r'pip install "seqkit\[tsne\]"'):
        tsne(drawn(), 0, 5)


def test_tsne_keeps_groups_apart():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    random = np.random.default_rng(0)
    rows = np.concatenate([random.normal(size=(15, 8)) + 30 * k for k in range(3)])
    points = tsne(rows, seed=1, perplexity=5)
    assert points.shape == (45, 2) and points.dtype == np.float64
    for i in range(45):
        away = np.linalg.norm(points - points[i], axis=1)
        away[i] = np.inf
        assert np.argmin(away) // 15 == i // 15
    assert (tsne(rows, seed=1, perplexity=5) == points).all()
