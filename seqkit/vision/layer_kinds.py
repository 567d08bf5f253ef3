"""The kinds of layers that a specification is made of; `str` gives the words for each."""

from dataclasses import dataclass

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "identity")
"""The activations of N3 by name."""


@dataclass(frozen=True)
class Conv:
    """Filters of size x size over all channels (N4); padding "same" is p = (f - 1) / 2."""

    filters: int
    size: int  # f
    padding: int | str = 0  # p, or "same"
    stride: int = 1  # s

    def __str__(self) -> str:
        padding = {"same": " same", 0: ""}.get(self.padding, f" pad {self.padding}")
        return f"conv {self.filters}x{self.size}{padding}" + _stride(self.stride, 1)


@dataclass(frozen=True)
class Pool:
    """The largest number of each size x size window of a channel, or their mean (N4)."""

    size: int  # f
    stride: int  # s
    mean: bool = False

    def __str__(self) -> str:
        return f"{'avgpool' if self.mean else 'pool'} {self.size}" + _stride(self.stride, self.size)


@dataclass(frozen=True)
class GlobalMean:
    """The mean of every channel: C x Y x X to C x 1 x 1."""

    def __str__(self) -> str:
        return "avgpool all"


@dataclass(frozen=True)
class Norm:
    """Batch normalisation (O5)."""

    def __str__(self) -> str:
        return "bn"


@dataclass(frozen=True)
class Activation:
    """A function of every number by itself (N3)."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Dropout:
    """Inverted dropout that keeps each number with probability `keep` (O4)."""

    keep: float

    def __str__(self) -> str:
        return f"keep {self.keep}"


@dataclass(frozen=True)
class Flatten:
    """C x Y x X to a vector of their product."""

    def __str__(self) -> str:
        return "flatten"


@dataclass(frozen=True)
class Dense:
    """W[l] a[l-1] + b[l] with `units` n[l] (N2); `inputs`, where given, must be n[l-1]."""

    units: int
    inputs: int | None = None

    def __str__(self) -> str:
        return f"dense {self.units}" + (f" from {self.inputs}" if self.inputs else "")


Layer = Conv | Pool | GlobalMean | Norm | Activation | Dropout | Flatten | Dense
Specification = tuple[Layer, ...]


def _stride(stride: int, default: int) -> str:
    return "" if stride == default else f" stride {stride}"
