"""What each loss asks of the output matrix: which rows, how often, and with what weight."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.word2vec.frequencies import noise_probabilities
from seqkit.word2vec.huffman import huffman_tree
from seqkit.word2vec.torch_losses import (
    FullSoftmax,
    HierarchicalSoftmax,
    NegativeSampling,
    equal_to_targets,
)
from seqkit.word2vec.windows import BLOCK, read_passage

COUNTS = np.array([4, 30, 90, 50, 40, 30, 20, 10, 5])
V, D, N, T, K = len(COUNTS), 4, 2, 2 * BLOCK, 3


def windows_of(seed):
    generator = np.random.default_rng(seed)
    ids = generator.choice(V, 45, p=COUNTS / COUNTS.sum())
    ((_, windows), *_) = read_passage(ids, np.arange(V) > 1, N, generator).chunks(T)
    return windows


def matrices(rows):
    """h (rows, D) and an output matrix (V, D), in float64."""
    generator = np.random.default_rng(2)
    h, outputs = generator.normal(size=(rows, D)), generator.normal(size=(V, D))
    return torch.tensor(h, requires_grad=True), torch.tensor(outputs)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@settings(deadline=None)
@given(
    seed=st.integers(0, 50),
    noise=st.lists(st.integers(2, V - 1), min_size=1, max_size=9),
)
def test_equal_pairs_and_noise_words_are_found(seed, noise):
    windows = windows_of(seed)
    words = windows.words[windows.targets].tolist()
    wanted = {(p, s) for p, word in enumerate(words) for s, n in enumerate(noise) if n == word}
    pair, column = equal_to_targets(windows, np.array(noise))
    assert len(pair) == len(wanted)
    assert set(zip(pair.tolist(), column.tolist(), strict=True)) == wanted


def test_noise_is_drawn_as_often_as_it_should_be():
    loss, generator = NegativeSampling(COUNTS, 0.75, K, 1000), np.random.default_rng(0)
    drawn = np.concatenate([loss.draw(generator) for _ in range(200)])
    found, wanted = np.bincount(drawn, minlength=V), 2e5 * noise_probabilities(COUNTS, 0.75)
    assert found[:2].tolist() == [0, 0]
    assert ((found - wanted)[2:] ** 2 / wanted[2:]).sum() < 30  # chi-square, 6 degrees of freedom


@pytest.mark.parametrize("merge", [False, True])
def test_negative_sampling_is_a_sum_over_pairs_and_noise_words(merge):
    windows = windows_of(3).merged() if merge else windows_of(3)
    h, outputs = matrices(len(windows.words))
    loss = NegativeSampling(COUNTS, 0.75, K, 8)
    noise = loss.draw(np.random.default_rng(5))
    e, theta, wanted = h.detach().numpy(), outputs.numpy(), 0.0
    for row, target in zip(windows.rows, windows.targets, strict=True):
        word = windows.words[target]
        wanted -= np.log(sigmoid(theta[word] @ e[row]))
        for other in noise:
            if other != word:
                wanted -= K / len(noise) * np.log(sigmoid(-theta[other] @ e[row]))
    found = loss(h, outputs, windows, np.random.default_rng(5))
    assert len(set(noise) & set(windows.middle.tolist())) > 1  # some do not count
    assert found.loss.item() == pytest.approx(wanted, rel=1e-12)
    assert found.ids.tolist() == [*windows.middle, *noise]
    assert torch.equal(found.rows.detach(), outputs[found.ids])


@pytest.mark.parametrize("merge", [False, True])
def test_hierarchical_softmax_is_a_sum_over_pairs_and_nodes(merge):
    windows = windows_of(4).merged() if merge else windows_of(4)
    h, outputs = matrices(len(windows.words))
    tree = huffman_tree(COUNTS)
    e, theta, wanted = h.detach().numpy(), outputs.numpy(), 0.0
    for row, target in zip(windows.rows, windows.targets, strict=True):
        word = windows.words[target]
        for step in range(tree.offsets[word], tree.offsets[word + 1]):
            wanted -= np.log(sigmoid(tree.signs[step] * theta[tree.nodes[step]] @ e[row]))
    found = HierarchicalSoftmax(COUNTS)(h, outputs, windows, np.random.default_rng(5))
    assert found.loss.item() == pytest.approx(wanted, rel=1e-12)
    assert torch.equal(found.rows.detach(), outputs[found.ids])


@pytest.mark.parametrize("merge", [False, True])
def test_full_softmax_is_a_sum_over_pairs_and_words(merge):
    windows = windows_of(6).merged() if merge else windows_of(6)
    h, outputs = matrices(len(windows.words))
    e, theta, wanted = h.detach().numpy(), outputs.numpy(), 0.0
    for row, target in zip(windows.rows, windows.targets, strict=True):
        z = np.exp(theta[2:] @ e[row])  # special tokens are not among the words
        wanted -= np.log(z[windows.words[target] - 2] / z.sum())
    found = FullSoftmax()(h, outputs, windows, np.random.default_rng(5))
    assert found.loss.item() == pytest.approx(wanted, rel=1e-12)
    assert found.ids.tolist() == list(range(2, V))


def test_loads_count_the_gradients_of_a_pair():
    """Over all pairs of a text: a row has as many as there are terms of the loss with it."""
    shares = np.array([0, 0, *COUNTS[2:]]) / COUNTS[2:].sum()
    tree, noise = huffman_tree(COUNTS), noise_probabilities(COUNTS, 0.75)
    by_noise, by_tree, depth = np.zeros(V), np.zeros(V), 0.0
    for word in range(2, V):
        by_noise[word] += shares[word]
        for other in range(2, V):
            by_noise[other] += shares[word] * K * noise[other]
        for node in tree.nodes[tree.offsets[word] : tree.offsets[word + 1]]:
            by_tree[node] += shares[word]
            depth += shares[word]
    cases = [
        (NegativeSampling(COUNTS, 0.75, K, 10**9), by_noise, 1 + K),
        (HierarchicalSoftmax(COUNTS), by_tree, depth),
        (FullSoftmax(), 2 * shares, 2),
    ]
    for loss, outputs, inputs in cases:
        found = loss.loads(shares)
        np.testing.assert_allclose(found[0], outputs, rtol=1e-12, atol=1e-8)
        assert found[1] == pytest.approx(inputs, rel=1e-12)


def test_a_noise_word_that_is_drawn_counts_at_once():
    shares = np.array([0, 0, *COUNTS[2:]]) / COUNTS[2:].sum()
    found, _ = NegativeSampling(COUNTS, 0.75, K, 2).loads(shares)  # each stands for K / 2
    usual, _ = NegativeSampling(COUNTS, 0.75, K, 10**9).loads(shares)
    assert found.tolist() == [max(load, K / 2) for load in usual.tolist()]
