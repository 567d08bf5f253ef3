"""What cells show of themselves: against the equations, written out in NumPy."""

import numpy as np
import pytest
import torch

from seqkit.layers import CELLS, LSTM, LayerNorm, WeightDrop, Zoneout
from seqkit.layers.gates import activations

B, T, D, H = 2, 5, 3, 4


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def randn(*shape):
    generator = torch.Generator().manual_seed(2)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def stirred(cell):
    """A cell with random weights everywhere, biases and peepholes too."""
    generator = torch.Generator().manual_seed(1)
    for parameter in cell.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return cell.eval()


def by_hand(name, cell, x):
    """All that one step after another computes for x (T, D), by name: each (T, H)."""
    p = {n: value.detach().numpy() for n, value in cell.named_parameters()}
    w_x, w_a, bias = p["input_weight"], p["recurrent_weight"], p["bias"]
    a = c = np.zeros(H)
    found = []
    for x_t in x:

        def gate(row, seen, extra=0.0, x_t=x_t):
            rows = slice(row * H, (row + 1) * H)
            return w_x[rows] @ x_t + w_a[rows] @ seen + bias[rows] + extra

        if name in ("rnn", "rnn-relu"):
            a = np.tanh(gate(0, a)) if name == "rnn" else np.maximum(0, gate(0, a))
            found.append({"output": a})
            continue
        if name == "gru-simple":
            step = {"update": sigmoid(gate(0, a)), "candidate": np.tanh(gate(1, a))}
        elif name.startswith("gru"):
            step = {"reset": sigmoid(gate(0, a)), "update": sigmoid(gate(1, a))}
            before = np.tanh(gate(2, step["reset"] * a))
            if name == "gru-reset-after":
                remembered = w_a[2 * H :] @ a + p["recurrent_bias"]
                before = np.tanh(gate(2, 0 * a) + step["reset"] * remembered)
            step["candidate"] = before
        else:
            order = ["update", "forget", "output gate", "candidate"]
            if name == "lstm":
                order = ["update", "forget", "candidate", "output gate"]
            seen = np.zeros((3, H))
            if name == "lstm-peephole":
                seen = (p["peephole_weight"] @ c).reshape(3, H)
            elif name == "lstm-peephole-diagonal":
                seen = p["peephole_weight"].reshape(3, H) * c
            step = {"candidate": np.tanh(gate(order.index("candidate"), a))}
            for g, kind in enumerate(("update", "forget", "output gate")):
                step[kind] = sigmoid(gate(order.index(kind), a, seen[g]))
            c = step["memory"] = step["update"] * step["candidate"] + step["forget"] * c
            a = step["output"] = step["output gate"] * np.tanh(c)
            found.append(step)
            continue
        a = step["output"] = step["update"] * step["candidate"] + (1 - step["update"]) * a
        found.append(step)
    return {n: np.array([step[n] for step in found]) for n in found[0]}


@pytest.mark.parametrize("name", CELLS)
def test_agrees_with_the_equations(name):
    cell = stirred(CELLS[name](D, H).double())
    x = randn(B, T, D)
    shown = activations(cell, x)
    flat = {("output gate" if n == "output" else n): v for n, v in shown.gates.items()}
    flat |= shown.values
    for row in range(B):
        wanted = by_hand(name, cell, x[row].numpy())
        assert set(flat) == set(wanted)
        for key, value in wanted.items():
            np.testing.assert_allclose(flat[key][row], value, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("name", CELLS)
def test_gates_are_shares_and_outputs_are_those_of_the_cell(name):
    cell, x = stirred(CELLS[name](D, H).double()), randn(B, T, D)
    shown = activations(cell, x)
    for gate in shown.gates.values():
        assert gate.shape == (B, T, H) and not gate.requires_grad
        assert gate.min() > 0 and gate.max() < 1
    torch.testing.assert_close(shown.values["output"], cell(x)[0])


def test_wrappers_are_seen_through():
    x = randn(B, T, D)
    cell = stirred(LSTM(D, H).double())
    net = Zoneout(LayerNorm(WeightDrop(cell, 0.5)).double(), 0.2, 0.3).eval()
    shown = activations(net, x)
    torch.testing.assert_close(shown.values["output"], net(x)[0])
    assert list(shown.gates) == ["update", "forget", "output"]
    assert not torch.allclose(shown.gates["forget"], activations(cell, x).gates["forget"])
