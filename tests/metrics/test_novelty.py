"""Copied spans against a search that compares every pair of places."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.metrics.novelty import Novelty, Span, novelty

ids = st.lists(st.integers(0, 2), max_size=30)


def by_comparing(training, samples, orders):
    """The same figures from sets of n-grams and the lengths of all common runs."""
    copied = {}
    for n in orders:
        known = {tuple(training[i : i + n]) for i in range(len(training) - n + 1)}
        grams = [tuple(s[i : i + n]) for s in samples for i in range(len(s) - n + 1)]
        if grams:
            copied[n] = sum(gram in known for gram in grams) / len(grams)
    spans = [
        Span(common_run(training[position:], sample[start:]), number, start, position)
        for number, sample in enumerate(samples)
        for start in range(len(sample))
        for position in range(len(training))
    ]
    longest = max(spans, key=lambda span: span.length, default=None)  # the first of the longest
    return Novelty(copied, longest if longest and longest.length else None)


def common_run(a, b):
    return next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )


@settings(deadline=None)  # the first call compiles
@given(ids, st.lists(ids, max_size=4), st.integers(1, 40))
def test_novelty_agrees_with_comparing_everything(training, samples, piece):
    arrays = [np.array(sample, np.uint16) for sample in samples]
    found = novelty(np.array(training, np.uint16), arrays, orders=(1, 2, 3, 5), piece=piece)
    assert found == by_comparing(training, samples, (1, 2, 3, 5))


def test_novelty_agrees_on_a_larger_alphabet():
    generator = np.random.default_rng(0)
    training = generator.integers(0, 60_000, 400)
    samples = [generator.integers(0, 60_000, 20) for _ in range(5)]
    samples[3][4:17] = training[100:113]
    samples[1][:6] = training[-6:]
    found = novelty(training, samples)
    lists = [sample.tolist() for sample in samples]
    assert found == by_comparing(training.tolist(), lists, (4, 8, 12))
    assert found.longest == Span(length=13, sample=3, start=4, position=100)


def test_a_memory_map_is_read_in_pieces_of_any_size(tmp_path):
    generator = np.random.default_rng(1)
    stream = generator.integers(0, 3, 1000).astype(np.uint32)
    stream.tofile(tmp_path / "ids")
    mapped = np.memmap(tmp_path / "ids", np.uint32, "r")
    samples = [generator.integers(0, 3, 50), stream[480:530]]
    whole = novelty(stream, samples)
    assert whole.longest is not None and whole.longest.length >= 50
    for piece in (1, 7, 100, 999):
        assert novelty(mapped, samples, piece=piece) == whole


def test_no_span_crosses_from_one_sample_into_the_next():
    found = novelty(np.arange(10), [np.arange(5), np.arange(5, 10)], orders=(5, 6))
    assert found == Novelty({5: 1.0}, Span(length=5, sample=0, start=0, position=0))


def test_wide_ids_and_repetitive_text_keep_the_automaton_exact():
    wide = 2**32 - 1 - np.arange(6)
    assert novelty(wide, [wide[2:]], orders=(4,)) == Novelty({4: 1.0}, Span(4, 0, 0, 2))
    training = [7] * 50 + [8] + [7] * 20 + [8, 8]
    samples = [[7] * 12 + [8] + [7] * 12 + [8, 8], [8, 7] * 10]
    found = novelty(np.array(training), [np.array(sample) for sample in samples])
    assert found == by_comparing(training, samples, (4, 8, 12))


def test_nothing_to_compare_gives_no_figures():
    assert novelty(np.arange(3), []) == Novelty({}, None)
    assert novelty(np.zeros(0, np.uint16), [np.arange(4)], orders=(4,)) == Novelty({4: 0.0}, None)


@pytest.mark.parametrize(
    ("training", "sample", "message"),
    [
        ([0, -1], [0], "the training stream"),
        ([0, 1], [0, -1], "sample 0"),
        ([0, 1], [2**32], "sample 0"),
        ([0, 1], [[0, 1]], "sample 0"),
    ],
)
def test_what_is_no_stream_of_ids_is_refused(training, sample, message):
    with pytest.raises(ValueError, match=message):
        novelty(np.array(training), [np.array(sample)])


def test_orders_must_be_lengths():
    for orders in ((), (0, 4)):
        with pytest.raises(ValueError, match="orders are"):
            novelty(np.arange(3), [np.arange(3)], orders=orders)
