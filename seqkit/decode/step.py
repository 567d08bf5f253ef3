"""The contract between a decoder and a model: one step, a state in and a state out.

A step maps the last tokens, (B,) int64, and a state to the log-probabilities of the next token,
(B, V) in float32 or float64, and a new state. A state is a flat tuple of tensors, each with the
batch as its first dimension, so that a decoder can drop, copy or reorder rows without knowing what
they hold. The caller has fed the prompt: only its last token is still to be stepped over.
"""

from collections.abc import Callable, Sequence

import torch

State = tuple[torch.Tensor, ...]
Step = Callable[[torch.Tensor, State], tuple[torch.Tensor, State]]

# Probabilities may miss 1 by the rounding of bfloat16; logits taken for them miss by far more.
_SUM_TOLERANCE = 0.05


def check_start(prompt_last: torch.Tensor, state: State) -> None:
    """Raise ValueError unless `prompt_last` is (B,) int64 and every state tensor has B rows."""
    if prompt_last.ndim != 1 or prompt_last.dtype != torch.int64:
        raise ValueError(
            f"prompt_last must be (B,) int64, got {tuple(prompt_last.shape)} {prompt_last.dtype}"
        )
    for number, tensor in enumerate(state):
        if tensor.ndim == 0 or len(tensor) != len(prompt_last):
            raise ValueError(
                f"state tensor {number} is {tuple(tensor.shape)}; its first dimension must be the "
                f"batch of {len(prompt_last)}"
            )


def advance(step: Step, last: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
    """One step without gradients: log-probabilities (B, V) as the model has them, the new state.

    They stay in their type and on their device, for casting and moving all of them costs more than
    the choice: who chooses does so in float64 on the CPU, so that choices depend neither on the
    device nor on its order of summation. Raises ValueError if they are not (B, V).
    """
    # The context ends here, not in the caller: a generator would leave it open over its yields.
    with torch.no_grad():
        log_probs, state = step(last, state)
    if log_probs.ndim != 2 or len(log_probs) != len(last):
        raise ValueError(f"step must return ({len(last)}, V), got {tuple(log_probs.shape)}")
    return log_probs, state


def check_normalized(log_probs: torch.Tensor) -> None:
    """Raise ValueError unless each row of (B, V) is normalized, as logits for instance are not.

    RuntimeError where there is NaN. This takes about as long as normalizing, so a search asks once:
    a model that gives log-probabilities in its first step does so in all of them.
    """
    masses = log_probs.exp().sum(dim=-1)  # (B,), NaN where anything in the row is
    check_numbers(masses)
    if (masses.log().abs() > _SUM_TOLERANCE).any():
        raise ValueError("step must return log-probabilities that sum to 1; apply log_softmax")


def check_numbers(values: torch.Tensor) -> None:
    """Raise RuntimeError where what a search has computed from log-probabilities is NaN."""
    if values.isnan().any():
        raise RuntimeError("the model returned NaN as a log-probability; its weights are damaged")


def select(state: State, rows: Sequence[int]) -> State:
    """The state of the given rows, in that order; a row may be left out or taken twice.

    The state itself, not a copy, where these are all its rows as they stand.
    """
    if not state or list(rows) == list(range(len(state[0]))):
        return state
    index = torch.tensor(rows, dtype=torch.int64)
    return tuple(tensor.index_select(0, index.to(tensor.device)) for tensor in state)
