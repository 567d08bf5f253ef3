"""Siamese nets: distances and losses by hand, mining by loops, recognition, lengths (N6)."""

import numpy as np
import pytest
import torch

from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.model import ImageBatch
from seqkit.vision.siamese import Gallery, Siamese, SiameseConfig
from seqkit.vision.triplets import semi_hard, squared_distances, triplet_loss

SHAPE = (1, 3, 4)


def rows(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def test_the_triplet_loss_by_hand():
    anchor, positive = rows([0, 0], [1, 1], [0, 0]), rows([3, 4], [1, 2], [1, 0])
    negative = rows([0, 2], [4, 5], [0, 1])
    # 25 - 4 + 0.5; 1 - 25 + 0.5 is below 0; 1 - 1 + 0.5
    assert triplet_loss(anchor, positive, negative, 0.5).tolist() == [21.5, 0, 0.5]


def test_squared_distances_by_loops():
    draws = np.random.default_rng(0)
    one, other = draws.normal(size=(4, 3)), draws.normal(size=(5, 3))
    wanted = [[sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) for y in other] for x in one]
    found = squared_distances(torch.from_numpy(one), torch.from_numpy(other))
    np.testing.assert_allclose(found.numpy(), wanted)
    same = torch.full((3, 7), 0.1)
    assert squared_distances(same, same).min() >= 0


def mined(f, labels):
    """(anchor, positive, negative) by loops over a batch."""

    def d(i, j):
        return float(((f[i] - f[j]) ** 2).sum())

    found, everyone = [], range(len(labels))
    for a in everyone:
        others = [n for n in everyone if labels[n] != labels[a]]
        for p in everyone:
            if p == a or labels[p] != labels[a] or not others:
                continue
            semi = [n for n in others if d(a, n) > d(a, p)]
            negative = (
                min(semi, key=lambda n: d(a, n)) if semi else max(others, key=lambda n: d(a, n))
            )
            found.append((a, p, negative))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_mining_by_loops(seed):
    draws = np.random.default_rng(seed)
    f, labels = draws.normal(size=(14, 2)), draws.integers(0, 4, 14)
    triplets = semi_hard(torch.from_numpy(f), torch.from_numpy(labels))
    assert list(zip(*(places.tolist() for places in triplets), strict=True)) == mined(f, labels)


def test_a_semi_hard_negative_and_one_where_there_is_none():
    f, labels = rows([0], [1], [0.5], [1.2], [3]), torch.tensor([0, 0, 1, 2, 3])
    assert semi_hard(f, labels).negatives.tolist() == [3, 4]  # beyond 1 the nearest is 1.2, then 3
    f = rows([0], [5], [0.5], [1.2], [3])
    assert semi_hard(f, labels).negatives.tolist() == [4, 2]  # nothing beyond 5, so the farthest


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_a_batch_without_triplets_has_no_loss(labels):
    model = Siamese(SiameseConfig(4), Logistic(LogisticConfig(SHAPE, 2)))
    loss, count, _ = model.loss(ImageBatch(torch.randn(3, *SHAPE), torch.tensor(labels)))
    loss.backward()
    assert (loss.item(), count) == (0, 1)


def test_the_loss_is_that_of_the_triplets_mined():
    torch.manual_seed(0)
    trunk = MLP(MLPConfig(SHAPE, 2, (6,), keep=1.0))
    model = Siamese(SiameseConfig(4, margin=0.7), trunk).double()
    batch = ImageBatch(torch.randn(9, *SHAPE, dtype=torch.float64), torch.arange(9) % 3)
    f = model(batch.images).detach().numpy()
    np.testing.assert_allclose((f**2).sum(1), 1)
    triplets = mined(f, batch.labels.tolist())
    wanted = sum(
        max(((f[a] - f[p]) ** 2).sum() - ((f[a] - f[n]) ** 2).sum() + 0.7, 0)
        for a, p, n in triplets
    )
    loss, count, _ = model.loss(batch)
    assert count == len(triplets) == 18
    assert loss.item() == pytest.approx(wanted)


def test_embeddings_of_any_length():
    model = Siamese(SiameseConfig(4, unit_length=False), Logistic(LogisticConfig(SHAPE, 2)))
    x = torch.randn(5, *SHAPE)
    torch.testing.assert_close(model(x), x.flatten(1) @ model.head[0].weight.T + model.head[0].bias)


def test_the_trunk_is_shared_and_left_as_it_was():
    other = MLP(MLPConfig(SHAPE, 2, (6,))).train()
    model = Siamese(SiameseConfig(4), other)
    assert model.trunk is other.trunk and other.training and model.head[0].in_features == 6
    assert not other.trunk[2].mean.any(), "measuring its width has taught it nothing"


def test_the_nearest_of_a_gallery():
    gallery = Gallery(rows([0, 0], [4, 0], [0, 3]), torch.tensor([7, 8, 9]))
    labels, distances = gallery.recognise(rows([3, 0], [1, 0], [0, 2]))
    assert labels.tolist() == [8, 7, 9]
    assert distances.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("G", "labels"), [(0, []), (2, [1]), (1, [1, 2])])
def test_a_gallery_has_a_label_an_image(G, labels):
    with pytest.raises(ValueError, match="needs one label for each of its images and at least one"):
        Gallery(torch.zeros(G, 3), torch.tensor(labels))
