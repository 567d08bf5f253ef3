"""The output layer against NumPy, torch's cross-entropy and finite differences."""

import numpy as np
import pytest
import torch

from seqkit.layers import softmax
from tests import oracles

N, D, V = 11, 5, 13


@pytest.fixture(params=[4_000_000, 3 * V, 1], ids=["one chunk", "four chunks", "row by row"])
def parts(request, monkeypatch):
    monkeypatch.setattr(softmax, "LOGITS_AT_A_TIME", request.param)
    g = torch.Generator().manual_seed(0)
    hidden, weight, bias = (
        torch.randn(*shape, dtype=torch.float64, generator=g, requires_grad=True)
        for shape in ((N, D), (V, D), (V,))
    )
    return hidden, weight, bias, torch.randint(0, V, (N,), generator=g)


def test_losses_agree_with_numpy(parts):
    hidden, weight, bias, targets = parts
    logits = hidden.detach().numpy() @ weight.detach().numpy().T + bias.detach().numpy()
    expected = [-oracles.log_softmax(z)[y] for z, y in zip(logits, targets.tolist(), strict=True)]
    np.testing.assert_allclose(softmax.token_losses(*parts), expected, atol=1e-12)
    assert softmax.linear_cross_entropy(*parts).item() == pytest.approx(sum(expected), abs=1e-11)


def test_gradients_agree_with_finite_differences(parts):
    targets = parts[3]
    assert torch.autograd.gradcheck(
        lambda h, w, b: 0.3 * softmax.linear_cross_entropy(h, w, b, targets), parts[:3]
    )


@pytest.mark.parametrize("smoothing", [0.1, 0.7])
def test_smoothed_labels_are_those_of_torch(parts, smoothing):
    """The loss and every gradient, scaled; torch smooths over all V types, the target too."""
    hidden, weight, bias, targets = parts
    logits = hidden @ weight.T + bias
    wanted = torch.nn.functional.cross_entropy(
        logits, targets, label_smoothing=smoothing, reduction="sum"
    )
    found = softmax.linear_cross_entropy(*parts, smoothing)
    torch.testing.assert_close(found, wanted, rtol=1e-13, atol=0)
    assert found.item() != softmax.linear_cross_entropy(*parts).item()
    for one, other in zip(
        torch.autograd.grad(0.3 * found, parts[:3]),
        torch.autograd.grad(0.3 * wanted, parts[:3]),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-13)


def test_smoothed_labels_by_their_definition(parts):
    """-sum_k q_k log p_k, q_k = e / V, and 1 - e more on the target (Szegedy et al. 2016)."""
    hidden, weight, bias = (tensor.detach().numpy() for tensor in parts[:3])
    wanted = 0.0
    for h, target in zip(hidden, parts[3].tolist(), strict=True):
        q = np.full(V, 0.2 / V)
        q[target] += 0.8
        wanted -= q @ oracles.log_softmax(weight @ h + bias)
    assert softmax.linear_cross_entropy(*parts, 0.2).item() == pytest.approx(wanted, rel=1e-13)


def test_gradients_of_smoothed_labels_agree_with_finite_differences(parts):
    targets = parts[3]
    assert torch.autograd.gradcheck(
        lambda h, w, b: 0.3 * softmax.linear_cross_entropy(h, w, b, targets, 0.1), parts[:3]
    )


def test_bfloat16_stays_close_to_the_exact_gradients():
    torch.manual_seed(0)
    hidden, weight, bias = torch.randn(40, 32), 0.3 * torch.randn(300, 32), torch.zeros(300)
    targets = torch.randint(0, 300, (40,))
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        h = hidden.detach().to(dtype, copy=True).requires_grad_()
        w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
        softmax.linear_cross_entropy(h, w, b, targets).backward()
        assert w.grad.dtype == torch.float32
        found.append(torch.cat([h.grad.float().flatten(), w.grad.flatten(), b.grad]))
    assert torch.linalg.norm(found[0] - found[1]) / torch.linalg.norm(found[0]) < 0.01


def test_a_hopeless_target_keeps_the_loss_finite():
    hidden, weight = torch.tensor([[1.0]]), torch.tensor([[500.0], [-500.0]])
    loss = softmax.linear_cross_entropy(hidden, weight, torch.zeros(2), torch.tensor([1]))
    assert torch.isfinite(loss)
