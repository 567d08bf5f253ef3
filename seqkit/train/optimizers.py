"""The optimizers of O2 by the names users type, with L2 and L1 on matrices only (O4).

Each step takes the gradient g of J, the mean loss of a batch, at a rate α. The forms are torch's:

- sgd, asgd: w := w - α g. With asgd the weights are averaged, too: `averaging.TriggeredAverage`.
- momentum: v := β v + g, w := w - α v, β 0.9. Where a text has v := β v + (1-β) g instead, its α
  is 1 / (1-β) = 10 times the one here.
- rmsprop: s := β2 s + (1-β2) g², w := w - α g / (sqrt s + ε), β2 0.999, ε 1e-8. s begins at 0 and
  is not corrected for it, so the first steps are up to 1 / sqrt(1-β2), about 32, times larger.
- adam: m := β1 m + (1-β1) g, s as above, both corrected for beginning at 0, m̂ = m / (1-β1^t),
  ŝ = s / (1-β2^t) at step t; w := w - α m̂ / (sqrt ŝ + ε), β1 0.9, β2 0.999, ε 1e-8.
- adamw: w := w - α λ' w, then as adam (Loshchilov & Hutter 2019).

Penalties come after clipping, and the loss that is reported is without them.
"""

from typing import Any

import torch
from torch import nn

Groups = list[dict[str, Any]]
"""Parameters under "params", and what goes for them alone."""

OPTIMIZERS = ("adam", "adamw", "sgd", "momentum", "rmsprop", "asgd")


def build_optimizer(
    name: str, model: nn.Module, lr: float, weight_decay: float = 0.0, l1: float = 0.0
) -> torch.optim.Optimizer:
    """An optimizer of O2 over all parameters of `model`, with the constants given there.

    Both penalties of O4 spare what has one dimension: biases, norms, and the few weights that are
    vectors, such as diagonal peepholes and the query of a pooling. `weight_decay` λ' adds
    λ' W to the gradient, that of J + λ/(2m) sum |W|_F^2 where λ' = λ/m for m examples; AdamW
    shrinks W by α λ' W apart from the gradient. `l1` λ' adds the subgradient λ' sign(W) of
    J + λ/m sum |W|, sign(0) = 0, with every optimizer: useless weights come near 0, not to it.
    """
    matrices: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for parameter in model.parameters():
        (matrices if parameter.dim() > 1 else vectors).append(parameter)
    groups = [
        {"params": matrices, "weight_decay": weight_decay, "l1": l1},
        {"params": vectors, "weight_decay": 0.0, "l1": 0.0},
    ]
    return optimizer_over(name, groups, lr)


def optimizer_over(name: str, groups: Groups, lr: float) -> torch.optim.Optimizer:
    """The same over groups of parameters, such as those of `unfreezing.layered_groups`."""
    if lr <= 0:
        raise ValueError(f"--lr must be above 0, got {lr}")
    optimizer = _plain_optimizer(name, groups, lr)
    if any(group.get("l1") for group in groups):
        optimizer.register_step_pre_hook(_add_l1)
    return optimizer


def _plain_optimizer(name: str, groups: Groups, lr: float) -> torch.optim.Optimizer:
    match name:
        case "adam":
            return torch.optim.Adam(groups, lr, fused=True)
        case "adamw":
            return torch.optim.AdamW(groups, lr, fused=True)
        case "sgd" | "asgd":
            return torch.optim.SGD(groups, lr, fused=True)
        case "momentum":
            return torch.optim.SGD(groups, lr, momentum=0.9, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr, alpha=0.999)
    raise ValueError(f"unknown optimizer {name!r}; there are: {', '.join(OPTIMIZERS)}")


@torch.no_grad()
def _add_l1(optimizer: torch.optim.Optimizer, args: tuple[Any, ...], kwargs: Any) -> None:
    """Before a step: g := g + λ' sign(w) in the groups that have an "l1"."""
    for group in optimizer.param_groups:
        weights = [p for p in group["params"] if p.grad is not None]
        if weights and group.get("l1"):
            signs = torch._foreach_sign(weights)
            torch._foreach_add_([p.grad for p in weights], signs, alpha=group["l1"])


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
