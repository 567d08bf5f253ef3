"""What to work on next: bias, variance, data mismatch, over-fitting to dev (O7)."""

from dataclasses import dataclass
from itertools import pairwise

BIAS, VARIANCE, BOTH = "avoidable bias", "variance", "avoidable bias and variance"
MISMATCH, OVERFITTING = "data mismatch", "over-fitting to dev"

REMEDIES = {
    BIAS: (
        "a larger net or one of another kind",
        "longer training, another optimizer or learning rate",
        "less dropout and weight decay",
        "vectors or a language model trained before",
    ),
    VARIANCE: (
        "more training text",
        "more dropout or weight decay, or stopping earlier",
        "a smaller net",
        "vectors or a language model trained on other text",
    ),
    BOTH: ("measuring the error on the training text, which tells the two apart",),
    MISMATCH: (
        "reading the mistakes on dev: how does that text differ from the training text?",
        "training text more like dev, found or made",
        "tuning on some of the dev text, with new text as dev",
    ),
    OVERFITTING: (
        "a larger dev text, or a new one",
        "choosing among fewer settings on it",
    ),
}
"""What to try against each kind of error, the first things first (Ng 2018)."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of wrong answers from 0 to 1, or other errors of 0 or more; None: not measured.

    `human` is what a person gets wrong, an estimate of the least possible. `train_dev` is held out
    of the training text; where there is none, dev is taken to be text of the same kind.
    """

    train: float | None
    dev: float
    train_dev: float | None = None
    test: float | None = None
    human: float | None = 0.0

    def __post_init__(self) -> None:
        for name in ("train", "dev", "train_dev", "test", "human"):
            error = getattr(self, name)
            if error is not None and not 0 <= error < float("inf"):
                raise ValueError(f"the error of {name} is {error}; it must be a number from 0 up")


@dataclass(frozen=True, slots=True)
class Gap:
    """How much the error grows from one text to the next, and what that is called."""

    name: str
    size: float  # below 0 where the error falls
    lower: str
    upper: str

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to try against it, the first things first; nothing where there is no gap."""
        return REMEDIES[self.name] if self.size > 0 else ()


def diagnose(errors: Errors) -> list[Gap]:
    """Split the last error into the gaps that lead to it, in the order of the texts (O7).

    Avoidable bias = train - human, variance = train-dev - train, data mismatch = dev - train-dev,
    over-fitting to dev = test - dev. What was not measured is left out; without train-dev the
    variance is dev - train, and without train it cannot be told from the bias. The sum is the
    error of the last text less that of the first.
    """
    of_new_text = BOTH if errors.train is None else VARIANCE
    texts = [
        ("human", errors.human, ""),
        ("train", errors.train, BIAS),
        ("train-dev", errors.train_dev, of_new_text),
        ("dev", errors.dev, of_new_text if errors.train_dev is None else MISMATCH),
        ("test", errors.test, OVERFITTING),
    ]
    measured = [(text, error, name) for text, error, name in texts if error is not None]
    return [
        Gap(name, after - before, lower, upper)
        for (lower, before, _), (upper, after, name) in pairwise(measured)
    ]


def widest(gaps: list[Gap]) -> Gap | None:
    """The gap to work on first: the largest, of equal ones the first; None if none is above 0."""
    found = max(gaps, key=lambda gap: gap.size, default=None)
    return found if found is not None and found.size > 0 else None
