"""Sampling novel sequences from a step function (equation L3), as a stream or all at once.

Sample i draws from a random stream of its own, made from (seed, i), one number a token: so it is
the same sample whatever else is in the batch, as long as the model itself computes each row alike.
(In float64 it does, to all purposes; in float32 the rounding may depend on the batch.)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch

from seqkit.decode.filters import SamplingConfig, warp
from seqkit.decode.step import State, Step, advance, check_normalized, check_start, select

End = Literal["eos", "stop", "length"]


@dataclass(frozen=True)
class Stopping:
    """When a sample is over, besides `max_tokens`.

    eos: ids that end it; `keep_eos` says whether a finished sample still shows that id.
    stop: asked after each token with all ids of the sample so far; True ends it (stop strings).
    """

    eos: tuple[int, ...] = ()
    keep_eos: bool = False
    stop: Callable[[Sequence[int]], bool] | None = None


NEVER = Stopping()


@dataclass(frozen=True)
class Token:
    """One token of a stream: row `row` of the batch drew `id`.

    log_prob: under the model itself; warped_log_prob: under the distribution it was drawn from
    (both in nats). end: why the sample ends with this token, None if it goes on.
    """

    row: int
    id: int
    log_prob: float
    warped_log_prob: float
    end: End | None


@dataclass(frozen=True)
class Sample:
    """One sample. The log-probabilities (nats) are of all its tokens, `<eos>` included.

    log_prob: under the model; warped_log_prob: under the distributions drawn from.
    finished: ended by `eos` or `stop`, rather than by max_tokens or for want of a token.
    """

    ids: tuple[int, ...]
    log_prob: float
    warped_log_prob: float
    finished: bool


@dataclass
class _Row:
    """A sample in the making: its place in the batch, its random stream, its ids so far."""

    number: int
    stream: np.random.Generator
    ids: list[int] = field(default_factory=list)


def random_stream(seed: int, sample: int) -> np.random.Generator:
    """The random stream of one sample: a counter-based generator keyed by (seed, sample)."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(sample,))))


def sample(
    step: Step,
    state: State,
    prompt_last: torch.Tensor,
    config: SamplingConfig,
    stopping: Stopping = NEVER,
    first: int = 0,
) -> Iterator[Token]:
    """Draw B samples token by token: each step yields one Token a row still going, in row order.

    prompt_last: (B,) int64, the last token of each prompt, the rest of which `state` has seen.
    first: the number of row 0 among all samples of this seed; a caller who draws in chunks passes
    how many it has drawn. Rows that end leave the batch. no_repeat_ngram looks at generated
    tokens only; a row that it leaves no token ends without another Token.
    """
    check_start(prompt_last, state)
    rows = [_Row(n, random_stream(config.seed, first + n)) for n in range(len(prompt_last))]
    last = prompt_last
    while rows:
        returned, state = advance(step, last, state)
        check_normalized(returned)
        log_probs = returned.cpu().double()  # (B, V)
        warped = warp(log_probs, config, [row.ids for row in rows])
        drawn = inverse_cdf(warped, [row.stream.random() for row in rows])
        going = []
        for at, (row, token) in enumerate(zip(rows, drawn, strict=True)):
            if token is None:
                continue
            row.ids.append(token)
            end = _end(row.ids, config.max_tokens, stopping)
            if end is None:
                going.append(at)
            chances = float(log_probs[at, token]), float(warped[at, token])
            yield Token(row.number, token, *chances, end)
        if len(going) < len(rows):
            rows, state = [rows[at] for at in going], select(state, going)
        last = prompt_last.new_tensor([row.ids[-1] for row in rows])


def inverse_cdf(log_probs: torch.Tensor, uniforms: Sequence[float]) -> list[int | None]:
    """The token of each row of log-probabilities (B, V) at which its cumulative sum passes u.

    u in [0, 1), one a row. None for a row in which nothing may follow (-inf throughout).
    """
    cumulative = log_probs.exp().cumsum(dim=-1)
    total = cumulative[:, -1:]
    levels = torch.tensor(uniforms, dtype=torch.float64).unsqueeze(1) * total
    # To the right of equal sums: a token of probability 0 has the sum of the one before it.
    found = torch.searchsorted(cumulative, levels, right=True).squeeze(1).tolist()
    return [at if mass > 0 else None for at, mass in zip(found, total[:, 0].tolist(), strict=True)]


def _end(ids: Sequence[int], max_tokens: int, stopping: Stopping) -> End | None:
    """Why a sample ends with the last of its ids; None if it goes on."""
    if ids[-1] in stopping.eos:
        return "eos"
    if stopping.stop is not None and stopping.stop(ids):
        return "stop"
    return "length" if len(ids) == max_tokens else None


def collect(tokens: Iterable[Token], rows: int, keep_eos: bool = False) -> list[Sample]:
    """The samples of a stream of `rows` rows, in row order."""
    by_row: list[list[Token]] = [[] for _ in range(rows)]
    for token in tokens:
        by_row[token.row].append(token)
    return [_whole(drawn, keep_eos) for drawn in by_row]


def _whole(drawn: Sequence[Token], keep_eos: bool) -> Sample:
    """One sample from its tokens."""
    end = drawn[-1].end if drawn else None
    shown = drawn[:-1] if end == "eos" and not keep_eos else drawn
    return Sample(
        ids=tuple(token.id for token in shown),
        log_prob=sum(token.log_prob for token in drawn),
        warped_log_prob=sum(token.warped_log_prob for token in drawn),
        finished=end in ("eos", "stop"),
    )


def draw(
    step: Step,
    state: State,
    prompt_last: torch.Tensor,
    config: SamplingConfig,
    stopping: Stopping = NEVER,
    first: int = 0,
) -> list[Sample]:
    """As `sample`, but B whole samples at the end."""
    tokens = sample(step, state, prompt_last, config, stopping, first)
    return collect(tokens, len(prompt_last), stopping.keep_eos)
