import numpy as np
import pytest
import torch

from seqkit.layers.characters import PAD, CharacterCNN, CharacterRNN
from seqkit.layers.lstm import LSTM


def padded(*words):
    width = max(map(len, words))
    return torch.tensor([list(word) + [PAD] * (width - len(word)) for word in words])


WORDS = ([1, 5, 3, 1], [1, 4, 1], [1, 6, 6, 5, 3, 4, 1], [1, 1])


def test_the_cnn_equals_loops():
    torch.manual_seed(0)
    net = CharacterCNN(7, 5, 6).double()
    table = net.embedding.weight.detach().numpy()
    weight = net.filters.weight.detach().numpy().reshape(6, 3, 5)
    bias = net.filters.bias.detach().numpy()
    found = net(padded(*WORDS)).detach().numpy()
    for word, row in zip(WORDS, found, strict=True):
        scores = []
        for i in range(len(word)):
            total = bias.copy()
            for offset in (-1, 0, 1):
                if 0 <= i + offset < len(word):
                    total += weight[:, offset + 1] @ table[word[i + offset]]
            scores.append(total)
        np.testing.assert_allclose(row, np.max(scores, axis=0), atol=1e-12)


def test_the_rnn_gives_the_last_state_of_each_direction():
    torch.manual_seed(0)
    net = CharacterRNN(7, 5, 6).double()
    found = net(padded(*WORDS))
    for word, row in zip(WORDS, found, strict=True):
        x = net.embedding(torch.tensor([word]))
        forward, _ = net.net.forward_cell(x)
        backward, _ = net.net.backward_cell(x.flip(1))
        torch.testing.assert_close(row, torch.cat([forward[0, -1], backward[0, -1]]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_without_gradients_the_cnn_gives_the_same(dtype):
    torch.manual_seed(0)
    net = CharacterCNN(7, 5, 6).to(dtype)
    wanted = net(padded(*WORDS)).detach()
    with torch.no_grad():
        found = net(padded(*WORDS))
        assert found.dtype == dtype
        torch.testing.assert_close(found, wanted)
        net.filters.weight[2, 3] = torch.nan
        assert net(padded(*WORDS))[:, 2].isnan().all()


@pytest.mark.parametrize("kind", [CharacterCNN, CharacterRNN])
def test_padding_changes_nothing(kind):
    torch.manual_seed(0)
    net = kind(7, 5, 6).double()
    together = net(padded(*WORDS))
    for word, row in zip(WORDS, together, strict=True):
        torch.testing.assert_close(net(padded(word))[0], row)


@pytest.mark.parametrize("kind", [CharacterCNN, CharacterRNN])
def test_gradients_equal_finite_differences(kind):
    torch.manual_seed(0)
    net = kind(7, 3, 4).double()
    names = [name for name, _ in net.named_parameters()]

    def run(*values):
        return torch.func.functional_call(
            net, dict(zip(names, values, strict=True)), (padded(*WORDS),)
        )

    values = [p.detach().clone().requires_grad_() for p in net.parameters()]
    assert torch.autograd.gradcheck(run, values)


def test_the_rnn_wants_an_even_width():
    with pytest.raises(ValueError, match="even, got 5"):
        CharacterRNN(7, 3, 5)
    assert isinstance(CharacterRNN(7, 3, 4).net.forward_cell, LSTM)
