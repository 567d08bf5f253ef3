"""Windows against slow loops: every word with what its reach covers, sentence by sentence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.word2vec.windows import BLOCK, Passage, numbered, read_passage

IDS = st.lists(st.integers(0, 6), max_size=60)
KEEP_ALL = np.array([0, 0, 1, 1, 1, 1, 1.0])


def passage_of(ids, window, keep=KEEP_ALL, seed=0):
    return read_passage(np.array(ids, np.uint16), keep, window, np.random.default_rng(seed))


def loop_pairs(passage):
    """(context, target) as places in the passage, by target, from the left to the right."""
    return [
        (c, t)
        for t in range(len(passage.words))
        for c in range(len(passage.words))
        if c != t
        and abs(c - t) <= passage.reaches[t]
        and passage.sentences[c] == passage.sentences[t]
    ]


@settings(deadline=None)
@given(ids=IDS, window=st.integers(1, 4))
def test_a_passage_has_the_words_and_their_sentences(ids, window):
    passage = passage_of(ids, window)
    places = [i for i, word in enumerate(ids) if word >= 2]
    assert passage.words.tolist() == [ids[i] for i in places]
    assert passage.sentences.tolist() == [ids[:i].count(1) for i in places]
    assert len(passage.reaches) == len(places)
    assert all(1 <= reach <= window for reach in passage.reaches)
    assert passage.words.dtype == np.int64


@settings(deadline=None)
@given(ids=IDS, window=st.integers(1, 4), size=st.integers(1, 70))
def test_chunks_have_every_pair_once(ids, window, size):
    passage = passage_of(ids, window, seed=size)
    found, shares = [], []
    for share, windows in passage.chunks(size):
        first = len(shares) * size - window  # the place in the passage of the chunk's position 0
        assert len(windows.words) == size + 2 * window and len(windows.middle) == size
        assert all(window <= t < window + size for t in windows.targets)
        for place, word in enumerate(windows.words.tolist()):
            inside = 0 <= first + place < len(passage.words)
            assert word == (passage.words[first + place] if inside else 0)
        found += zip(windows.rows + first, windows.targets + first, strict=True)
        shares.append(share)
    assert found == loop_pairs(passage)
    assert shares == [n * size / len(passage.words) for n in range(len(shares))]


def test_windows_by_hand():
    """The unknown word is passed over; the second sentence is out of reach."""
    passage = Passage(np.array([5, 6, 7, 8]), np.array([0, 0, 0, 1]), np.array([1, 2, 2, 2]), 2)
    ((share, windows),) = passage.chunks(4)
    assert share == 0
    assert windows.words.tolist() == [0, 0, 5, 6, 7, 8, 0, 0]
    assert windows.middle.tolist() == [5, 6, 7, 8]
    # 5 looks at 6; 6 at 5 and 7; 7 at 5 and 6; 8 is alone
    assert windows.rows.tolist() == [3, 2, 4, 2, 3]
    assert windows.targets.tolist() == [2, 3, 3, 4, 4]
    assert windows.at.tolist() == [0, 1, 1, 2, 2]


@settings(deadline=None)
@given(ids=IDS, window=st.integers(1, 4), each=st.integers(1, 3))
def test_cells_are_where_pairs_stand_in_the_band(ids, window, each):
    for _, windows in passage_of(ids, window).chunks(2 * BLOCK):
        t, k, w = np.indices((2 * BLOCK, each, BLOCK + 2 * window))
        position, word = (t - t % BLOCK + w).ravel(), t.ravel()
        for level in range(each):
            cells = windows.cells(each) + level * windows.width
            assert (position[cells] == windows.rows).all()
            assert (word[cells] == windows.at).all()
            assert (k.ravel()[cells] == level).all()


@settings(deadline=None)
@given(ids=IDS, window=st.integers(1, 4))
def test_merged_windows_predict_each_word_once_from_its_own_row(ids, window):
    for _, windows in passage_of(ids, window).chunks(2 * BLOCK):
        merged = windows.merged()
        assert merged.words.tolist() == windows.middle.tolist() == merged.middle.tolist()
        wanted = sorted({target - window for target in windows.targets.tolist()})
        assert merged.rows.tolist() == merged.targets.tolist() == merged.at.tolist() == wanted
        w = np.tile(np.arange(BLOCK), 2 * BLOCK)  # no margin: a band of squares, their diagonals
        assert (w[merged.cells()] == merged.rows % BLOCK).all()


def test_words_are_kept_as_often_as_they_should_be():
    ids, keep = np.tile([2, 3, 4], 30_000), np.array([0, 0, 1, 0.5, 0.01])
    passage = passage_of(ids, 3, keep)
    for word, share in ((2, 1), (3, 0.5), (4, 0.01)):
        kept = (passage.words == word).sum()
        assert abs(kept - 30_000 * share) <= 5 * np.sqrt(30_000 * share * (1 - share))
    assert set(passage_of([3] * 50, 3, np.zeros(4)).words) == set()


def test_reaches_are_uniform():
    passage = passage_of([2] * 60_000, 6)
    found = np.bincount(passage.reaches)[1:]
    assert len(found) == 6
    assert (np.abs(found - 10_000) < 5 * np.sqrt(60_000 / 6 * 5 / 6)).all()


def test_the_generator_decides():
    ids = np.random.default_rng(1).integers(0, 7, 200)
    passages = [passage_of(ids, 4, KEEP_ALL / 2, seed) for seed in (8, 8, 9)]
    same, again, other = [(p.words.tolist(), p.reaches.tolist()) for p in passages]
    assert same == again and same != other


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32])
def test_ids_may_lie_on_disk(tmp_path, dtype):
    ids = np.array([2, 0, 3, 1, 4, 4], dtype)
    (tmp_path / "ids").write_bytes(ids.tobytes())
    mapped = np.memmap(tmp_path / "ids", dtype, mode="r")
    passage = read_passage(mapped, KEEP_ALL, 1, np.random.default_rng(0))
    assert passage.words.tolist() == [2, 3, 4, 4]
    assert passage.sentences.tolist() == [0, 0, 1, 1]
    assert type(passage.words) is np.ndarray


@settings(deadline=None)
@given(counts=st.lists(st.integers(0, 4), max_size=8))
def test_numbered(counts):
    owner, number = numbered(np.array(counts, np.int64))
    pairs = [(i, n) for i, count in enumerate(counts) for n in range(count)]
    assert list(zip(owner.tolist(), number.tolist(), strict=True)) == pairs
