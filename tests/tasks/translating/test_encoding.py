"""Pairs as ids and their batches: each pair once, sources of one length, nothing too large."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.translating.encoding import (
    NEAR,
    Encoded,
    EpochOfPairs,
    encode,
    groups,
    pair_batch,
)
from seqkit.tasks.translating.sides import learn_sides
from tests.tasks import translated

CPU = torch.device("cpu")


def pairs_of(lengths):
    """Pairs of sources and targets of these lengths, all ids of the n-th pair 2 + n, then 1."""
    rows = enumerate(lengths)
    sources, targets = zip(
        *(([2 + n] * (s - 1) + [1], [2 + n] * (t - 1) + [1]) for n, (s, t) in rows), strict=True
    )
    return Encoded(list(sources), list(targets))


def test_texts_become_ids_with_an_end():
    sides = learn_sides(translated.settings(), ["a cat", "a dog"], ["kato", "hundo hundo"])
    found = encode(sides, ["a cat cat", "fish"], ["hundo", "kato kato"])
    a, cat, hundo, kato = (
        side.vocabulary.ids([word])[0]
        for side, word in (
            (sides.source, "a"),
            (sides.source, "cat"),
            (sides.target, "hundo"),
            (sides.target, "kato"),
        )
    )
    assert found == Encoded([[a, cat, cat, 1], [0, 1]], [[hundo, 1], [kato, kato, 1]])
    assert [lengths.tolist() for lengths in found.lengths] == [[4, 2], [2, 3]]


def test_a_batch_reads_the_end_first_and_is_padded_behind():
    encoded = Encoded([[5, 6, 1], [7, 8, 1]], [[3, 4, 9, 1], [2, 1]])
    found = encoded.batch([1, 0], CPU)
    assert found.source.tolist() == [[7, 8, 1], [5, 6, 1]]
    assert found.targets.tolist() == [[2, 1, -1, -1], [3, 4, 9, 1]]
    assert found.inputs[0, :2].tolist() == [1, 2]
    assert found.inputs[1].tolist() == [1, 3, 4, 9]
    assert found.lengths is None and (found.inputs >= 0).all()


def test_an_empty_target_is_its_end():
    found = pair_batch(torch.tensor([[4, 1]]), [[1]], CPU)
    assert (found.inputs.tolist(), found.targets.tolist()) == ([[1]], [[1]])


LENGTHS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 12)), min_size=1, max_size=40)


@given(LENGTHS, st.integers(1, 40), st.randoms())
def test_groups_hold_every_pair_once_sources_of_one_length_and_not_too_much(
    lengths, tokens, random
):
    order = list(range(len(lengths)))
    random.shuffle(order)
    found = list(groups(pairs_of(lengths), np.array(order), tokens))
    assert sorted(int(pair) for group in found for pair in group) == sorted(order)
    for group in found:
        sources, targets = zip(*(lengths[pair] for pair in group), strict=True)
        assert len({*sources}) == 1
        assert len(group) == 1 or len(group) * max(*sources, *targets) <= tokens
    near = [(lengths[p][0], lengths[p][1] // NEAR) for group in found for p in group]
    assert near == sorted(near)
    flat = [int(pair) for group in found for pair in group]
    for one, other, a, b in zip(flat, flat[1:], near, near[1:], strict=False):
        assert a != b or order.index(one) < order.index(other)


def test_groups_are_full_where_they_can_be():
    found = groups(pairs_of([(2, 3)] * 7), np.arange(7), tokens=9)
    assert [group.tolist() for group in found] == [[0, 1, 2], [3, 4, 5], [6]]
    found = groups(pairs_of([(4, 3)] * 4), np.arange(4), tokens=8)
    assert [group.tolist() for group in found] == [[0, 1], [2, 3]]


@pytest.fixture(scope="module")
def encoded():
    draw = np.random.default_rng(0)
    lengths = zip(draw.integers(2, 7, 60).tolist(), draw.integers(2, 9, 60).tolist(), strict=True)
    return pairs_of(list(lengths))


def rows(epoch):
    """The pairs of each batch of an epoch, as source and target without padding."""
    return [
        [
            (source, [i for i in target if i >= 0])
            for source, target in zip(batch.source.tolist(), batch.targets.tolist(), strict=True)
        ]
        for batch in (epoch[k] for k in range(len(epoch)))
    ]


def test_an_epoch_has_each_pair_once(encoded):
    epoch = EpochOfPairs(encoded, 30, CPU, [0, 0])
    found = [row for batch in rows(epoch) for row in batch]
    assert sorted(found) == sorted(zip(encoded.sources, encoded.targets, strict=True))
    for k in range(len(epoch)):
        batch = epoch[k]
        assert batch.lengths is None and max(batch.source.numel(), batch.targets.numel()) <= 30


def test_seed_and_epoch_and_nothing_else_decide_the_order(encoded):
    first = rows(EpochOfPairs(encoded, 30, CPU, [3, 1]))
    np.random.default_rng(9).random()
    assert rows(EpochOfPairs(encoded, 30, CPU, [3, 1])) == first
    for seed in ([3, 2], [4, 1]):
        assert rows(EpochOfPairs(encoded, 30, CPU, seed)) != first


def test_short_and_long_come_in_random_order(encoded):
    widths = [len(batch[0][0]) for batch in rows(EpochOfPairs(encoded, 30, CPU, [0, 0]))]
    assert widths != sorted(widths) and {*widths} == {len(one) for one in encoded.sources}
