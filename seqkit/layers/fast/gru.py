"""The compiled twins of the gated recurrent units (C2, C3, C3')."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqkit.layers.fast.numerics import ONE, ZERO, compiled, load, sigmoid, store, tanh
from seqkit.layers.fast.recurrence import (
    Recurrence,
    Tape,
    as_arrays,
    carried,
    gradient,
    histories,
)
from seqkit.layers.state import State


@compiled
def _mix(update, candidate, old, new, out):  # type: ignore[no-untyped-def]
    """c<t> = Γ_u * c~ + (1 - Γ_u) * c<t-1> for one row, activations taken."""
    for j in range(len(old)):
        u, m = sigmoid(load(update, j)), tanh(load(candidate, j))
        memory = u * m + (ONE - u) * old[j]
        store(update, j, u)
        store(candidate, j, m)
        new[j] = memory
        store(out, j, memory)


@compiled
def _unmix(update, candidate, old, d_out, d_update, d_candidate, d_a, d_c):  # type: ignore[no-untyped-def]
    """The way back through `_mix`: d_c becomes what goes straight on to c<t-1>, d_a nothing."""
    for j in range(len(old)):
        u, m = load(update, j), load(candidate, j)
        d = load(d_a, j) + load(d_out, j) + d_c[j]
        store(d_update, j, d * (m - old[j]) * u * (ONE - u))
        store(d_candidate, j, d * u * (ONE - m * m))
        store(d_a, j, ZERO)
        d_c[j] = d * (ONE - u)


@compiled
def _hold(d_a, d_out):  # type: ignore[no-untyped-def]
    """The way back through a padded position: the gradient goes on as it is."""
    for j in range(len(d_a)):
        store(d_a, j, load(d_a, j) + load(d_out, j))


@compiled
def _update_forward(t, gates, a, c, real):  # type: ignore[no-untyped-def]
    """Γ_u and c~, the last two blocks of rows of C2 and of C3."""
    _, B, H = a.shape
    first = gates.shape[2] - 2 * H
    for b in range(B):
        g = gates[t, b, first:]
        if real[t, b]:
            _mix(g[:H], g[H:], c[t, b], c[t + 1, b], a[t + 1, b])
        else:
            c[t + 1, b, :] = c[t, b]
            a[t + 1, b, :] = a[t, b]


@compiled
def _update_backward(t, gates, a, c, real, d_outputs, d_a, d_c, d_gates):  # type: ignore[no-untyped-def]
    _, B, H = a.shape
    first = gates.shape[2] - 2 * H
    for b in range(B):
        g, d_g, d_out = gates[t, b, first:], d_gates[t, b, first:], d_outputs[t, b]
        if real[t, b]:
            _unmix(g[:H], g[H:], c[t, b], d_out, d_g[:H], d_g[H:], d_a[b], d_c[b])
        else:
            d_g[:] = 0
            _hold(d_a[b], d_out)


class CompiledSimpleGRU(Recurrence):
    """C2; the rows of its weights are Γ_u, c~."""

    forward_kernel, backward_kernel = _update_forward, _update_backward


@compiled
def _reset_forward(t, gates, c, seen):  # type: ignore[no-untyped-def]
    """Γ_r, and Γ_r * c<t-1>, which the second product sees."""
    _, B, H = seen.shape
    for b in range(B):
        reset, old, shown = gates[t, b, :H], c[t, b], seen[t, b]
        for j in range(H):
            r = sigmoid(load(reset, j))
            store(reset, j, r)
            store(shown, j, r * old[j])


@compiled
def _reset_backward(t, gates, c, d_seen, d_c, d_gates):  # type: ignore[no-untyped-def]
    """The way back through `_reset_forward`; at a padded position d_seen is 0."""
    B, H = d_seen.shape
    for b in range(B):
        reset, old, d_shown = gates[t, b, :H], c[t, b], d_seen[b]
        d_reset, d_old = d_gates[t, b, :H], d_c[b]
        for j in range(H):
            r, d = load(reset, j), load(d_shown, j)
            store(d_reset, j, d * old[j] * r * (ONE - r))
            d_old[j] += d * r


class CompiledGRU(Recurrence):
    """C3: two products a step, the second of which waits for the reset gate.

    The rows of its weights are Γ_r, Γ_u, c~.
    """

    def forward(self, gates: Tensor, state: State, weights: Sequence[Tensor], real: Tensor) -> Tape:
        """Run over the projected input `gates` (T, B, 3H), which is overwritten."""
        a, c = histories(gates, state)
        seen = torch.empty_like(a[1:])  # (T, B, H), Γ_r * c<t-1>
        split = 2 * a.shape[2]
        for_gates, for_candidate = (w.T.contiguous() for w in _split(weights[0], split))
        arrays = as_arrays(gates, a, c, real)
        for_reset = as_arrays(gates, c, seen)
        steps = zip(gates.unbind(), a[:-1].unbind(), seen.unbind(), strict=True)
        for t, (gates_t, a_t, seen_t) in enumerate(steps):
            gates_t[:, :split].addmm_(a_t, for_gates)  # (B, 2H)
            _reset_forward(t, *for_reset)
            gates_t[:, split:].addmm_(seen_t, for_candidate)  # (B, H)
            _update_forward(t, *arrays)
        return a, c, gates, seen

    def backward(
        self, tape: Tape, weights: Sequence[Tensor], real: Tensor, d_outputs: Tensor, d_last: State
    ) -> tuple[Tensor, State, tuple[Tensor, ...]]:
        """Gradients of the projected input, the first state and the weights."""
        a, c, gates, seen = tape
        split = 2 * a.shape[2]
        of_gates, of_candidate = _split(weights[0], split)
        d_gates, d_seen = torch.empty_like(gates), torch.empty_like(a[0])
        d_a, d_c = carried(d_last, c)
        arrays = as_arrays(gates, a, c, real, d_outputs, d_a, d_c, d_gates)
        for_reset = as_arrays(gates, c, d_seen, d_c, d_gates)
        steps = d_gates.unbind()
        for t in reversed(range(len(steps))):
            _update_backward(t, *arrays)
            torch.mm(steps[t][:, split:], of_candidate, out=d_seen)  # (B, H)
            _reset_backward(t, *for_reset)
            d_a.addmm_(steps[t][:, :split], of_gates)  # (B, H)
        d_recurrent = torch.cat(
            [gradient(d_gates[..., :split], a[:-1]), gradient(d_gates[..., split:], seen)]
        )  # (3H, H)
        return d_gates, (d_a + d_c.to(d_a.dtype),), (d_recurrent,)


@compiled
def _reset_after_forward(t, gates, products, a, c, real):  # type: ignore[no-untyped-def]
    _, B, H = a.shape
    for b in range(B):
        g, p = gates[t, b], products[t, b]
        r, u, m, remembered = g[:H], g[H : 2 * H], g[2 * H :], p[2 * H :]
        for j in range(H):
            reset = sigmoid(load(r, j) + load(p, j))
            store(r, j, reset)
            store(u, j, load(u, j) + load(p, H + j))
            store(m, j, load(m, j) + reset * load(remembered, j))
        if real[t, b]:
            _mix(u, m, c[t, b], c[t + 1, b], a[t + 1, b])
        else:
            c[t + 1, b, :] = c[t, b]
            a[t + 1, b, :] = a[t, b]


@compiled
def _reset_after_backward(  # type: ignore[no-untyped-def]
    t, gates, products, a, c, real, d_outputs, d_a, d_c, d_gates, d_products
):
    _, B, H = a.shape
    for b in range(B):
        g, d_g, d_p, d_out = gates[t, b], d_gates[t, b], d_products[t, b], d_outputs[t, b]
        if real[t, b]:
            u, m, d_u, d_m = g[H : 2 * H], g[2 * H :], d_g[H : 2 * H], d_g[2 * H :]
            _unmix(u, m, c[t, b], d_out, d_u, d_m, d_a[b], d_c[b])
            _reset_after_row(g[:H], products[t, b, 2 * H :], d_g[:H], d_m, d_p[2 * H :])
            d_p[: 2 * H] = d_g[: 2 * H]
        else:
            d_g[:] = 0
            d_p[:] = 0
            _hold(d_a[b], d_out)


@compiled
def _reset_after_row(reset, remembered, d_reset, d_candidate, d_remembered):  # type: ignore[no-untyped-def]
    for j in range(len(reset)):
        r, d = load(reset, j), load(d_candidate, j)
        store(d_reset, j, d * load(remembered, j) * r * (ONE - r))
        store(d_remembered, j, d * r)


class CompiledResetAfterGRU(Recurrence):
    """C3': the product of the candidate is kept apart from its input, since Γ_r lies between.

    The rows of its weights are Γ_r, Γ_u, c~.
    """

    parameters = ("recurrent", "recurrent_bias")

    def forward(self, gates: Tensor, state: State, weights: Sequence[Tensor], real: Tensor) -> Tape:
        """Run over the projected input `gates` (T, B, 3H), which is overwritten."""
        a, c = histories(gates, state)
        recurrent, candidate_bias = weights
        transposed = recurrent.T.contiguous()  # (H, 3H)
        bias = torch.cat([candidate_bias.new_zeros(2 * len(candidate_bias)), candidate_bias])
        products = torch.empty_like(gates)  # (T, B, 3H), W_a @ c<t-1> + b
        arrays = as_arrays(gates, products, a, c, real)
        for t, (product, a_t) in enumerate(zip(products.unbind(), a[:-1].unbind(), strict=True)):
            torch.addmm(bias, a_t, transposed, out=product)  # (B, 3H)
            _reset_after_forward(t, *arrays)
        return a, c, gates, products

    def backward(
        self, tape: Tape, weights: Sequence[Tensor], real: Tensor, d_outputs: Tensor, d_last: State
    ) -> tuple[Tensor, State, tuple[Tensor, ...]]:
        """Gradients of the projected input, the first state and the weights."""
        a, c, gates, products = tape
        d_gates, d_products = torch.empty_like(gates), torch.empty_like(products)
        d_a, d_c = carried(d_last, c)
        arrays = as_arrays(gates, products, a, c, real, d_outputs, d_a, d_c, d_gates, d_products)
        steps = d_products.unbind()
        for t in reversed(range(len(steps))):
            _reset_after_backward(t, *arrays)
            d_a.addmm_(steps[t], weights[0])  # (B, H)
        d_bias = d_products[..., -len(weights[1]) :].sum((0, 1))  # (H,)
        d_weights = gradient(d_products, a[:-1]), d_bias
        return d_gates, (d_a + d_c.to(d_a.dtype),), d_weights


def _split(weight: Tensor, rows: int) -> tuple[Tensor, Tensor]:
    """The rows of the two gates and those of the candidate, each (…, H)."""
    return weight[:rows], weight[rows:]
