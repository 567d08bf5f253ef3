"""A small made-up language beside English, and a small training of a translator.

The other language puts what is told of a thing behind it: "the red cat sees the dog." is "la kato
ruga vidas la hundo."; and what is old is told twice.
"""

import itertools
import random
from dataclasses import dataclass, field

from seqkit.corpora.records import Pair
from seqkit.tasks import translating
from seqkit.tasks.translating.texts import TextPairs

THINGS = {"cat": "kato", "dog": "hundo", "bird": "birdo", "fish": "fiŝo"}
KINDS = {"": "", "red": "ruga", "old": "maljuna maljuna"}
ACTS = {"sees": "vidas", "likes": "ŝatas"}

SETTINGS = {
    "hidden": 16,
    "embed": 12,
    "epochs": 15,
    "dropout": 0.1,
    "batch_size": 200,
    "lr": 0.03,
    "average": 0.9,
    "min_count": 1,
    "precision": "fp32",
    "device": "cpu",
    "threads": 1,
}
"""A training of a second or two."""


@dataclass
class Pairs:
    """A corpus of some pairs."""

    name: str
    pairs: list
    told: list = field(default_factory=list)

    def __iter__(self):
        return (Pair(source, target, n) for n, (source, target) in enumerate(self.pairs, 1))

    def place(self, pair):
        return f"{self.name}, line {pair.line}"

    def warnings(self):
        return self.told


@dataclass
class Sources:
    """The parts of a task."""

    train: Pairs
    valid: Pairs
    test: Pairs | None = None


def _thing(name, kind):
    return " ".join(["the", *kind.split(), name]), " ".join(
        ["la", THINGS[name], *KINDS[kind].split()]
    )


def sentences():
    """All pairs there are, in an order that looks like none."""
    things = [_thing(*each) for each in itertools.product(THINGS, KINDS)]
    found = [
        (f"{one[0]} {act} {other[0]}.", f"{one[1]} {ACTS[act]} {other[1]}.")
        for one, act, other in itertools.product(things, ACTS, things)
    ]
    random.Random(1).shuffle(found)
    return found


def sources(train=150, other=30):
    """Train, valid and test without a pair in common."""
    ends = [0, train, train + other, train + 2 * other]
    names, every = ("train", "valid", "test"), sentences()
    spans = zip(names, itertools.pairwise(ends), strict=True)
    return Sources(*(Pairs(name, every[start:end]) for name, (start, end) in spans))


def write(path, number):
    """Write so many pairs as lines of two files, the other one with the ending .xx."""
    for side, file in enumerate((path, path.with_suffix(".xx"))):
        file.write_text("".join(f"{pair[side]}\n" for pair in sentences()[:number]), "utf-8")
    return path


def settings(**changes):
    """The settings of a small training."""
    return translating.TranslatorSettings(**{**SETTINGS, **changes})


def texts(pairs, name="made up"):
    """Pairs as a training takes them."""
    places = [f"line {n}" for n in range(1, len(pairs) + 1)]
    return TextPairs(name, [s for s, _ in pairs], [t for _, t in pairs], places, [])
