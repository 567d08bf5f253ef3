"""Which tokens may follow, and how likely: pure functions on log-probabilities (equation L3).

Every filter maps log-weights (B, V) in float64 to log-weights of the same shape, -inf for what it
leaves out; `warp` applies them in order and normalizes once at the end. Among equal weights the
lower id counts as the better one, so nothing depends on the order of a sort.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class SamplingConfig:
    """How to sample (L3). Names and messages are those of the command line's options.

    temperature: log-probabilities are divided by it; 1 leaves the model as it is.
    top_k: only the k likeliest tokens; 0 for all.
    top_p: only the smallest set of likeliest tokens with at least this mass; 1 for all.
    min_p: only tokens at least this fraction as likely as the likeliest; 0 for all.
    no_repeat_ngram: no sequence of so many tokens is generated twice; 0 for no such rule.
    greedy: always the likeliest token; temperature, top_k, top_p, min_p and seed then idle.
    max_tokens: at most so many tokens in a sample.
    banned: ids never drawn (`<unk>`, `<pad>`).
    seed: with the number of the sample, it decides every draw.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    no_repeat_ngram: int = 0
    greedy: bool = False
    max_tokens: int = 100
    banned: tuple[int, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ValueError(
                f"--temperature must be above 0, got {self.temperature}; "
                "for the likeliest token use --greedy"
            )
        if not 0 < self.top_p <= 1:
            raise ValueError(f"--top-p must be in (0, 1], got {self.top_p}")
        if not 0 <= self.min_p <= 1:
            raise ValueError(f"--min-p must be in [0, 1], got {self.min_p}")
        at_least("--top-k", self.top_k, 0)
        at_least("--no-repeat-ngram", self.no_repeat_ngram, 0)
        at_least("--max-tokens", self.max_tokens, 1)
        at_least("--seed", self.seed, 0)


def at_least(option: str, value: float, least: int) -> None:
    """Raise ValueError, naming `option`, unless `value` is `least` or more (and no NaN)."""
    if not value >= least:
        raise ValueError(f"{option} must be {least} or more, got {value}")


def mask(log_probs: torch.Tensor, banned: Sequence[int]) -> torch.Tensor:
    """Leave out the ids in `banned`: after normalizing, the same as drawing again while banned."""
    vocabulary = log_probs.shape[-1]
    for token in banned:
        if not 0 <= token < vocabulary:
            raise ValueError(f"banned id {token} is outside the vocabulary of {vocabulary} tokens")
    if len(set(banned)) == vocabulary:
        raise ValueError(f"all {vocabulary} tokens are banned; leave at least one to draw")
    if not banned:
        return log_probs
    masked = log_probs.clone()
    masked[:, list(banned)] = -math.inf
    return masked


def no_repeat_ngram(
    log_probs: torch.Tensor, histories: Sequence[Sequence[int]], n: int
) -> torch.Tensor:
    """Leave out, row by row, what would make an n-gram of its history occur twice; 0: nothing."""
    if n == 0:
        return log_probs
    masked = log_probs.clone()
    for row, history in enumerate(histories):
        masked[row, _repeating(history, n)] = -math.inf
    return masked


def _repeating(history: Sequence[int], n: int) -> list[int]:
    """The tokens that followed an earlier copy of the last n - 1 tokens of `history`."""
    context = n - 1
    tail = history[len(history) - context :]
    starts = range(len(history) - context)
    return [history[at + context] for at in starts if history[at : at + context] == tail]


def temperature(log_probs: torch.Tensor, degree: float) -> torch.Tensor:
    """Divide by `degree`: P^(1 / degree) up to a constant. Below 1 sharper, above 1 flatter."""
    # Relative to the best, a tiny degree cannot push every weight to -inf. A row that is -inf
    # throughout (nothing may follow) stays so: hence the clamp, as -inf - -inf would be NaN.
    best = log_probs.max(dim=-1, keepdim=True).values.clamp(min=torch.finfo(log_probs.dtype).min)
    return (log_probs - best) / degree


def best(scores: torch.Tensor, k: int) -> torch.Tensor:
    """Boolean (B, N): the k highest of each row of scores (B, N); at ties the lower index wins."""
    edge = scores.topk(k, dim=-1).values[:, -1:]
    above, level = scores > edge, scores == edge
    room = k - above.sum(dim=-1, keepdim=True)
    return above | (level & (level.cumsum(dim=-1) <= room))


def top_k(log_probs: torch.Tensor, k: int) -> torch.Tensor:
    """Leave out all but the k likeliest tokens; k = 0, or more than there are, leaves all in."""
    if k == 0 or k >= log_probs.shape[-1]:
        return log_probs
    return log_probs.masked_fill(~best(log_probs, k), -math.inf)


def top_p(log_probs: torch.Tensor, p: float) -> torch.Tensor:
    """Keep the nucleus: the smallest set of likeliest tokens whose mass is p or more."""
    if p == 1:
        return log_probs
    probs, order = log_probs.softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
    mass_before = torch.nn.functional.pad(probs.cumsum(dim=-1)[:, :-1], (1, 0))
    outside = torch.empty_like(mass_before, dtype=torch.bool).scatter_(-1, order, mass_before >= p)
    return log_probs.masked_fill(outside, -math.inf)


def min_p(log_probs: torch.Tensor, p: float) -> torch.Tensor:
    """Leave out tokens less than p times as likely as the likeliest one."""
    if p == 0:
        return log_probs
    threshold = log_probs.max(dim=-1, keepdim=True).values + math.log(p)
    return log_probs.masked_fill(log_probs < threshold, -math.inf)


def normalize(log_weights: torch.Tensor) -> torch.Tensor:
    """Log-probabilities (B, V); a row with nothing left stays -inf throughout."""
    stuck = log_weights.isneginf().all(dim=-1, keepdim=True)
    return torch.where(stuck, log_weights, log_weights.log_softmax(dim=-1))


def warp(
    log_probs: torch.Tensor, config: SamplingConfig, histories: Sequence[Sequence[int]]
) -> torch.Tensor:
    """The log-probabilities (B, V) actually drawn from, given those of the model (L3).

    The masks come first, so that neither a filter nor a low temperature can leave banned tokens
    alone; then temperature, top-k, top-p, min-p. Greedy is top-k with k = 1. `histories` are the
    tokens of each row so far. A row is -inf throughout if no_repeat_ngram leaves it nothing.
    """
    allowed = no_repeat_ngram(mask(log_probs, config.banned), histories, config.no_repeat_ngram)
    if config.greedy:
        return normalize(top_k(allowed, 1))
    weights = top_k(temperature(allowed, config.temperature), config.top_k)
    return normalize(min_p(top_p(weights, config.top_p), config.min_p))
