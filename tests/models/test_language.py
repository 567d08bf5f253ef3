"""The recurrent language model (T3, T4, C6, C8, L1, L2) against loops in float64."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call

from seqkit.layers import CELLS
from seqkit.models.language import LanguageModel, LanguageModelConfig
from tests import oracles
from tests.contracts import CausalContract, ModelContract
from tests.models.weights import arrays

V = 7


every_cell = pytest.mark.parametrize("cell", CELLS)


def build(layers=2, hidden=5, embed=4, **rest):
    """A model in float64 whose every parameter is drawn at random, the biases too."""
    torch.manual_seed(layers)
    config = LanguageModelConfig(V, layers=layers, hidden=hidden, embed=embed, **rest)
    model = LanguageModel(config)
    model = model.double()
    model.dtype = torch.float64
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    return model


def draw(batch, steps, seed=0):
    """Inputs and targets (B, T), unrelated."""
    generator = torch.Generator().manual_seed(seed)
    shape = (2, batch, steps)
    return tuple(torch.randint(V, shape, generator=generator))


def expected(model, inputs, targets):
    """The losses (B, T) of the oracle, one text after another."""
    pairs = zip(inputs.tolist(), targets.tolist(), strict=True)
    return np.array([oracles.language_model_losses(arrays(model), *pair) for pair in pairs])


@pytest.mark.parametrize("tie", [True, False])
@pytest.mark.parametrize("layers", [1, 2, 3])
@every_cell
def test_losses_are_those_of_the_equations(cell, layers, tie):
    model = build(layers, cell=cell, tie=tie)
    inputs, targets = draw(3, 6)
    wanted = expected(model, inputs, targets)
    found, _ = model.losses(inputs, targets, model.initial(3))
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-10)
    loss, count, _ = model.loss((inputs, targets), None)
    assert loss.item() == pytest.approx(wanted.sum(), rel=1e-10)
    assert count == 18


def test_a_tied_model_has_one_matrix_and_a_last_layer_as_wide_as_it():
    model = build(3, hidden=5, embed=4)
    assert model.output_weight is model.embedding.weight
    assert [layer.hidden_size for layer in model.stack.layers] == [5, 5, 4]
    assert [tuple(p.shape) for p in model.parameters()].count((V, 4)) == 1
    untied = build(3, hidden=5, embed=4, tie=False)
    assert untied.output_weight.shape == (V, 5)
    assert [layer.hidden_size for layer in untied.stack.layers] == [5, 5, 5]


def test_one_hot_input_is_the_same_model():
    model, other = build(), build(input="one-hot")
    batch = draw(3, 6)
    found = []
    for each in (model, other):
        loss, *_ = each.loss(batch, None)
        found.append((loss, torch.autograd.grad(loss, list(each.parameters()))))
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tie", [True, False])
def test_gradients_agree_with_finite_differences(tie):
    model = build(2, hidden=3, embed=2, tie=tie)
    batch = draw(2, 3)

    class Loss(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self):
            return self.model.loss(batch, None)[0]

    holder = Loss()
    names = [name for name, _ in holder.named_parameters()]

    def loss(*values):
        return functional_call(holder, dict(zip(names, values, strict=True)), ())

    assert torch.autograd.gradcheck(loss, tuple(holder.parameters()))


def test_padding_does_not_count():
    model = build()
    inputs, targets = draw(3, 6)
    padded = targets.clone()
    padded[0, 4:] = -1
    padded[2, :] = -1
    found, _ = model.losses(inputs, padded, model.initial(3))
    exact, _ = model.losses(inputs, targets, model.initial(3))
    real = padded >= 0
    torch.testing.assert_close(found[real], exact[real], rtol=1e-12, atol=0)
    assert (found[~real] == 0).all()
    loss, count, _ = model.loss((inputs, padded), None)
    assert count == 10
    assert loss.item() == pytest.approx(exact[real].sum().item(), rel=1e-12)


@every_cell
def test_two_windows_with_carried_state_are_one_pass(cell):
    model = build(3, cell=cell)
    inputs, targets = draw(2, 9)
    whole, count, last = model.loss((inputs, targets), None)
    first, m, state = model.loss((inputs[:, :4], targets[:, :4]), None)
    second, n, state = model.loss((inputs[:, 4:], targets[:, 4:]), state)
    assert m + n == count
    assert (first + second).item() == pytest.approx(whole.item(), rel=1e-12)
    torch.testing.assert_close(state, last)
    assert not any(tensor.requires_grad for tensor in state)


@every_cell
def test_what_comes_later_changes_nothing_before(cell):
    model = build(cell=cell)
    inputs, targets = draw(2, 8)
    changed = inputs.clone()
    changed[:, 5] = (changed[:, 5] + 1) % V
    before, _ = model.losses(inputs, targets, model.initial(2))
    after, _ = model.losses(changed, targets, model.initial(2))
    assert torch.equal(before[:, :5], after[:, :5])
    assert (before[:, 5:] != after[:, 5:]).all()


@every_cell
def test_steps_are_the_losses_of_all_words_one_position_at_a_time(cell):
    model = build(2, cell=cell)
    inputs, _ = draw(3, 5)
    state = model.initial(3)
    for t in range(5):
        before = state
        log_probs, state = model.step(inputs[:, t], state)
        torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(3, dtype=torch.float64))
        for word in range(V):
            targets = torch.full((3, 1), word)
            losses, _ = model.losses(inputs[:, t : t + 1], targets, before)
            torch.testing.assert_close(-log_probs[:, word], losses[:, 0])


def test_bfloat16_is_float32_roughly_and_keeps_its_weights():
    model = build(2, hidden=16, embed=16).float()
    inputs, targets = draw(4, 10)
    model.dtype = torch.float32
    exact, _ = model.losses(inputs, targets, model.initial(4))
    model.dtype = torch.bfloat16
    rough, state = model.losses(inputs, targets, model.initial(4))
    assert rough.dtype == torch.float32 and state[0].dtype == torch.bfloat16
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=0.1)
    assert not torch.equal(rough, exact)
    model.loss((inputs, targets), None)[0].backward()
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}


RATES = ["dropout_input", "dropout_layers", "dropout_output", "dropout_words", "weight_drop"]


@pytest.mark.parametrize("rate", RATES)
def test_each_dropout_acts_in_training_and_only_there(rate):
    model, plain = build(**{rate: 0.5}), build()
    batch = draw(3, 6)
    noisy = {round(model.loss(batch, None)[0].item(), 9) for _ in range(4)}
    assert len(noisy) > 1
    model.eval()
    assert model.loss(batch, None)[0].item() == plain.loss(batch, None)[0].item()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "gru9"}, "unknown cell 'gru9'; there are: rnn, rnn-relu, gru-simple"),
        ({"input": "two-hot"}, "unknown input 'two-hot'; there are: embedding, one-hot"),
        ({"layers": 0}, "layers must be 1 or more, got 0"),
        ({"hidden": -3}, "hidden must be 1 or more, got -3"),
        ({"embed": 0}, "embed must be 1 or more, got 0"),
        ({"vocabulary_size": 0}, "vocabulary_size must be 1 or more, got 0"),
        *[({rate: 1.5}, "1.5") for rate in RATES],
        *[({rate: -0.1}, "-0.1") for rate in RATES],
    ],
)
def test_impossible_configurations_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        LanguageModelConfig(**{"vocabulary_size": V, **change})


class TestTied(ModelContract, CausalContract):
    @pytest.fixture(autouse=True, params=CELLS)
    def choose(self, request):
        self.cell = request.param

    def build(self):
        return LanguageModel(LanguageModelConfig(V, self.cell, layers=2, hidden=12, embed=10))

    def batch(self):
        return draw(2, 5, seed=4)


class TestUntied(ModelContract, CausalContract):
    def build(self):
        return LanguageModel(LanguageModelConfig(V, layers=2, hidden=12, embed=10, tie=False))

    def batch(self):
        return draw(2, 5, seed=4)


class TestOneHot(ModelContract, CausalContract):
    def build(self):
        config = LanguageModelConfig(V, "gru", layers=1, hidden=12, embed=10, input="one-hot")
        return LanguageModel(config)

    def batch(self):
        return draw(2, 5, seed=4)


def test_it_can_start_as_the_unigram_model():
    counts = [5, 0, 12, 3, 8]
    model = LanguageModel(LanguageModelConfig(len(counts), hidden=6, embed=6))
    model.start_from(counts)
    shares = (np.array(counts) + 1) / (sum(counts) + len(counts))
    with torch.no_grad():
        model.embedding.weight.zero_()
    log_probs, _ = model.step(torch.tensor([2, 0]), model.initial(2))
    np.testing.assert_allclose(log_probs, np.log([shares, shares]), atol=1e-6)
