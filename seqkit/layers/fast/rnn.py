"""The compiled twins of the simple recurrent cells (C1)."""

from seqkit.layers.fast.numerics import ONE, ZERO, compiled, load, store, tanh
from seqkit.layers.fast.recurrence import Recurrence


@compiled
def _tanh_forward(t, gates, a, c, real):  # type: ignore[no-untyped-def]
    _, B, H = gates.shape
    for b in range(B):
        z, old, new = gates[t, b], a[t, b], a[t + 1, b]
        if real[t, b]:
            for j in range(H):
                store(new, j, tanh(load(z, j)))
        else:
            new[:] = old


@compiled
def _tanh_backward(t, gates, a, c, real, d_outputs, d_a, d_c, d_gates):  # type: ignore[no-untyped-def]
    _, B, H = gates.shape
    for b in range(B):
        new, d_out, d_z, d_new = a[t + 1, b], d_outputs[t, b], d_gates[t, b], d_a[b]
        for j in range(H):
            d = load(d_new, j) + load(d_out, j)
            y = load(new, j)
            store(d_z, j, d * (ONE - y * y) if real[t, b] else ZERO)
            store(d_new, j, ZERO if real[t, b] else d)


@compiled
def _relu_forward(t, gates, a, c, real):  # type: ignore[no-untyped-def]
    _, B, H = gates.shape
    for b in range(B):
        z, old, new = gates[t, b], a[t, b], a[t + 1, b]
        if real[t, b]:
            for j in range(H):
                value = load(z, j)
                store(new, j, max(value, ZERO))
        else:
            new[:] = old


@compiled
def _relu_backward(t, gates, a, c, real, d_outputs, d_a, d_c, d_gates):  # type: ignore[no-untyped-def]
    _, B, H = gates.shape
    for b in range(B):
        new, d_out, d_z, d_new = a[t + 1, b], d_outputs[t, b], d_gates[t, b], d_a[b]
        for j in range(H):
            d = load(d_new, j) + load(d_out, j)
            store(d_z, j, d if real[t, b] and load(new, j) > ZERO else ZERO)
            store(d_new, j, ZERO if real[t, b] else d)


class CompiledRNN(Recurrence):
    """C1 with tanh."""

    forward_kernel, backward_kernel = _tanh_forward, _tanh_backward


class CompiledReLURNN(Recurrence):
    """C1 with a rectifier."""

    forward_kernel, backward_kernel = _relu_forward, _relu_backward
