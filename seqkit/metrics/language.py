"""How well a language model predicts a text: loss, perplexity, bits, and how sure these are.

Nothing here knows a model: it takes sums and counts, or arrays of losses, all in nats.
"""

import dataclasses
import math
import sys

import numpy as np
import numpy.typing as npt

Array = npt.NDArray

_DRAWS_AT_ONCE = 1 << 20  # bootstrap memory: about 20 bytes a draw


@dataclasses.dataclass(frozen=True)
class LanguageScore:
    """The score of one text (L1, T4, O8), from sums over all its targets.

    `nats` is the summed loss of `tokens` targets, each counted once, `<eos>` included. `characters`
    and `bytes` measure the text that those targets spell, line ends included where `<eos>` stands
    for one: only then do models of words, subwords and characters compare. `correct` counts the
    targets ranked first, `unknown` the targets that were `<unk>`. What was not counted is None.
    Raises ValueError for sums and counts that no text can have.
    """

    nats: float
    tokens: int
    characters: int | None = None
    bytes: int | None = None
    correct: int | None = None
    unknown: int | None = None

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ValueError(f"tokens is {self.tokens}: a score needs a text of at least one token")
        if math.isnan(self.nats) or self.nats < 0:
            raise ValueError(f"nats is {self.nats}: a summed loss is a number from 0 up")
        for name in ("characters", "bytes"):
            if (count := getattr(self, name)) is not None and count < 1:
                raise ValueError(f"{name} is {count}: give a positive count, or None if unknown")
        for name in ("correct", "unknown"):
            if not 0 <= (getattr(self, name) or 0) <= self.tokens:
                raise ValueError(f"{name} is {getattr(self, name)}, not within 0..{self.tokens}")

    @property
    def loss(self) -> float:
        """Nats per token."""
        return self.nats / self.tokens

    @property
    def perplexity(self) -> float:
        """exp(loss): infinite where that is more than a float can hold."""
        return exp_or_infinity(self.loss)

    @property
    def bits_per_char(self) -> float | None:
        """Bits per character of the text, comparable between kinds of token."""
        return None if self.characters is None else self.nats / math.log(2) / self.characters

    @property
    def bits_per_byte(self) -> float | None:
        """Bits per byte of the text, comparable between kinds of token."""
        return None if self.bytes is None else self.nats / math.log(2) / self.bytes

    @property
    def accuracy(self) -> float | None:
        """Share of the targets that the model ranked first."""
        return None if self.correct is None else self.correct / self.tokens

    @property
    def unknown_share(self) -> float | None:
        """Out-of-vocabulary share: the part of the targets that were `<unk>`."""
        return None if self.unknown is None else self.unknown / self.tokens

    def to_dict(self) -> dict[str, float]:
        """Return the figures by name, fit for JSON: unknown and infinite ones are left out."""
        names = ("loss", "perplexity", "bits_per_char", "bits_per_byte", "accuracy")
        figures = {name: getattr(self, name) for name in (*names, "unknown_share")}
        return {k: float(v) for k, v in figures.items() if v is not None and math.isfinite(v)}


def exp_or_infinity(loss: float) -> float:
    """Perplexity exp(loss) of a loss in nats per token; infinity instead of an overflow."""
    return math.exp(loss) if loss < math.log(sys.float_info.max) else math.inf


def by_sentence(losses: Array, ids: Array, eos: int) -> tuple[Array, Array]:
    """Sum the losses (T,) of the targets `ids` (T,) per sentence: nats (N,) and tokens (N,).

    A sentence ends with its `eos`; a rest without one counts as a sentence too.
    """
    if np.shape(losses) != np.shape(ids):
        raise ValueError(
            f"losses {np.shape(losses)} and ids {np.shape(ids)} differ: one loss an id"
        )
    if len(ids) == 0:
        return np.zeros(0), np.zeros(0, np.int64)
    ends = np.flatnonzero(ids[:-1] == eos)
    starts = np.concatenate(([0], ends + 1))
    nats = np.add.reduceat(np.asarray(losses, np.float64), starts)
    return nats, np.diff(starts, append=len(ids))


