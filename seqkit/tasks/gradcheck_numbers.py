"""What gradient checks are made of: a function, and random numbers in float64."""

import torch
from torch import Tensor, nn

from seqkit.layers.gradcheck import Function

Case = tuple[Function, dict[str, Tensor]]
"""What is computed, and the tensors whose gradients are checked."""


def drawn_parameters(module: nn.Module) -> dict[str, Tensor]:
    """Those that train, in float64, drawn anew: those that start at zero would hide mistakes."""
    trained: dict[str, Tensor] = {}
    for name, parameter in module.double().named_parameters():
        if parameter.requires_grad:
            trained[name] = nn.init.normal_(parameter, std=0.7)
    return trained


def draw(*shape: int) -> Tensor:
    """Numbers from N(0, 1) whose gradient can be checked."""
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)
