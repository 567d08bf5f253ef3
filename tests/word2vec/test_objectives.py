"""W1 to W4 in torch against loops over pairs in NumPy, and their gradients against differences."""

import numpy as np
import pytest
import torch

from seqkit.word2vec.objectives import (
    band_scores,
    context_means,
    noise_loss,
    softmax_loss,
    tree_loss,
)
from seqkit.word2vec.windows import BLOCK, read_passage

T, D, N = 2 * BLOCK, 3, 2
KEEP = np.array([0, 0, *[1] * 7])


def draw(*shape, seed=0):
    generator = np.random.default_rng([seed, *shape])
    return torch.tensor(generator.normal(size=shape), requires_grad=True)


@pytest.fixture
def windows():
    """Windows of words in sentences, the last places left empty."""
    generator = np.random.default_rng(3)
    ids = generator.choice(9, 34, p=[0.05, 0.1, *[0.85 / 7] * 7])
    ((_, windows), *_) = read_passage(ids, KEEP, N, generator).chunks(T)
    assert len(windows.rows) > 40 and len(set(windows.at.tolist())) < T
    return windows


def test_band_scores_are_products_with_what_is_near():
    h, outputs = draw(T + 2 * N, D), draw(T, 4, D)
    found = band_scores(h, outputs).detach().numpy()
    h, outputs = h.detach().numpy(), outputs.detach().numpy()
    assert found.shape == (T, 4, BLOCK + 2 * N)
    for t, k, w in np.ndindex(*found.shape):
        place = t // BLOCK * BLOCK + w
        wanted = sum(outputs[t, k, d] * h[place, d] for d in range(D))
        assert found[t, k, w] == pytest.approx(wanted, rel=1e-12, abs=1e-13)


def test_the_cells_of_pairs_hold_their_products(windows):
    h, outputs = draw(T + 2 * N, D), draw(T, 1, D)
    chosen = band_scores(h, outputs).view(-1)[torch.tensor(windows.cells())]
    for p, (row, at) in enumerate(zip(windows.rows, windows.at, strict=True)):
        wanted = float(h[row].detach() @ outputs[at, 0].detach())
        assert chosen[p].item() == pytest.approx(wanted, rel=1e-12, abs=1e-13)


def test_gradients_of_products():
    h, outputs = draw(BLOCK + 2, 2), draw(BLOCK, 1, 2)
    assert torch.autograd.gradcheck(band_scores, (h, outputs))


def loop_means(h, windows):
    means = np.zeros((T, D))
    for t in range(T):
        rows = [h[row] for row, at in zip(windows.rows, windows.at, strict=True) if at == t]
        if rows:
            means[t] = sum(rows) / len(rows)
    return means


@pytest.mark.parametrize("divide", [False, True])
def test_means_are_means_of_the_context(windows, divide):
    h, cells = draw(T + 2 * N, D), torch.tensor(windows.cells())
    found = context_means(h, cells, T, divide)
    wanted = loop_means(h.detach().numpy(), windows)
    np.testing.assert_allclose(found.detach(), wanted, rtol=1e-13, atol=1e-14)


def test_the_gradient_of_a_mean(windows):
    cells = torch.tensor(windows.cells())
    assert torch.autograd.gradcheck(
        lambda h: context_means(h, cells, T, divide_gradient=True), draw(T + 2 * N, D)
    )


def test_word2vec_hands_the_whole_gradient_to_every_context_word(windows):
    h, by_mean = draw(T + 2 * N, D), draw(T, D, seed=1).detach()
    means = context_means(h, torch.tensor(windows.cells()), T, divide_gradient=False)
    (found,) = torch.autograd.grad(means, h, by_mean)
    wanted = np.zeros(h.shape)
    for row, at in zip(windows.rows, windows.at, strict=True):
        wanted[row] += by_mean[at].numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-14)


def test_noise_loss():
    positive, negative, weights = draw(7), draw(4, 5), draw(4, 5, seed=1).detach().abs()
    wanted = sum(-np.log(1 / (1 + np.exp(-s))) for s in positive.tolist())
    for r, s in np.ndindex(4, 5):
        score = negative[r, s].item()
        wanted += weights[r, s].item() * -np.log(1 / (1 + np.exp(score)))
    assert noise_loss(positive, negative, weights).item() == pytest.approx(wanted, rel=1e-13)
    assert torch.autograd.gradcheck(noise_loss, (positive, negative, weights))


def test_tree_loss():
    scores, signs = draw(9), torch.tensor([1.0, -1, 1, 1, -1, -1, 1, -1, 1]).double()
    wanted = 0.0
    for score, sign in zip(scores.tolist(), signs.tolist(), strict=True):
        left = 1 / (1 + np.exp(-score))
        wanted -= np.log(left if sign > 0 else 1 - left)
    assert tree_loss(scores, signs).item() == pytest.approx(wanted, rel=1e-13)
    assert torch.autograd.gradcheck(lambda scores: tree_loss(scores, signs), scores)


def test_softmax_loss():
    logits = draw(4, 6)
    rows, targets = torch.tensor([0, 0, 0, 2, 3]), torch.tensor([1, 1, 5, 0, 2])  # one pair twice
    wanted = 0.0
    for row, target in zip(rows.tolist(), targets.tolist(), strict=True):
        z = np.exp(logits[row].detach().numpy())
        wanted -= np.log(z[target] / z.sum())
    assert softmax_loss(logits, rows, targets).item() == pytest.approx(wanted, rel=1e-13)
    assert torch.autograd.gradcheck(lambda z: softmax_loss(z, rows, targets), logits)


def test_large_scores_do_not_overflow():
    far = torch.tensor([800.0, -800.0])
    assert noise_loss(far, far[None], torch.ones(1, 2)).item() == pytest.approx(1600)
    assert tree_loss(far, torch.tensor([1.0, -1.0])).item() == pytest.approx(0)
    zero = torch.tensor([0])
    assert softmax_loss(far[None], zero, zero).item() == pytest.approx(0)
    assert softmax_loss(-far[None], zero, zero).item() == pytest.approx(1600)


def test_no_pairs_no_loss():
    none, some = torch.zeros(0, dtype=torch.int64), draw(3, 2)
    assert noise_loss(draw(0), some, torch.zeros(3, 2).double()).item() == 0
    assert tree_loss(draw(0), torch.zeros(0)).item() == 0
    assert softmax_loss(some, none, none).item() == 0
