"""L2: every target once, each after the token before it, whatever the shape."""

import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.windows import Windows

SHAPES = {
    "n": st.integers(1, 60),
    "batch": st.integers(1, 7),
    "bptt": st.integers(1, 9),
    "shift": st.integers(0, 80),
    "warmup": st.integers(0, 80),
}


def rows_of(windows):
    """Return each row whole: (inputs, targets), (B, steps)."""
    inputs, targets = zip(*windows, strict=True)
    return np.concatenate(inputs, 1), np.concatenate(targets, 1)


def scored(inputs, targets):
    """Yield (row, everything the row has read so far, target) of every scored position."""
    for b in range(len(targets)):
        for t in range(targets.shape[1]):
            if targets[b, t] >= 0:
                yield b, inputs[b, : t + 1].tolist(), int(targets[b, t])


@given(**SHAPES)
def test_every_target_comes_once_after_its_predecessor(n, batch, bptt, shift, warmup):
    batch = min(batch, n)
    ids = np.arange(100, 100 + n, dtype=np.uint16)  # all different: an id names its place
    inputs, targets = rows_of(Windows(ids, batch, bptt, shift, warmup))
    found = list(scored(inputs, targets))
    stream = [int(ids[(i + shift) % n]) for i in range(n)]
    assert [target for _, _, target in found] == stream
    for b, read, target in found:
        begin = max(0, b * n // batch - warmup)
        end = stream.index(target)
        assert read == [stream[i - 1] for i in range(begin, end + 1)]


@given(**SHAPES)
def test_shapes_and_padding(n, batch, bptt, shift, warmup):
    batch = min(batch, n)
    ids = np.full(n, 7, np.uint16)
    windows = Windows(ids, batch, bptt, shift, warmup)
    shapes = [inputs.shape for inputs, _ in windows]
    assert len(shapes) == len(windows)
    assert all(shape == (batch, bptt) for shape in shapes[:-1])
    assert shapes[-1][0] == batch
    assert 1 <= shapes[-1][1] <= bptt
    inputs, targets = rows_of(windows)
    assert inputs.dtype == targets.dtype == np.int64
    assert targets.shape[1] <= -(-n // batch) + warmup
    for row, marks in zip(inputs, targets, strict=True):  # after a row's end come zeros alone
        end = np.flatnonzero(marks >= 0).max() + 1
        assert not row[end:].any()
        assert row[:end].all()


def test_one_row_is_the_plain_stream():
    ids = np.array([5, 6, 7, 1], np.uint16)
    inputs, targets = rows_of(Windows(ids, 1, 3, warmup=2))
    assert inputs.tolist() == [[1, 5, 6, 7]]
    assert targets.tolist() == [[5, 6, 7, 1]]


def test_full_warmup_gives_what_one_row_gives():
    """With the whole past as warm-up a running state is the same for any batch size."""
    ids = np.random.default_rng(0).integers(0, 50, 101)

    def states(windows):
        inputs, targets = rows_of(windows)
        found = []
        for b in range(len(inputs)):
            state = 0.0
            for x, y in zip(inputs[b], targets[b], strict=True):
                state = np.tanh(0.9 * state + 0.1 * x)
                found += [(state, y)] * int(y >= 0)
        return found

    assert states(Windows(ids, 6, 8, warmup=101)) == states(Windows(ids, 1, 8))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"batch": 9, "bptt": 2}, "8 tokens cannot fill 9 rows: lower the batch size to 8"),
        ({"batch": 0, "bptt": 2}, "batch 0"),
        ({"batch": 2, "bptt": 0}, "bptt 0"),
        ({"batch": 2, "bptt": 2, "warmup": -1}, "warmup -1"),
    ],
)
def test_impossible_shapes(shape, message):
    with pytest.raises(ValueError, match=message):
        Windows(np.arange(8), **shape)


def test_a_window_that_is_not_there():
    with pytest.raises(ValueError, match="no window 4: there are 4"):
        Windows(np.arange(8), 1, 2).window(4)


@pytest.mark.skipif(not pathlib.Path("/proc/self/smaps").exists(), reason="needs Linux")
def test_a_pass_over_a_map_does_not_hold_the_file_in_memory(tmp_path):
    n = 1 << 22
    np.arange(n, dtype=np.uint16).tofile(tmp_path / "ids")
    ids = np.memmap(tmp_path / "ids", np.uint16, mode="r")
    for same in (ids, np.asarray(ids)):
        total = 0
        for inputs, targets in Windows(same, 8, n // 32):
            assert (inputs == (targets - 1) % (1 << 16)).all()
            total += targets.size
        assert total == n
        assert mapped_kilobytes(tmp_path / "ids") < 2 * n / 1024 / 4


def mapped_kilobytes(path):
    """How much of a mapped file is in this process's memory."""
    lines = iter(pathlib.Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        if line.endswith(str(path)):
            return next(int(own.split()[1]) for own in lines if own.startswith("Rss:"))
    raise AssertionError("not mapped")
