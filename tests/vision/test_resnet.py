"""Residual blocks: by loops, and as the identity (N5)."""

import numpy as np
import pytest
import torch

from seqkit.vision.resnet import ResidualBlock, ResNet, ResNetConfig
from tests.vision.naive import convolve


def drawn(*sizes):
    block = ResidualBlock(*sizes).double()
    for name, parameter in block.named_parameters():
        if name.endswith("variance"):
            torch.nn.init.uniform_(parameter, 0.5, 2)
        else:
            torch.nn.init.normal_(parameter)
    return block.eval()


def by_hand(norm, z):
    gamma, beta, mean, variance = (p.detach().numpy()[:, None, None] for p in norm.parameters())
    return gamma * (z - mean) / np.sqrt(variance + 1e-5) + beta


def conv(layer, a):
    weight = layer.weight.detach().numpy()
    return convolve(a, weight, np.zeros(len(weight)), weight.shape[-1] // 2, layer.stride[0])


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (2, 2, 2), (3, 4, 2)])
def test_a_block_by_loops(sizes):
    torch.manual_seed(0)
    block, a = drawn(*sizes), np.random.default_rng(0).normal(size=(sizes[0], 5, 4))
    z = by_hand(block.norm1, conv(block.conv1, a))
    z = by_hand(block.norm2, conv(block.conv2, np.maximum(z, 0)))
    kept = a
    if sizes != (2, 2, 1):
        projection, norm = block.shortcut
        assert projection.kernel_size == (1, 1)
        kept = by_hand(norm, conv(projection, a))
    found = block(torch.from_numpy(a)[None])[0].detach().numpy()
    np.testing.assert_allclose(found, np.maximum(z + kept, 0), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("training", [True, False])
def test_a_block_of_zeros_is_the_identity_for_what_is_not_negative(training):
    block, a = ResidualBlock(3, 3).train(training), torch.rand(4, 3, 5, 5)
    assert not torch.equal(block(a), a)
    torch.nn.init.zeros_(block.conv1.weight)
    torch.nn.init.zeros_(block.conv2.weight)
    block.norm2.mean.data.zero_()
    assert torch.equal(block(a), a)
    assert torch.equal(block(-a), torch.zeros_like(a))


def test_stages_halve_rows_and_columns():
    sizes = []
    model = ResNet(ResNetConfig((1, 28, 28), 10, (4, 8, 8), blocks=2))
    for block in model.trunk:
        if isinstance(block, ResidualBlock):
            block.register_forward_hook(lambda *call: sizes.append(tuple(call[2].shape[1:])))
    model(torch.zeros(2, 1, 28, 28))
    assert sizes == [*[(4, 28, 28)] * 2, *[(8, 14, 14)] * 2, *[(8, 7, 7)] * 2]
