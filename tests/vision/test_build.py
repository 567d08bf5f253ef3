"""Modules from specifications: equal to naive loops, and their first weights."""

import numpy as np
import pytest
import torch

from seqkit.vision.build import ACTIVATIONS, KeepDropout, build
from seqkit.vision.shapes import plan
from seqkit.vision.specification import parse
from tests.vision import naive


def built(text, shape):
    """The modules of a specification, in float64."""
    return build(plan(parse(text), shape)).double()


def images(*shape):
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize("last", [False, True], ids=["channels-first", "channels-last"])
@pytest.mark.parametrize("C", [1, 3])
@pytest.mark.parametrize(
    ("words", "p", "s"),
    [
        ("4x3", 0, 1),
        ("4x3 same", 1, 1),
        ("2x5 same stride 2", 2, 2),
        ("3x2 pad 3 stride 3", 3, 3),
        ("5x1", 0, 1),
    ],
)
def test_convolution_equals_loops(words, p, s, C, last):
    x = images(2, C, 6, 7)
    (conv,) = built(f"conv {words}", x.shape[1:])
    torch.nn.init.normal_(conv.bias)
    weight, bias = conv.weight.detach().numpy(), conv.bias.detach().numpy()
    order = torch.channels_last if last else torch.contiguous_format
    found = conv(torch.from_numpy(x).contiguous(memory_format=order)).detach().numpy()
    wanted = [naive.convolve(image, weight, bias, p, s) for image in x]
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("f", "s"), [(2, 2), (3, 1), (3, 2), (1, 2), (2, 3)])
def test_pooling_equals_loops(f, s):
    x = images(2, 3, 7, 6)
    for name, summary in (("pool", max), ("avgpool", np.mean)):
        found = built(f"{name} {f} stride {s}", x.shape[1:])(torch.from_numpy(x)).numpy()
        np.testing.assert_allclose(found, [naive.pool(image, f, s, summary) for image in x])


def test_the_mean_of_every_channel():
    x = images(2, 3, 4, 5)
    found = built("avgpool all, flatten", x.shape[1:])(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, [[channel.mean() for channel in image] for image in x])


def test_activations_by_their_formulas():
    z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    wanted = {
        "sigmoid": 1 / (1 + np.exp(-z)),
        "tanh": (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        "relu": np.maximum(0, z),
        "leaky-relu": np.maximum(0.01 * z, z),
        "identity": z,
    }
    for name, make in ACTIVATIONS.items():
        np.testing.assert_allclose(make()(torch.from_numpy(z)).numpy(), wanted[name], rtol=1e-12)


def test_dropout_keeps_a_share_and_scales_it_in_training_alone():
    torch.manual_seed(0)
    layer, x = KeepDropout(0.75), torch.ones(300, 400)
    dropped = layer(x)
    kept = dropped > 0
    assert kept.float().mean().item() == pytest.approx(0.75, abs=0.005)
    assert torch.allclose(dropped[kept], torch.tensor(1 / 0.75))
    assert torch.equal(layer.eval()(x), x)
    with pytest.raises(ValueError, match=r"must be above 0 and at most 1, got 0"):
        KeepDropout(0)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_first_weights_keep_the_size_of_the_numbers(name):
    """Var W = 2 / n before a rectifier, 1 / n elsewhere; biases are zero."""
    torch.manual_seed(0)
    conv, _, _, _, _, dense, _ = built(
        f"conv 200x3 same, bn, {name}, pool 2, flatten, dense 500 {name}", (30, 2, 2)
    )
    gain = 2 if name == "relu" else 1
    assert conv.weight.var().item() == pytest.approx(gain / 270, rel=0.03)
    assert dense.weight.var().item() == pytest.approx(gain / 200, rel=0.03)
    assert conv.bias is None and not dense.bias.any()
