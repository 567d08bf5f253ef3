"""Word vectors by several processes: each trains on text of its own, and now and then they meet."""

import numpy as np
import numpy.typing as npt
import torch

from seqkit.train.distribution import Team
from seqkit.word2vec.engine import Engine

Array = npt.NDArray[np.float32]


class Meeting:
    """Where the matrices of all processes become one again.

    A row moves by the mean of what those processes did to it that changed it at all: a word that
    only one has met learns as much as it would have by itself, and one that all have met does not
    overshoot. With one process nothing happens.
    """

    def __init__(self, team: Team, engine: Engine) -> None:
        self.team, self.engine = team, engine
        self._before = self._copies() if team.size > 1 else []

    def meet(self) -> None:
        """Average what all have done since the last meeting."""
        if self.team.size == 1:
            return
        moves = [now - old for now, old in zip(self._copies(), self._before, strict=True)]  # (V, D)
        movers = [move.any(axis=1, keepdims=True).astype(np.float32) for move in moves]  # (V, 1)
        self.team.sum_([torch.from_numpy(array) for array in (*moves, *movers)])
        for old, move, count in zip(self._before, moves, movers, strict=True):
            old += move / np.maximum(count, 1)
        self.engine.replace(*self._before)

    def _copies(self) -> list[Array]:
        return [np.array(self.engine.inputs), np.array(self.engine.outputs)]
