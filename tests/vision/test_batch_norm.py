"""Batch normalisation: statistics of the batch in training, running averages at inference (O5)."""

import numpy as np
import pytest
import torch

from seqkit.tasks.runs import Run
from seqkit.train.averaging import WeightAverage
from seqkit.vision.batch_norm import BatchNorm


def drawn(channels):
    """A layer in float64 with γ and β of its own."""
    layer = BatchNorm(channels).double()
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    return layer, layer.weight.detach().numpy(), layer.bias.detach().numpy()


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2, 5)])
def test_training_and_inference_by_hand(shape):
    layer, gamma, beta = drawn(3)
    means, variances = np.zeros(3), np.ones(3)
    draws = np.random.default_rng(0)
    for _ in range(3):
        x = 2 + 3 * draws.normal(size=shape)
        found = layer(torch.from_numpy(x)).detach().numpy()
        for c in range(3):
            numbers = x[:, c].ravel()
            m = len(numbers)
            mean = sum(numbers) / m
            variance = sum((number - mean) ** 2 for number in numbers) / m
            wanted = gamma[c] * (x[:, c] - mean) / np.sqrt(variance + 1e-5) + beta[c]
            np.testing.assert_allclose(found[:, c], wanted, rtol=1e-10, atol=1e-12)
            means[c] = 0.9 * means[c] + 0.1 * mean
            variances[c] = 0.9 * variances[c] + 0.1 * variance * m / (m - 1)
    layer.eval()
    x = draws.normal(size=shape)
    found = layer(torch.from_numpy(x)).detach().numpy()
    for c in range(3):
        wanted = gamma[c] * (x[:, c] - means[c]) / np.sqrt(variances[c] + 1e-5) + beta[c]
        np.testing.assert_allclose(found[:, c], wanted, rtol=1e-10)


def test_inference_changes_no_average_and_looks_at_each_image_alone():
    layer, _, _ = drawn(3)
    x = torch.randn(4, 3, dtype=torch.float64)
    layer(x)
    before = layer.eval().mean.clone()
    together = layer(x)
    assert torch.equal(layer.mean, before)
    torch.testing.assert_close(torch.cat([layer(row[None]) for row in x]), together)


def test_running_averages_are_kept_like_weights_but_never_trained(tmp_path):
    torch.manual_seed(0)
    layer, x = BatchNorm(2), torch.randn(8, 2) + 5
    optimizer = torch.optim.Adam(layer.parameters(), 0.1, weight_decay=0.5)
    average = WeightAverage(layer, 0.9)
    layer(x).pow(3).sum().backward()
    after = layer.mean.clone()
    optimizer.step()
    assert torch.equal(layer.mean, after) and after.min() > 0.3
    average.update()
    average.swap()
    assert 0 < layer.mean[0] < after[0]
    Run(tmp_path).write_weights(layer)
    other = BatchNorm(2)
    Run(tmp_path).read_weights(other)
    assert torch.equal(other.mean, layer.mean) and torch.equal(other.variance, layer.variance)


def test_a_batch_of_one_is_refused():
    with pytest.raises(ValueError, match="cannot train on a batch of one; use two or more"):
        BatchNorm(3)(torch.randn(1, 3))
