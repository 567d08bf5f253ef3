"""What any trainer of word vectors is: matrices, and stretches of text that change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Stretch:
    """A part of a text, ids[start:stop], to be trained on in one go."""

    start: int
    stop: int
    key: int  # begins its random numbers
    rates: tuple[float, float]  # the learning rate at its start and at its end

    def shifted(self, places: int) -> "Stretch":
        """The same, so many places further on."""
        return Stretch(self.start + places, self.stop + places, self.key, self.rates)


class Engine(Protocol):
    """Holds the matrices and trains them; id 0 is `<unk>` and id 1 `<eos>`, which ends a line."""

    @property
    def stretch(self) -> int:
        """How many ids a stretch should have."""
        ...

    @property
    def inputs(self) -> Array:
        """The input vectors, (V, D)."""
        ...

    @property
    def outputs(self) -> Array:
        """The output vectors, (V, D)."""
        ...

    def replace(self, inputs: Array, outputs: Array) -> None:
        """Go on with other matrices (V, D)."""
        ...

    def train(self, ids: npt.NDArray[Any], stretches: Sequence[Stretch]) -> tuple[float, int]:
        """Train on stretches of a text: (the loss in nats, of how many predictions)."""
        ...


def new_matrices(count: int, dim: int, seed: int) -> tuple[Array, Array]:
    """Input vectors (V, D) drawn from U(-1/D, 1/D), and outputs of zero; rows 0 and 1 are zero."""
    generator = np.random.default_rng(seed)
    inputs = generator.random((count, dim), np.float32)
    inputs *= 2  # in place, as the matrix may be large
    inputs -= 1
    inputs /= np.float32(dim)
    inputs[:2] = 0
    return inputs, np.zeros((count, dim), np.float32)
