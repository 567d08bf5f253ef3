"""The state that recurrent layers hand from step to step and from window to window."""

import torch
from torch import Tensor

State = tuple[Tensor, ...]
"""Tensors (B, H); the first one is the layer's output a<t>."""


def detach(state: State) -> State:
    """Cut the history of a state, so that back-propagation ends at the window (L2)."""
    return tuple(tensor.detach() for tensor in state)


def check_state(state: State, like: State) -> None:
    """Raise ValueError unless `state` has the tensors and shapes of `like` and finite numbers."""
    if len(state) != len(like):
        raise ValueError(f"this state has {len(state)} tensors, but it takes {len(like)}")
    for index, (tensor, zeros) in enumerate(zip(state, like, strict=True)):
        if tensor.shape != zeros.shape:
            found, wanted = tuple(tensor.shape), tuple(zeros.shape)
            raise ValueError(f"tensor {index} of the state has shape {found}, it must be {wanted}")
        if not torch.isfinite(tensor).all():
            row, unit = (~torch.isfinite(tensor)).nonzero()[0].tolist()
            value = tensor[row, unit].item()
            raise ValueError(f"tensor {index} of the state holds {value} at row {row}, unit {unit}")
