"""Which parameters each trial of a search gets: a grid, at random, coarse to fine (O9).

A search is a function of the number of a trial and of how earlier trials fared, and remembers
nothing; so one that was killed goes on with the same draws. Knows no training.
"""

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from typing import Protocol

from seqkit.tasks.tuning.space import Parameter, Value

Values = dict[str, Value]
"""The value of each parameter by its name."""
Done = Mapping[int, tuple[Values, float]]
"""By number the trials that have ended: their values, and how bad they were (inf: failed)."""

ROUNDS = 3
"""Rounds of a search from coarse to fine."""
KEPT = 4
"""One in so many trials, the best, says where the next round searches."""
BLOCK = 8
"""So many trials in a row share each scale evenly among them."""


class Search(Protocol):
    """A way to search; trials are numbered from 1 to `size`."""

    size: int

    def values(self, number: int, done: Done) -> Values | None:
        """The values of a trial; None while trials that they depend on have not ended."""


class Grid:
    """Every combination of the points of each parameter; the last parameter varies fastest."""

    def __init__(self, parameters: Sequence[Parameter], trials: int) -> None:
        self._axes = {parameter.name: parameter.grid() for parameter in parameters}
        self.size = math.prod(len(axis) for axis in self._axes.values())
        if self.size > trials:
            shape = " x ".join(str(len(axis)) for axis in self._axes.values())
            raise ValueError(
                f"--grid: {shape} points are {self.size} trials, and --trials allows {trials}; "
                f"take fewer points, or --trials {self.size}"
            )

    def values(self, number: int, done: Done) -> Values:
        """A point of the grid."""
        point = next(itertools.islice(itertools.product(*self._axes.values()), number - 1, None))
        return dict(zip(self._axes, point, strict=True))


class Random:
    """Each value drawn from its scale, as `draw` does (Bergstra and Bengio 2012)."""

    def __init__(self, parameters: Sequence[Parameter], trials: int, seed: int) -> None:
        self._parameters, self.size, self._seed = parameters, trials, seed

    def values(self, number: int, done: Done) -> Values:
        """A draw."""
        return draw(self._parameters, self._seed, number)


class CoarseToFine:
    """Three rounds of random draws; each searches the region where the best quarter lay so far.

    A round begins when the one before it has ended. The region of a numeric parameter reaches from
    the least to the greatest value of the best, and a mean gap between draws farther on each side;
    choices that are not among the best are dropped.
    """

    def __init__(self, parameters: Sequence[Parameter], trials: int, seed: int) -> None:
        self._parameters, self.size, self._seed = parameters, trials, seed
        self._round = math.ceil(trials / ROUNDS)

    def values(self, number: int, done: Done) -> Values | None:
        """A draw from the region of its round."""
        earlier = number - 1 - (number - 1) % self._round
        if any(k not in done for k in range(1, earlier + 1)):
            return None
        return draw(self.region(earlier, done), self._seed, number)

    def region(self, earlier: int, done: Done) -> Sequence[Parameter]:
        """Where the round that comes after so many trials searches."""
        region = self._parameters
        for end in range(self._round, earlier + 1, self._round):
            ended = [done[k] for k in range(1, end + 1) if math.isfinite(done[k][1])]
            best = sorted(ended, key=lambda trial: trial[1])[: max(2, math.ceil(end / KEPT))]
            if len(ended) > len(best):  # or else all count as good, and nothing is learnt
                values = [trial[0] for trial in best]
                region = [p.narrowed([v[p.name] for v in values], 1 / self._round) for p in region]
        return region


def draw(parameters: Sequence[Parameter], seed: int, number: int) -> Values:
    """A value of each parameter; it hangs on the seed, the number and the name alone.

    Eight trials in a row are a Latin hypercube (McKay et al. 1979): every eighth of each scale is
    drawn from once, so that few trials leave no large gap, as independent draws may.
    """
    return {p.name: p.at(_place(seed, number, p.name)) for p in parameters}


def _place(seed: int, number: int, name: str) -> float:
    """Where in its range a parameter is drawn from, in [0, 1)."""
    block, slot = divmod(number - 1, BLOCK)
    generator = random.Random(f"{seed} {block} {name}")
    stratum = generator.sample(range(BLOCK), BLOCK)[slot]
    within = [generator.random() for _ in range(BLOCK)][slot]
    return (stratum + within) / BLOCK


def build_search(
    method: str, parameters: Sequence[Parameter], trials: int, seed: int = 0
) -> Search:
    """A search by its name: grid, random or coarse-to-fine; ValueError where it cannot work."""
    if trials < 1:
        raise ValueError(f"--trials must be 1 or more, got {trials}")
    if not parameters:
        raise ValueError("nothing to search: name a parameter, such as --param lr=log:1e-4:1e-1")
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"--param {name}: stands there twice; give each parameter once")
    if method == "grid":
        return Grid(parameters, trials)
    if method == "random":
        return Random(parameters, trials, seed)
    if method == "coarse-to-fine":
        return CoarseToFine(parameters, trials, seed)
    raise ValueError(f"unknown search {method!r}; there are: {', '.join(METHODS)}")


METHODS = ("grid", "random", "coarse-to-fine")
