"""The state that recurrent layers hand from step to step and from window to window."""

import torch

State = tuple[torch.Tensor, ...]
"""Tensors (B, H); the first one is the layer's output a<t>."""


def detach(state: State) -> State:
    """Cut the history of a state, so that back-propagation ends at the window (L2)."""
    return tuple(tensor.detach() for tensor in state)
