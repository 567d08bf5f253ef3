"""The optimizers of O2 by the names users type, with weight decay on matrices only (O4)."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

Groups = list[dict[str, Any]]
"""Parameters under "params", and what goes for them alone."""

OPTIMIZERS = ("adam", "adamw", "sgd", "momentum", "rmsprop")


def build_optimizer(
    name: str, model: nn.Module, lr: float, weight_decay: float = 0.0
) -> torch.optim.Optimizer:
    """An optimizer of O2 over all parameters of `model`, with the constants given there.

    `weight_decay` is the λ of O4 (decoupled from the gradient in AdamW) and spares biases and
    norms, which have one dimension.
    """
    return optimizer_over(name, _groups(model.parameters(), weight_decay), lr)


def optimizer_over(name: str, groups: Groups, lr: float) -> torch.optim.Optimizer:
    """The same over groups of parameters, such as those of `unfreezing.layered_groups`."""
    if lr <= 0:
        raise ValueError(f"--lr must be above 0, got {lr}")
    match name:
        case "adam":
            return torch.optim.Adam(groups, lr, fused=True)
        case "adamw":
            return torch.optim.AdamW(groups, lr, fused=True)
        case "sgd":
            return torch.optim.SGD(groups, lr, fused=True)
        case "momentum":
            return torch.optim.SGD(groups, lr, momentum=0.9, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr, alpha=0.999)
    raise ValueError(f"unknown optimizer {name!r}; there are: {', '.join(OPTIMIZERS)}")


def _groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> Groups:
    matrices: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for parameter in parameters:
        (matrices if parameter.dim() > 1 else vectors).append(parameter)
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


class ClipNorm:
    """Scale all gradients together so that their global norm is at most `limit` (L5)."""

    def __init__(self, limit: float) -> None:
        self.limit = _checked_limit(limit)

    def __call__(self, parameters: list[nn.Parameter]) -> torch.Tensor:
        """Clip in place; returns the norm before it, a scalar."""
        return nn.utils.clip_grad_norm_(parameters, self.limit)


class ClipValue:
    """Cut every component of the gradients to [-limit, limit] (L5)."""

    def __init__(self, limit: float) -> None:
        self.limit = _checked_limit(limit)

    def __call__(self, parameters: list[nn.Parameter]) -> torch.Tensor:
        """Clip in place; returns the norm before it, a scalar."""
        norm = nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
        nn.utils.clip_grad_value_(parameters, self.limit)
        return norm


def _checked_limit(limit: float) -> float:
    if limit <= 0:
        raise ValueError(f"--clip must be above 0, got {limit}")
    return limit