def interval(
    nats: Array, tokens: Array, confidence: float = 0.95, samples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Bootstrap interval of the loss in nats per token; exp of both ends is that of perplexity.

    Whole sentences are drawn with replacement, for the losses within one are not independent:
    `nats` (N,) are their summed losses and `tokens` (N,) their lengths, as from `by_sentence`. Each
    of `samples` texts of N sentences yields sum(nats) / sum(tokens); the ends are percentiles.
    Raises ValueError for fewer than two sentences: one tells nothing about the spread.
    """
    _check(nats, tokens, confidence, samples)
    return _percentiles(_resampled_ratios(nats, tokens, samples, seed), confidence)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Model A against model B on one text: `difference` is A's loss less B's, nats per token.

    `low` and `high` bound it with the confidence asked for; `p` is how often chance alone would
    make a difference at least as large, either way.
    """

    difference: float
    low: float
    high: float
    p: float


def compare(
    nats_a: Array,
    nats_b: Array,
    tokens: Array,
    confidence: float = 0.95,
    samples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Paired bootstrap of two models over the same N sentences, all arrays (N,).

    Each draw takes the same sentences for both, so what makes a sentence hard for both cancels. `p`
    is two-sided: the share of draws whose difference strays from the measured one by at least its
    size, the measured text counted as one draw more, so that p is never 0. Models with different
    tokens compare with `tokens` set to the characters of each sentence: nats per character then.
    Raises ValueError as `interval`.
    """
    _check(nats_a, tokens, confidence, samples)
    _check(nats_b, tokens, confidence, samples)
    gaps = np.asarray(nats_a, np.float64) - np.asarray(nats_b, np.float64)
    difference = float(gaps.sum() / np.sum(tokens, dtype=np.float64))
    drawn = _resampled_ratios(gaps, tokens, samples, seed)
    extreme = np.count_nonzero(np.abs(drawn - difference) >= abs(difference))
    low, high = _percentiles(drawn, confidence)
    return Comparison(difference, low, high, (1 + int(extreme)) / (1 + samples))


def _check(nats: Array, tokens: Array, confidence: float, samples: int) -> None:
    """Raise ValueError for sentences that cannot be resampled, or not so."""
    if np.shape(nats) != np.shape(tokens) or np.ndim(nats) != 1:
        raise ValueError(f"nats {np.shape(nats)} and tokens {np.shape(tokens)} must both be (N,)")
    if len(nats) < 2:
        raise ValueError(f"the text has {len(nats)} sentence(s): an interval needs at least 2")
    if not (np.all(np.isfinite(nats)) and np.all(np.asarray(tokens) > 0)):
        raise ValueError("every sentence needs a finite loss and at least one token")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}: give a share between 0 and 1, such as 0.95")
    if samples < 1:
        raise ValueError(f"samples is {samples}: draw at least one")


def _percentiles(values: Array, confidence: float) -> tuple[float, float]:
    """Return the two values that hold the middle `confidence` share of all between them."""
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _resampled_ratios(nats: Array, tokens: Array, samples: int, seed: int) -> Array:
    """Return sum(nats) / sum(tokens), (samples,), over sentences drawn with replacement."""
    losses, counts = np.asarray(nats, np.float64), np.asarray(tokens, np.float64)
    generator = np.random.default_rng(seed)
    size = len(losses)
    ratios = np.empty(samples)
    rows = max(1, _DRAWS_AT_ONCE // size)
    for start in range(0, samples, rows):
        stop = min(start + rows, samples)
        picks = generator.integers(size, size=(stop - start, size))
        ratios[start:stop] = losses[picks].sum(axis=1) / counts[picks].sum(axis=1)
    return ratios
