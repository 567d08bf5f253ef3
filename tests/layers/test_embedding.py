"""Words to vectors: the look-up is the product with one-hot vectors (T2, T3)."""

import numpy as np
import pytest
import torch

from seqkit.layers.embedding import INPUTS, Embedding, OneHotEmbedding
from tests.layers.cells import draw

V, D = 6, 3
IDS = torch.tensor([[0, 5, 2, 2], [5, 5, 1, 0]])  # 3 and 4 never occur


def build(kind):
    layer = kind(V, D).double()
    with torch.no_grad():
        layer.weight.copy_(draw(V, D))
    return layer


@pytest.mark.parametrize("kind", [Embedding, OneHotEmbedding])
def test_a_word_becomes_its_column_of_the_matrix(kind):
    layer = build(kind)
    E = draw(V, D).numpy().T  # (D, V)
    found = layer(IDS).detach().numpy()
    for (b, t), word in np.ndenumerate(IDS.numpy()):
        one_hot = np.array([float(v == word) for v in range(V)])
        np.testing.assert_allclose(found[b, t], E @ one_hot, rtol=1e-15)


@pytest.mark.parametrize("kind", [Embedding, OneHotEmbedding])
def test_the_gradient_of_a_word_is_the_sum_over_its_places(kind):
    layer, shares = build(kind), draw(2, 4, D, seed=3)
    (layer(IDS) * shares).sum().backward()
    wanted = np.zeros((V, D))
    for (b, t), word in np.ndenumerate(IDS.numpy()):
        wanted[word] += shares[b, t].numpy()
    np.testing.assert_allclose(layer.weight.grad, wanted, rtol=1e-14, atol=1e-14)
    assert (layer.weight.grad[3:5] == 0).all()


def test_look_up_and_product_are_the_same():
    found = []
    for kind in (Embedding, OneHotEmbedding):
        layer = build(kind)
        vectors = layer(IDS)
        vectors.square().sum().backward()
        found.append((vectors, layer.weight.grad))
    torch.testing.assert_close(*found, rtol=1e-14, atol=1e-14)


def test_both_have_a_name_that_users_type_and_start_alike():
    weights = []
    for kind in INPUTS.values():
        torch.manual_seed(0)
        weights.append(kind(50, 20).weight)
    assert list(INPUTS.items()) == [("embedding", Embedding), ("one-hot", OneHotEmbedding)]
    assert torch.equal(*weights)
    assert 0.09 < weights[0].abs().max() <= 0.1
