"""How far a training of word vectors has come: what is next, and at which learning rate."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.word2vec.engine import Stretch

LEAST_RATE = 1e-4
"""The learning rate at the end, as a share of that at the beginning (word2vec.c)."""


@dataclass
class Progress:
    """Where a training stands; all of it is in the checkpoint."""

    tokens: int  # ids of the text
    stretch: int  # ids that are trained on in one go
    epoch: int = 0  # how many have ended
    position: int = 0  # ids of this epoch that are done
    seconds: float = 0.0  # of training
    loss: float = 0.0  # of this epoch, in nats
    predictions: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def epochs(self) -> float:
        """Epochs done, the present one in part."""
        return self.epoch + self.position / self.tokens

    def share(self, settings: Word2VecSettings) -> float:
        """How much of the whole is done, by text or by the clock, from 0 to 1."""
        by_clock = self.seconds / (60 * settings.max_minutes) if settings.max_minutes else 0.0
        return min(max(self.epochs / settings.epochs, by_clock), 1.0)

    def next_round(self, settings: Word2VecSettings, count: int) -> list[Stretch]:
        """The next stretches of this epoch, at most `count`.

        Their learning rates fall linearly with the text, so they do not depend on `count`; with
        --max-minutes each round keeps the rate that the clock gives it.
        """
        found = []
        now = self._rate(settings, self.share(settings))
        for start in range(self.position, self.tokens, self.stretch)[:count]:
            stop = min(start + self.stretch, self.tokens)
            rates = (now, now)
            if settings.max_minutes is None:
                first, last = (self.epoch + place / self.tokens for place in (start, stop))
                rates = (
                    self._rate(settings, first / settings.epochs),
                    self._rate(settings, last / settings.epochs),
                )
            found.append(Stretch(start, stop, self._key(settings.seed, start), rates))
        return found

    def _rate(self, settings: Word2VecSettings, share: float) -> float:
        return settings.rate * max(1 - share, LEAST_RATE)

    def _key(self, seed: int, start: int) -> int:
        """A number for the random draws of a stretch."""
        name = f"{seed} {self.epoch} {start}".encode()
        return int.from_bytes(hashlib.sha256(name).digest()[:8])


class Pacer:
    """Chooses how many stretches make a round of about a second."""

    def __init__(self, threads: int) -> None:
        self.count = threads
        self._threads = threads

    def measure(self, seconds: float) -> None:
        """Note what the last round took."""
        if seconds < 0.5:
            self.count *= 2
        elif seconds > 2:
            self.count = max(self._threads, self.count // 2)
