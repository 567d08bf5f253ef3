"""A tiny language whose every probability is known: the next token depends on the last two."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import torch

from seqkit.decode.step import State


@dataclasses.dataclass
class Markov:
    """Second-order Markov model; `table[a][b][c]` is log P(c | a b). Text starts after (0, 0)."""

    table: torch.Tensor  # (V, V, V)
    batches: list[int] = dataclasses.field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.table)

    def step(self, last: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        """The state is the token before the last and the number of tokens seen."""
        before, seen = state
        self.batches.append(len(last))
        return self.table[before, last], (last, seen + 1)

    def start(self, rows: int) -> tuple[State, torch.Tensor]:
        zeros = torch.zeros(rows, dtype=torch.int64)
        return (zeros, torch.zeros(rows, 3)), zeros

    def log_prob(self, ids: Sequence[int], context: tuple[int, int] = (0, 0)) -> float:
        """By the chain rule (T4), in plain Python."""
        text = [*context, *ids]
        table = self.table.double().tolist()
        return math.fsum(table[text[t]][text[t + 1]][text[t + 2]] for t in range(len(ids)))

    def strings(self, length: int, eos: int | None) -> Iterator[tuple[int, ...]]:
        """Every string that ends with its first `eos`, or has `length` tokens without one."""

        def grow(prefix: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if len(prefix) == length or (prefix and prefix[-1] == eos):
                yield prefix
            else:
                for token in range(self.size):
                    yield from grow((*prefix, token))

        return grow(())


@pytest.fixture
def markov():
    """A factory: markov(V, seed) is a random Markov model over V tokens."""

    def make(size: int, seed: int = 0, spread: float = 1.5) -> Markov:
        logits = np.random.default_rng(seed).normal(scale=spread, size=(size, size, size))
        return Markov(torch.log_softmax(torch.from_numpy(logits), dim=-1))

    return make
