"""What is trained: the model, its loss and their numbers."""

import math
from dataclasses import dataclass

MODELS = ("skipgram", "cbow")
LOSSES = ("ns", "hs", "softmax")
WIDEST = 64
"""The largest window, and the largest number of noise words."""


@dataclass(frozen=True)
class Word2VecConfig:
    """Skip-gram or CBOW (W1, W4) with one of three losses (W1, W2, W3), for vectors (D,)."""

    model: str = "skipgram"  # skipgram: each context word predicts the word; cbow: their mean does
    loss: str = "ns"  # ns: negative sampling; hs: hierarchical softmax; softmax: over all words
    dim: int = 100  # D
    window: int = 5  # N: each word's own reach is drawn from 1..N
    negative: int = 5  # k, the noise words of ns
    ns_exponent: float = 0.75  # noise words are drawn from f^ns_exponent
    sample: float = 1e-3  # subsampling of words with a larger share (W5); 0: none
    divide_gradient: bool = False  # cbow: each context word gets its share of the gradient
    exact: bool = False  # ns: own noise words for each pair, no shared tiles; slow

    def __post_init__(self) -> None:
        """ValueError names the option that is out of range."""
        for name, known in (("model", MODELS), ("loss", LOSSES)):
            value = getattr(self, name)
            if value not in known:
                raise ValueError(f"unknown --{name} {value!r}; there are: {', '.join(known)}")
        for name, least, most in (
            ("dim", 1, 1 << 16),
            ("window", 1, WIDEST),
            ("negative", 1, WIDEST),
        ):
            if not least <= getattr(self, name) <= most:
                value = getattr(self, name)
                raise ValueError(f"--{name} must be from {least} to {most:,}, got {value}")
        if not (0 <= self.sample < math.inf):
            raise ValueError(f"--sample must be 0 or more, got {self.sample}")
        if not math.isfinite(self.ns_exponent):
            raise ValueError(f"--ns-exponent must be a finite number, got {self.ns_exponent}")
        if self.divide_gradient and self.model != "cbow":
            raise ValueError("--divide-gradient goes with --model cbow")
