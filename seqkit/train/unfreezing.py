"""Fine-tuning what was trained before: layers thawed one by one, lower ones with smaller rates.

Gradual unfreezing and discriminative fine-tuning after Howard & Ruder 2018, sections 3.2 and 3.3
(G3). Both take the parameters of a model in groups, from the bottom layer to the top.
"""

from collections.abc import Iterable, Sequence

from torch import nn

Groups = Sequence[Sequence[nn.Parameter]]

RATIO = 2.6
"""How many times larger the learning rate of a layer is than that of the layer below."""


class Unfreezing:
    """Which layers train in which epoch: the top one first, then one more every `epochs` epochs.

    A frozen parameter gets no gradient, so that an optimizer leaves it alone, weight decay and
    all. Call `begin` before every epoch, also before the one that a resumed training goes on with;
    what is frozen depends on the epoch alone. Parameters that do not train when this is made are
    never thawed.
    """

    def __init__(self, groups: Groups, epochs: int = 1) -> None:
        if epochs < 1:
            raise ValueError(f"a layer must be thawed for 1 epoch or more, got {epochs}")
        self.groups, self.epochs = checked_groups(groups), epochs

    @property
    def complete(self) -> int:
        """The first epoch, counted from 0, in which everything trains."""
        return (len(self.groups) - 1) * self.epochs

    def thawed(self, epoch: int) -> int:
        """How many groups train in an epoch, counted from 0."""
        return min(1 + epoch // self.epochs, len(self.groups))

    def begin(self, epoch: int) -> None:
        """Freeze and thaw for an epoch, counted from 0."""
        first = len(self.groups) - self.thawed(epoch)
        for index, group in enumerate(self.groups):
            for parameter in group:
                parameter.requires_grad_(index >= first)
                if index < first:
                    parameter.grad = None


def layered_groups(
    groups: Groups, ratio: float = RATIO, weight_decay: float = 0.0, l1: float = 0.0
) -> list[dict[str, object]]:
    """Groups for an optimizer: rate of layer l-1 = rate of layer l / ratio, as "factor".

    The factor is 1 for the top layer; before every step the rate of a group has to be set to that
    of the schedule times its factor. Weight decay and L1 are for matrices only (O4), so every layer
    makes up to two groups. ratio 1 trains all layers alike.
    """
    if ratio < 1:
        raise ValueError(f"lower layers cannot learn faster: the ratio must be >= 1, got {ratio}")
    found: list[dict[str, object]] = []
    for depth, group in enumerate(reversed(checked_groups(groups))):
        factor = float(ratio) ** -depth
        matrices = [parameter for parameter in group if parameter.dim() > 1]
        vectors = [parameter for parameter in group if parameter.dim() <= 1]
        penalties = ({"weight_decay": weight_decay, "l1": l1}, {"weight_decay": 0.0, "l1": 0.0})
        for parameters, penalty in zip((matrices, vectors), penalties, strict=True):
            if parameters:
                found.append({"params": parameters, **penalty, "factor": factor})
    return found


def set_rates(groups: Iterable[dict[str, object]], rate: float) -> None:
    """Give every group of an optimizer the rate times its factor, 1 where it has none."""
    for group in groups:
        factor = group.get("factor", 1.0)
        assert isinstance(factor, float)
        group["lr"] = rate * factor


def checked_groups(groups: Groups) -> list[list[nn.Parameter]]:
    """The groups without what does not train and without empty ones.

    Raises ValueError for a parameter that comes twice, and where nothing is left.
    """
    kept = [[p for p in group if p.requires_grad] for group in groups]
    kept = [group for group in kept if group]
    if not kept:
        raise ValueError("none of the layers has a parameter to train")
    names = [id(parameter) for group in kept for parameter in group]
    if len(set(names)) < len(names):
        raise ValueError("a parameter is in two layers: give each to the lowest that uses it")
    return kept
