"""From the layers of a specification to modules, with weights drawn to suit the activation."""

from collections.abc import Callable, Iterable, Sequence

from torch import Tensor, nn

from seqkit.layers.dropout import keep_mask
from seqkit.vision.batch_norm import BatchNorm
from seqkit.vision.layer_kinds import (
    Activation,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalMean,
    Layer,
    Norm,
    Pool,
)
from seqkit.vision.shapes import Planned, padding_of

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(0.01),
    "identity": nn.Identity,
}
"""N3: σ(z), tanh z, max(0, z), max(0.01 z, z) and z."""


class KeepDropout(nn.Module):
    """Inverted dropout: numbers are kept with probability `keep` and divided by it (O4).

    In training only. The share dropped is rounded to 1/256.
    """

    def __init__(self, keep: float) -> None:
        super().__init__()
        self.keep = checked_keep(keep)

    def forward(self, x: Tensor) -> Tensor:
        """Apply a fresh mask to x of any shape."""
        return x * keep_mask(x, 1 - self.keep) if self.training and self.keep < 1 else x


def checked_keep(keep: float) -> float:
    """A keep-probability in (0, 1], or a ValueError."""
    if not 0 < keep <= 1:
        raise ValueError(f"a keep-probability must be above 0 and at most 1, got {keep}")
    return keep


def build(planned: Sequence[Planned]) -> nn.Sequential:
    """The modules of planned layers, in order."""
    following = [_activation(p.layer for p in planned[k + 1 :]) for k in range(len(planned))]
    return nn.Sequential(*(_module(p, name) for p, name in zip(planned, following, strict=True)))


def draw(layer: nn.Conv2d | nn.Linear, activation: str = "identity") -> None:
    """Weights from N(0, g / n), n the inputs of a unit, g 2 before a rectifier and else 1; b = 0.

    So the numbers keep their size from layer to layer (He et al. 2015, equation 10; Glorot &
    Bengio 2010).
    """
    rectifier = activation in ("relu", "leaky-relu")
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu" if rectifier else "linear")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _activation(layers: Iterable[Layer]) -> str:
    """The first activation before the next layer with weights."""
    for layer in layers:
        if isinstance(layer, Activation):
            return layer.name
        if isinstance(layer, Conv | Dense):
            break
    return "identity"


def _module(planned: Planned, activation: str) -> nn.Module:
    inputs = planned.before[0]
    match planned.layer:
        case Conv(filters, size, _, stride):
            p = padding_of(planned.layer)
            conv = nn.Conv2d(inputs, filters, size, stride, p, bias=planned.bias)
            draw(conv, activation)
            return conv
        case Dense(units):
            dense = nn.Linear(inputs, units, planned.bias)
            draw(dense, activation)
            return dense
    return _weightless(planned.layer, inputs)


def _weightless(layer: Layer, inputs: int) -> nn.Module:
    match layer:
        case Pool(size, stride, mean):
            return nn.AvgPool2d(size, stride) if mean else nn.MaxPool2d(size, stride)
        case GlobalMean():
            return nn.AdaptiveAvgPool2d(1)
        case Norm():
            return BatchNorm(inputs)
        case Activation(name):
            return ACTIVATIONS[name]()
        case Dropout(keep):
            return KeepDropout(keep)
    assert isinstance(layer, Flatten)
    return nn.Flatten()
