"""What each variable of the templates ranges over, and how much each thing is talked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from seqkit.corpora.smallworld import lexicon
from seqkit.corpora.smallworld.world import World

Domain = Mapping[Any, float]  # what a variable ranges over -> weight
Domains = Mapping[str, Domain]
NUMBERS = ("singular", "plural")
TENSES = ("past", "present")


@dataclass(frozen=True, slots=True)
class Reason:
    """A verb, and the state that explains it."""

    verb: str
    state: str

    def __str__(self) -> str:
        return self.verb


@dataclass(frozen=True, slots=True)
class Noble:
    """A member of a court, with the pronouns."""

    name: str
    he: str
    his: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Quality:
    """An adjective that compares: old, older, oldest."""

    plain: str
    more: str
    most: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers and their sum, in words."""

    first: str
    second: str
    total: str


def zipf(things: Sequence[Any]) -> Domain:
    """Weigh things by rank as words of natural text are (Zipf-Mandelbrot): 1 / (rank + 4)."""
    return {thing: 1.0 / (rank + 4.0) for rank, thing in enumerate(things, start=1)}


def build_domains(world: World) -> Domains:
    """Give what each variable of the templates ranges over."""
    qualities = [
        Quality(word, lexicon.comparative(word), lexicon.superlative(word))
        for word in lexicon.QUALITIES.split()
    ]
    numbers = lexicon.NUMBERS.split()
    sums = [
        Sum(numbers[first], numbers[second], numbers[first + second + 1])
        for first, second in product(range(len(numbers) // 2), repeat=2)
    ]
    return {
        "tense": {"past": 3.0, "present": 2.0},
        "number": {"singular": 2.0, "plural": 1.0},
        "other": {"singular": 1.0, "plural": 1.0},
        "gender": {"female": 1.0, "male": 1.0},
        "verdict": {"good": 3.0, "bad": 2.0},
        "person": zipf(world.people),
        "country": zipf(world.countries),
        "town": zipf(world.towns),
        "village": zipf([town for town in world.towns if town.name != town.country.capital]),
        "employer": zipf(world.organisations),
        "animal": zipf(world.animals),
        "pair": zipf(world.pairs),
        "film": zipf(world.films),
        "worker": zipf(lexicon.NOUNS["worker"].split()),
        "kind": dict.fromkeys(lexicon.NOUNS, 1.0),
        "holding": zipf(lexicon.HOLDINGS.split()),
        "quality": zipf(qualities),
        "noble": zipf([Noble(*row.split()) for row in lexicon.NOBLES]),
        "reason": zipf([Reason(*pair) for pair in lexicon.REASONS.items()]),
        "month": dict.fromkeys(lexicon.MONTHS.split(), 1.0),
        "day": dict.fromkeys([str(day) for day in range(1, 29)], 1.0),
        "sum": dict.fromkeys(sums, 1.0),
    }
