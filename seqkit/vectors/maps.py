"""Vectors as points of a plane (W6), for pictures: principal axes, and t-SNE."""

import importlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


class PrincipalMap(NamedTuple):
    """Points (N, 2) on the two principal axes, and the share of the variance along each (2,)."""

    points: Points
    shares: Points


def pca(matrix: npt.ArrayLike) -> PrincipalMap:
    """The projection of N vectors (N, D) on the two axes of largest variance (W6).

    By the singular values of the centred matrix. Each axis points to where its largest coefficient
    is positive, so that the picture does not depend on the machine. ValueError for fewer than two
    vectors and for numbers that are not finite.
    """
    rows = _checked(matrix)
    rows = rows - rows.mean(axis=0)
    _, sizes, axes = np.linalg.svd(rows, full_matrices=False)  # (R,), (R, D); R = min(N, D)
    signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1))
    points, shares = np.zeros((len(rows), 2)), np.zeros(2)
    found = rows @ (axes * signs)[:2].T  # (N, 2), or (N, 1) where D is 1
    points[:, : found.shape[1]] = found
    total = (sizes**2).sum()
    if total > 0:
        shares[: len(sizes)] = (sizes**2 / total)[:2]
    return PrincipalMap(points, shares)


def tsne(matrix: npt.ArrayLike, seed: int = 0, perplexity: float = 30.0) -> Points:
    """N vectors (N, D) as points (N, 2) with near ones near (t-SNE; van der Maaten & Hinton 2008).

    perplexity: about how many neighbours each point has; less than N. It begins from the principal
    axes. RuntimeError where scikit-learn, which computes it, is not installed.
    """
    rows = _checked(matrix)
    if not 0 < perplexity < len(rows):
        raise ValueError(f"perplexity must be above 0 and below {len(rows)}, got {perplexity}")
    try:
        manifold = importlib.import_module("sklearn.manifold")
    except ImportError as error:
        raise RuntimeError('t-SNE needs scikit-learn: pip install "seqkit[tsne]"') from error
    model = manifold.TSNE(n_components=2, perplexity=perplexity, init="pca", random_state=seed)
    return np.asarray(model.fit_transform(rows), np.float64)


def _checked(matrix: npt.ArrayLike) -> Points:
    rows = np.asarray(matrix, np.float64)
    if rows.ndim != 2 or len(rows) < 2 or not rows.size or not np.isfinite(rows).all():
        raise ValueError(f"a map needs two or more finite vectors, got an array of {rows.shape}")
    return rows
