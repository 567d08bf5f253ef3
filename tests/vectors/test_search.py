"""Partial selection, norms and unit vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.vectors import search

SCORES = st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, -np.inf]), max_size=30)


@given(SCORES, st.integers(1, 12))
def test_the_largest_are_those_of_a_full_sort(scores, topn):
    places = search.largest(np.array(scores, np.float32), topn)
    assert places.tolist() == sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:topn]


@given(SCORES, st.integers(1, 12), st.integers(1, 30), st.sets(st.integers(0, 29)))
def test_the_nearest_are_those_of_a_full_sort(scores, topn, size, left_out):
    blocks = (
        (start, np.array([scores[start : start + size]], np.float32))
        for start in range(0, len(scores), size)
    )
    rows, best = search.nearest(blocks, topn, [sorted(left_out)])[0]
    sound = [i for i in range(len(scores)) if i not in left_out and scores[i] > -np.inf]
    wanted = sorted(sound, key=lambda i: (-scores[i], i))[:topn]
    assert rows.tolist() == wanted
    assert best.tolist() == [scores[i] for i in wanted]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_norms_of_what_is_not_finite(bad):
    rows = np.array([[3, 4], [bad, 0], [0, 0], [3e38, 3e38]], np.float32)
    assert search.norms_of(rows).tolist() == [5, np.inf, 0, np.inf]
    with pytest.raises(ValueError, match="not finite"):
        search.unit(rows)


def test_only_blocks_of_a_matrix_are_touched(tmp_path, monkeypatch):
    """A memory map is read in pieces of ROWS, and the scores are never all there."""
    monkeypatch.setattr(search, "ROWS", 8)
    matrix = np.memmap(tmp_path / "m", np.float32, "w+", shape=(100, 3))
    matrix[:] = np.random.default_rng(0).normal(size=(100, 3))
    norms = search.norms_of(matrix)
    sizes = [block.shape for _, block in search.cosines(matrix[:2], matrix, norms, 50)]
    assert sizes == [(2, 8)] * 6 + [(2, 2)]
