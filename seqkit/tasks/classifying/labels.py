"""The labels of a classifier: their names and numbers, and from scores to labels (G2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Labels:
    """K labels, of which a text has exactly one or, where `many`, any number."""

    names: tuple[str, ...]
    many: bool = False

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"a label stands twice among {', '.join(self.names)}")

    @classmethod
    def of(cls, labels: Sequence[tuple[str, ...]]) -> "Labels":
        """The labels of a training text, sorted; many where a text has not exactly one."""
        names = {name for own in labels for name in own}
        return cls(tuple(sorted(names)), any(len(own) != 1 for own in labels))

    def targets(self, labels: Sequence[tuple[str, ...]]) -> Ints:
        """The class of each text (N,); where many, 1 for each label that it has, else 0: (N, K).

        A class that is none of the names is -1; of many labels, it is left out.
        """
        places = {name: k for k, name in enumerate(self.names)}
        if not self.many:
            one = [places.get(own[0], -1) if len(own) == 1 else -1 for own in labels]
            return np.array(one, np.int64)  # (N,)
        found = np.zeros((len(labels), len(self.names)), np.int64)  # (N, K)
        for row, own in zip(found, labels, strict=True):
            row[[places[name] for name in own if name in places]] = 1
        return found

    def probabilities(self, scores: Array) -> Array:
        """P of each label (N, K): a softmax over the scores, or a sigmoid of each where many."""
        if self.many:
            return 0.5 * (1 + np.tanh(0.5 * scores))  # σ, and no overflow
        shares = np.exp(scores - scores.max(1, keepdims=True))
        return np.asarray(shares / shares.sum(1, keepdims=True))

    def decide(self, probabilities: Array) -> list[tuple[str, ...]]:
        """The likeliest label of each text; where many, all that are likelier than not."""
        if not self.many:
            return [(self.names[k],) for k in probabilities.argmax(1)]
        return [
            tuple(name for name, share in zip(self.names, row, strict=True) if share > 0.5)
            for row in probabilities
        ]
