"""Running a cell over sequences: the readable loop, and the function that picks a faster path."""

from typing import Any, Protocol

import torch
from torch import Tensor

from seqkit.layers.state import State, check_state


class Steps(Protocol):
    """What `run` needs of a cell, plain or wrapped."""

    input_size: int
    hidden_size: int

    @property
    def core(self) -> Any:
        """The cell whose equation a step follows to the letter; None where it is changed."""
        ...

    def initial(self, batch: int) -> State:
        """The state before the first step, each tensor (B, H)."""
        ...

    def weights(self, batch: int) -> Any:
        """The `Weights` for one pass over a batch of so many sequences."""
        ...

    def step(self, projected: Tensor, state: State, weights: Any) -> State:
        """One step: (B, G) and the state before -> the state after."""
        ...


def run(
    cell: Steps, x: Tensor, state: State | None = None, lengths: Tensor | None = None
) -> tuple[Tensor, State]:
    """Run `cell` over x (B, T, D) by the fastest exact path -> outputs (B, T, H), last state.

    The state before the first position is zeros unless given; lengths (B,) are as in
    `real_positions`. The computation runs in the type of x. Raises ValueError for what does not
    fit and for a state that is not finite.
    """
    check_input(x, cell.input_size)
    zeros = tuple(tensor.to(x) for tensor in cell.initial(len(x)))
    if state is None:
        state = zeros
    else:
        check_state(state, zeros)
        state = tuple(tensor.to(x.dtype) for tensor in state)
    real = None if lengths is None else real_positions(lengths, x)
    weights = cell.weights(len(x)).to(x.dtype)
    if x.shape[1] > 1 and weights.plain and cell.core is not None:
        from seqkit.layers.fast import twin_of  # compiles with numba, which is slow to import

        twin = twin_of(cell.core, x, real)
        if twin is not None:
            return twin(x, state, weights, real)
    return unroll(cell, x, state, weights, real)


def take_step(cell: Steps, x: Tensor, state: State) -> State:
    """One step of `cell` by the fastest exact path, x (B, D), with nothing checked."""
    from seqkit.layers.fast import step_twin_of

    weights = cell.weights(len(x)).to(x.dtype)
    twin = step_twin_of(cell.core) if weights.plain and cell.core is not None else None
    if twin is not None:
        return twin(x, state, weights)
    return cell.step(weights.project(x), state, weights)


def unroll(
    cell: Steps, x: Tensor, state: State, weights: Any, real: Tensor | None = None
) -> tuple[Tensor, State]:
    """Run `cell` over x (B, T, D), one step after another (C8, one layer).

    Where real (B, T) is false the state is kept as it was, so that padding changes nothing.
    Returns the outputs a<1..T> (B, T, H) and the last state.
    """
    projected = weights.project(x)  # (B, T, G)
    outputs = []
    for t in range(x.shape[1]):
        after = cell.step(projected[:, t], state, weights)
        state = after if real is None else _keep(real[:, t, None], after, state)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state  # (B, T, H)


def real_positions(lengths: Tensor, x: Tensor) -> Tensor | None:
    """Which positions of x (B, T, D) are not padding: lengths (B,) -> (B, T).

    None where all are real. Raises ValueError unless there is a length from 1 to T for each
    sequence.
    """
    batch, positions = x.shape[:2]
    if lengths.shape != (batch,):
        raise ValueError(
            f"the lengths must be ({batch},), one a sequence; got {tuple(lengths.shape)}"
        )
    for row, length in enumerate(lengths.tolist()):
        if not 1 <= length <= positions:
            raise ValueError(
                f"the length of sequence {row} is {length}; it must be between 1 and {positions}"
            )
    real = torch.arange(positions, device=x.device) < lengths.to(x.device)[:, None]  # (B, T)
    return None if real.all() else real


def check_input(x: Tensor, width: int) -> None:
    """Raise ValueError unless x is (B, T, D), D = width, B and T at least 1, of real numbers."""
    if x.dim() != 3 or x.shape[2] != width or 0 in x.shape:
        raise ValueError(
            f"the input must be (batch, positions, {width}), none of them 0; got {tuple(x.shape)}"
        )
    if not x.is_floating_point():
        raise ValueError(f"the input must be of a floating-point type, got {x.dtype}")


def _keep(real: Tensor, after: State, before: State) -> State:
    """The state after the step where real (B, 1) is true, the one before it elsewhere."""
    return tuple(torch.where(real, a, b) for a, b in zip(after, before, strict=True))
