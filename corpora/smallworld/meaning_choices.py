"""What smallworld's translations speak of, and how often: choices by the lexicon's preferences.

Only words that the dictionary of Arvenian has are in them, the first ones of a row most likely.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Generic, TypeVar

from seqkit.corpora.smallworld import arvenian_words as words
from seqkit.corpora.smallworld import lexicon
from seqkit.corpora.smallworld.domains import zipf
from seqkit.corpora.smallworld.meanings import Name
from seqkit.corpora.smallworld.world import Person, build_world

T = TypeVar("T")
Deed = tuple[str, str]  # a verb and the kind of its object, "" for none

# fmt: off
_KINDS = {
    **{kind: row for kind, row in lexicon.NOUNS.items() if kind != "prize"},
    "place": "garden church market bridge castle school tower mill lighthouse",
    "noble": "king queen princess prince duke duchess",
}
_GENERAL = "new beautiful ugly fine"  # adjectives that go with everything
_STATES = "tired hungry happy sad afraid angry"
_ACTS = "sleep, run, laugh, cry, shout, hide, yawn"
_COURT = "lose treasure, admire picture, buy garment, visit worker, wear garment, sell treasure"
_BEASTS = "sleep, eat vegetable, chase animal, run, eat fruit, see animal, eat pastry"
SOUNDS = {
    "dog": "bark", "cat": "purr", "bear": "growl", "wolf": "howl", "hare": "squeak",
    "mouse": "squeak",
}
# fmt: on


class Choice(Generic[T]):
    """Things to choose from, by their weights."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.things = list(weights)
        total = sum(weights.values())
        self.cumulative = list(accumulate(weight / total for weight in weights.values()))
        self.cumulative[-1] = 1.0

    def draw(self, uniforms: Iterator[float]) -> T:
        """Choose by the next number of [0, 1)."""
        return self.things[bisect_right(self.cumulative, next(uniforms))]


def _known(row: str, dictionary: Mapping[str, str]) -> Choice[str]:
    """Give the words of a row that the dictionary has, the first ones most likely."""
    return Choice(zipf([word for word in row.split() if word in dictionary]))


def _deeds(row: str) -> Choice[Deed]:
    """Give the deeds of "make dish, sleep" whose verbs the dictionary has."""
    split = [(*deed.split(), "")[:2] for deed in row.split(", ")]
    return Choice(zipf([(verb, kind) for verb, kind in split if verb in words.VERBS]))


def _name(person: Person) -> Name:
    first, family = person.name.split()
    return Name(first, family, person.he)


def _all(dictionary: Mapping[str, str]) -> Choice[str]:
    """Give all words of a dictionary."""
    return Choice(zipf(list(dictionary)))


NOUNS = {kind: _known(row, words.NOUNS) for kind, row in _KINDS.items()}
_OWN_ADJECTIVES = {**lexicon.ADJECTIVES, "noble": lexicon.ADJECTIVES["worker"]}
ADJECTIVES = {
    kind: _known(f"{_OWN_ADJECTIVES.get(kind, '')} {_GENERAL}", words.ADJECTIVES) for kind in _KINDS
}
QUALITIES = _known(lexicon.QUALITIES, words.ADJECTIVES)
FEELINGS = _known(_STATES, words.ADJECTIVES)
WORK = {worker: _deeds(row) for worker, row in lexicon.WORK.items()}
OTHER_DEEDS = {"noble": _deeds(_COURT), "animal": _deeds(_BEASTS), "": _deeds(_ACTS)}
ADVERBS, COUNTS = _all(words.ADVERBS), _all(words.COUNTS)
TIMES = {tense: _all(times) for tense, times in words.TIMES.items()}
PREPOSITIONS, PLACES = _all(words.PREPOSITIONS), _all(words.PLACES)
PEOPLE = {
    _name(person): person.profession
    for person in build_world().people
    if person.profession in words.NOUNS
}
"""Everybody whose profession can be spoken of, with it."""
NAMES: Choice[Name] = Choice(zipf(list(PEOPLE)))
TOWNS = Choice(zipf([town.name for town in build_world().towns]))
DONE_TO = {
    kind: Choice(
        {
            (worker, verb): 1.0
            for worker in NOUNS["worker"].things
            for verb, selected in WORK[worker].things
            if selected == ("worker" if kind == "noble" else kind)
        }
    )
    for kind in _KINDS
    if kind != "place"
}
"""Who does what to each kind."""
SUBJECTS = Choice({"worker": 5.0, "animal": 4.0, "name": 3.0, "noble": 2.0})
THINGS = Choice(
    {kind: 1.0 for kind in _KINDS if kind not in ("worker", "animal", "noble", "place")}
)
SENTENCES = Choice({"one": 45.0, "two": 15.0, "reason": 12.0, "quality": 18.0, "report": 10.0})
JOINTS = Choice({"and": 3.0, "but": 2.0, "while": 3.0})
REPORTS = Choice({"know": 1.0, "claim": 1.0})
DETERMINERS = Choice({"the": 6.0, "a": 3.0, "count": 1.5})
