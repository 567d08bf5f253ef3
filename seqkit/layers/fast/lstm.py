"""The compiled twins of the LSTM (C4) and of the LSTMs with peepholes (C5)."""

from collections.abc import Sequence

from torch import Tensor

from seqkit.layers.fast.numerics import ONE, ZERO, compiled, load, sigmoid, store, tanh
from seqkit.layers.fast.recurrence import Recurrence, gradient


@compiled
def _split(row, H, order):  # type: ignore[no-untyped-def]
    u, f, m, o = order
    return (
        row[u * H : (u + 1) * H],
        row[f * H : (f + 1) * H],
        row[m * H : (m + 1) * H],
        row[o * H : (o + 1) * H],
    )


@compiled
def _forward(t, gates, a, c, real, order):  # type: ignore[no-untyped-def]
    _, B, H = a.shape
    for b in range(B):
        old, new, out = c[t, b], c[t + 1, b], a[t + 1, b]
        if real[t, b]:
            u, f, m, o = _split(gates[t, b], H, order)
            for j in range(H):
                update, forget = sigmoid(load(u, j)), sigmoid(load(f, j))
                candidate, output = tanh(load(m, j)), sigmoid(load(o, j))
                memory = update * candidate + forget * old[j]
                store(u, j, update)
                store(f, j, forget)
                store(m, j, candidate)
                store(o, j, output)
                new[j] = memory
                store(out, j, output * tanh(memory))
        else:
            new[:] = old
            out[:] = a[t, b]


@compiled
def _backward(t, gates, a, c, real, d_outputs, d_a, d_c, d_gates, order):  # type: ignore[no-untyped-def]
    _, B, H = a.shape
    for b in range(B):
        d_out, d_hidden, d_old = d_outputs[t, b], d_a[b], d_c[b]
        if real[t, b]:
            u, f, m, o = _split(gates[t, b], H, order)
            d_u, d_f, d_m, d_o = _split(d_gates[t, b], H, order)
            old, new = c[t, b], c[t + 1, b]
            for j in range(H):
                update, forget, candidate, output = load(u, j), load(f, j), load(m, j), load(o, j)
                d = load(d_hidden, j) + load(d_out, j)
                shown = tanh(new[j])
                d_memory = d_old[j] + d * output * (ONE - shown * shown)
                store(d_u, j, d_memory * candidate * update * (ONE - update))
                store(d_f, j, d_memory * old[j] * forget * (ONE - forget))
                store(d_m, j, d_memory * update * (ONE - candidate * candidate))
                store(d_o, j, d * shown * output * (ONE - output))
                store(d_hidden, j, ZERO)
                d_old[j] = d_memory * forget
        else:
            d_gates[t, b, :] = 0
            for j in range(H):
                store(d_hidden, j, load(d_hidden, j) + load(d_out, j))


class CompiledLSTM(Recurrence):
    """C4; the rows of its weights are Γ_u, Γ_f, c~, Γ_o."""

    order = ((0, 1, 2, 3),)
    forward_kernel, backward_kernel = _forward, _backward


class CompiledPeepholeLSTM(Recurrence):
    """C5 with full peepholes; the rows of its weights are Γ_u, Γ_f, Γ_o, c~."""

    parameters = ("recurrent", "peephole")
    order = ((0, 1, 3, 2),)
    forward_kernel, backward_kernel = _forward, _backward

    def look(self, gates: Tensor, c: Tensor, turned: Sequence[Tensor]) -> None:
        """P @ c<t-1> for the three gates."""
        peephole = turned[1]  # (H, 3H)
        gates[:, : peephole.shape[1]].addmm_(c.to(gates.dtype), peephole)

    def look_back(self, d_gates: Tensor, d_c: Tensor, weights: Sequence[Tensor]) -> None:
        """P^T @ dΓ."""
        peephole = weights[1]  # (3H, H)
        d_c += d_gates[:, : len(peephole)] @ peephole  # (B, H)

    def look_gradient(
        self, d_gates: Tensor, c: Tensor, weights: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """dΓ @ c^T, summed over the steps."""
        return (gradient(d_gates[..., : len(weights[1])], c),)


class CompiledDiagonalPeepholeLSTM(Recurrence):
    """C5 with diagonal peepholes; the rows of its weights are Γ_u, Γ_f, Γ_o, c~."""

    parameters = ("recurrent", "peephole")
    order = ((0, 1, 3, 2),)
    forward_kernel, backward_kernel = _forward, _backward

    def look(self, gates: Tensor, c: Tensor, turned: Sequence[Tensor]) -> None:
        """p * c<t-1> for the three gates."""
        peephole = turned[1].view(3, 1, -1)  # (3, 1, H)
        _three(gates).addcmul_(c.to(gates.dtype), peephole)  # (3, B, H)

    def look_back(self, d_gates: Tensor, d_c: Tensor, weights: Sequence[Tensor]) -> None:
        """p * dΓ, summed over the gates."""
        d_c += (_three(d_gates) * weights[1].view(3, 1, -1)).sum(0)  # (B, H)

    def look_gradient(
        self, d_gates: Tensor, c: Tensor, weights: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """dΓ * c, summed over steps and sequences."""
        products = _three(d_gates.flatten(0, 1)) * c.to(d_gates.dtype).flatten(0, 1)  # (3, T*B, H)
        return (products.sum(1).flatten(),)


def _three(gates: Tensor) -> Tensor:
    """Γ_u, Γ_f, Γ_o of (N, 4H) as (3, N, H)."""
    return gates.view(len(gates), 4, -1)[:, :3].transpose(0, 1)
