"""Back-propagation through time by hand (L2): the autograd function, and the loop most cells use.

Products stay with torch's library: one for all inputs before the loop, one a step inside it, one
for the gradient of the weights after it. What lies between the products is a compiled kernel.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqkit.layers.state import State
from seqkit.layers.weights import Weights

Tape = tuple[Tensor, ...]
"""What the way back needs: outputs a<0..T> (T+1, B, H) first, then memory, gates and the like."""


class Recurrence:
    """The compiled twin of a cell with one product a step; subclasses name kernels and weights.

    A forward kernel is called as kernel(t, gates, a, c, real) after the gates' products are summed
    up in gates[t] (B, G); it writes the activations over them, and a[t+1] and c[t+1] (B, H).
    A backward kernel is called as kernel(t, gates, a, c, real, d_outputs, d_a, d_c, d_gates). It
    finds the gradients of a<t> and c<t> in d_a and d_c (B, H), adds that of the output, writes
    d_gates[t] and leaves in d_a and d_c what reaches a<t-1> and c<t-1> other than by a product.
    Where real[t] (B,) is false, states are kept and gradients passed on.
    """

    parameters: ClassVar[tuple[str, ...]] = ("recurrent",)
    """The fields of `Weights` that the loop uses."""
    order: ClassVar[tuple[tuple[int, ...], ...]] = ()
    """What kernels are handed beside the arrays: how the rows are ordered, where that varies."""
    forward_kernel: ClassVar[Callable[..., None]]
    backward_kernel: ClassVar[Callable[..., None]]

    def __call__(
        self, x: Tensor, state: State, weights: Weights, real: Tensor | None
    ) -> tuple[Tensor, State]:
        """As `unroll`: x (B, T, D) -> outputs (B, T, H) and the last state."""
        projected = weights.project(x.transpose(0, 1).contiguous())  # (T, B, G)
        if real is None:
            mask = torch.ones(projected.shape[:2], dtype=torch.bool)
        else:
            mask = real.T.contiguous()  # (T, B)
        used = [getattr(weights, name) for name in self.parameters]
        outputs, *last = _through_time(self, mask, len(state), projected, *state, *used)
        return outputs.transpose(0, 1), tuple(last)

    def forward(self, gates: Tensor, state: State, weights: Sequence[Tensor], real: Tensor) -> Tape:
        """Run over the projected input `gates` (T, B, G), which is overwritten."""
        a, c = histories(gates, state)
        turned = [weight.t().contiguous() for weight in weights]  # (H, G); products are faster so
        arrays = as_arrays(gates, a, c, real)
        steps = zip(gates.unbind(), a[:-1].unbind(), c[:-1].unbind(), strict=True)
        for t, (gates_t, a_t, c_t) in enumerate(steps):
            gates_t.addmm_(a_t, turned[0])  # (B, G)
            self.look(gates_t, c_t, turned)
            type(self).forward_kernel(t, *arrays, *self.order)
        return a, c, gates

    def backward(
        self, tape: Tape, weights: Sequence[Tensor], real: Tensor, d_outputs: Tensor, d_last: State
    ) -> tuple[Tensor, State, tuple[Tensor, ...]]:
        """Gradients of the projected input, the first state and the weights."""
        a, c, gates = tape
        d_gates = torch.empty_like(gates)
        d_a, d_c = carried(d_last, c)
        arrays = as_arrays(gates, a, c, real, d_outputs, d_a, d_c, d_gates)
        steps = d_gates.unbind()
        for t in reversed(range(len(steps))):
            type(self).backward_kernel(t, *arrays, *self.order)
            d_a.addmm_(steps[t], weights[0])  # (B, H)
            self.look_back(steps[t], d_c, weights)
        d_recurrent = gradient(d_gates, a[:-1])  # (G, H)
        d_state = (d_a, d_c) if len(d_last) == 2 else (d_a + d_c.to(d_a.dtype),)
        return d_gates, d_state, (d_recurrent, *self.look_gradient(d_gates, c[:-1], weights))

    def look(self, gates: Tensor, c: Tensor, turned: Sequence[Tensor]) -> None:
        """Add to the gates (B, G) what they see of the memory c<t-1> (B, H): nothing, mostly.

        `turned` are the weights transposed.
        """

    def look_back(self, d_gates: Tensor, d_c: Tensor, weights: Sequence[Tensor]) -> None:
        """Add to d_c (B, H) what comes through that from d_gates (B, G)."""

    def look_gradient(
        self, d_gates: Tensor, c: Tensor, weights: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """The gradients of the weights that `look` uses, from (T, B, G) and (T, B, H)."""
        return ()


class _ThroughTime(torch.autograd.Function):
    """A recurrence as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any,
        recurrence: Recurrence,
        real: Tensor,
        states: int,
        projected: Tensor,
        *tensors: Tensor,
    ) -> tuple[Tensor, ...]:
        state, weights = tensors[:states], tensors[states:]
        tape = recurrence.forward(projected, state, weights, real)
        ctx.recurrence, ctx.weights = recurrence, len(weights)
        ctx.save_for_backward(real, *weights, *tape)
        last = (history[-1].to(projected.dtype, copy=True) for history in tape[:states])
        return tape[0][1:], *last

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, d_outputs: Tensor, *d_last: Tensor) -> tuple[Tensor | None, ...]:
        real, *saved = ctx.saved_tensors
        weights, tape = saved[: ctx.weights], tuple(saved[ctx.weights :])
        d_projected, d_state, d_weights = ctx.recurrence.backward(
            tape, weights, real, d_outputs.contiguous(), d_last
        )
        d_state = tuple(d.to(d_projected.dtype) for d in d_state)
        return None, None, None, d_projected, *d_state, *d_weights


_through_time: Callable[..., tuple[Tensor, ...]] = _ThroughTime.apply


def histories(gates: Tensor, state: State) -> tuple[Tensor, Tensor]:
    """Room for a<0..T> and c<0..T>, each (T+1, B, H), their first entry filled in.

    The memory is kept in float32 where the rest is bfloat16: small changes to it must add up.
    Where the state is a alone, the memory starts as a.
    """
    positions, batch = gates.shape[:2]
    shape = (positions + 1, batch, state[0].shape[1])
    a = gates.new_empty(shape)
    c = gates.new_empty(shape, dtype=torch.promote_types(gates.dtype, torch.float32))
    a[0], c[0] = state[0], state[-1]
    return a, c


def carried(d_last: State, c: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of the last a and c (B, H), to be changed on the way back."""
    d_a = d_last[0].clone(memory_format=torch.contiguous_format)
    if len(d_last) == 1:
        return d_a, torch.zeros_like(c[0])
    return d_a, d_last[1].to(c.dtype, copy=True, memory_format=torch.contiguous_format)


def gradient(d_product: Tensor, seen: Tensor) -> Tensor:
    """The gradient of W, summed over the steps of W @ seen: (T, B, G), (T, B, H) -> (G, H)."""
    return d_product.flatten(0, 1).T @ seen.to(d_product.dtype).flatten(0, 1)


def as_arrays(*tensors: Tensor) -> list[np.ndarray]:
    """The same memory as NumPy arrays; bfloat16, which NumPy does not know, as int16."""
    return [
        t.view(torch.int16).numpy() if t.dtype is torch.bfloat16 else t.numpy() for t in tensors
    ]
