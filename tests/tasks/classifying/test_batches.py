"""Batches of texts: each text once, like lengths together, the order from seed and epoch alone."""

import numpy as np
import torch

from seqkit.tasks.classifying.batches import TOKENS, EpochOfTexts, by_length
from seqkit.tasks.classifying.reading import EncodedTexts

LENGTHS = np.random.default_rng(0).integers(1, 400, 500)
ENCODED = EncodedTexts(
    np.repeat(np.arange(500), LENGTHS), np.concatenate([[0], np.cumsum(LENGTHS)])
)
TARGETS = np.arange(500)


def epoch(*seed):
    return EpochOfTexts(ENCODED, TARGETS, 16, torch.device("cpu"), seed)


def test_each_text_comes_once_with_its_label():
    seen = []
    for k in range(len(epoch(0, 0))):
        batch = epoch(0, 0)[k]
        assert batch.texts.ids[:, 0].tolist() == batch.labels.tolist()
        seen += batch.labels.tolist()
    assert sorted(seen) == list(range(500))


def test_the_order_hangs_on_seed_and_epoch_alone():
    orders = [
        [group.tolist() for group in epoch(*seed).groups] for seed in ((0, 0), (0, 1), (1, 0))
    ]
    assert orders[0] == [group.tolist() for group in epoch(0, 0).groups]
    assert len({str(order) for order in orders}) == 3


def test_little_is_padded():
    groups = epoch(0, 0).groups
    padded = sum(LENGTHS[group].max() * len(group) for group in groups)
    assert padded < 1.1 * LENGTHS.sum()


def test_answers_are_sought_in_batches_of_bounded_size():
    groups = list(by_length(ENCODED))
    assert sorted(np.concatenate(groups).tolist()) == list(range(500))
    assert all(LENGTHS[group].max() * len(group) <= TOKENS for group in groups)


def test_a_text_too_long_for_a_batch_is_one_by_itself():
    lengths = np.array([3, TOKENS + 1, 2])
    encoded = EncodedTexts(np.zeros(lengths.sum(), int), np.concatenate([[0], np.cumsum(lengths)]))
    assert [group.tolist() for group in by_length(encoded)] == [[2, 0], [1]]
