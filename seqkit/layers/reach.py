"""How far back in time gradients reach: whether they vanish or explode (L5)."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.cell import Cell
from seqkit.layers.stack import Stack
from seqkit.layers.state import State
from seqkit.layers.wrappers import Wrapper


def gradient_reach(
    net: Cell | Wrapper | Stack, x: Tensor, farthest: int, directions: Tensor | None = None
) -> Tensor:
    """The norm of the gradient at every distance back in time (L5): (farthest + 1,), no unit.

    At distance k it is the mean of |v @ J|, over the B sequences and over directions v of length 1
    in the space of the outputs (H numbers), where

    J = d a<T> / d s<T-k>  (H, S),  s<t> all S numbers of the state after position t:

    how much a loss that pulls the output some way pulls the state k steps earlier. It is 1 at
    k = 0, and stays 1 where J but rotates. J is a product of k Jacobians of single steps, so it
    tends to vanish or to explode exponentially with k (Pascanu, Mikolov & Bengio 2013, section 2).
    The memory c of an LSTM is a part of s, and so are the states of all layers of a stack: all that
    flows back counts.

    x is (B, T, D), read from a state of zeros; what comes before the last `farthest` positions only
    warms it up. One direction a sequence is drawn at random, always the same, unless directions
    (B, H) are given. Norms below about 1e-22 are 0 in float32; float64 sees them. Call `eval()` on
    the net first, lest dropout is drawn anew at every step.

    Raises ValueError where the net reads from both ends, and where x is shorter than `farthest`.
    """
    if any(isinstance(part, Bidirectional) for part in net.modules()):
        raise ValueError("a bidirectional net has no distance back in time: give one direction")
    if not 1 <= farthest <= x.shape[1]:
        raise ValueError(
            f"the farthest distance must be between 1 and the {x.shape[1]} positions of the "
            f"input, got {farthest}"
        )
    output, states = _run(net, x, farthest)
    if directions is None:
        directions = _random_signs(output)
    earlier = [tensor for state in states for tensor in state]
    gradients = torch.autograd.grad(output, earlier, directions)  # v @ J, each (B, H)
    count = len(states[0])
    by_distance = [gradients[i : i + count] for i in range(0, len(gradients), count)]
    norms = [torch.cat(parts, dim=1).norm(dim=1).mean() for parts in by_distance]
    norms.append(directions.norm(dim=1).mean())  # at distance 0, J is the identity
    return torch.stack(norms).flip(0)


def fades_below(norms: Sequence[float], share: float) -> int | None:
    """The distance from which on all norms lie below `share`; None where the last one does not."""
    above = [k for k, norm in enumerate(norms) if not norm < share]
    first = above[-1] + 1 if above else 0
    return first if first < len(norms) else None


def _run(net: Cell | Wrapper | Stack, x: Tensor, farthest: int) -> tuple[Tensor, list[State]]:
    """Run over x (B, T, D) -> the output a<T> (B, H) and the states s<T-farthest>, …, s<T-1>."""
    state: State = tuple(tensor.to(x) for tensor in net.initial(len(x)))
    first = x.shape[1] - farthest
    if first:
        with torch.no_grad():
            _, state = net(x[:, :first], state)
    state = tuple(tensor.detach().requires_grad_() for tensor in state)
    states: list[State] = []
    with torch.enable_grad():
        for t in range(first, x.shape[1]):
            # As views the parts of a state are variables of their own: the gradient with respect to
            # c<t> is then what flows through c<t> itself, not also that through a<t>, made of it.
            state = tuple(tensor.view_as(tensor) for tensor in state)
            states.append(state)
            output, state = net(x[:, t : t + 1], state)
        return output[:, 0], states


def _random_signs(like: Tensor) -> Tensor:
    """Directions (B, H) of length 1, ±1/sqrt(H) in every place."""
    generator = torch.Generator().manual_seed(0)
    signs = torch.randint(2, like.shape, generator=generator) * 2 - 1
    return signs.to(like) / math.sqrt(like.shape[1])
