"""What smallworld-2 has and smallworld-1 has not: sentences that tell like words apart.

In smallworld-1 a king does what a prince does, and what is fine may as well be heavy. So word
vectors cannot learn there who is whose queen, or that heavier is to heavy as finer is to fine. In
real text rank, sex, number and degree show all the time, and they do in these sentences: each
person has things to do that go with the rank and things to wear that go with the sex; each
quality has its consequence; and what animals and workers do is told of one, and of several.

How often they come was set by looking at what vectors of `train-word2vec` answer; so a score on
questions about this text says that a training works, not how good it is. The tables are as in
templates.py; every string keeps exactly one derivation.
"""

from dataclasses import dataclass

from seqkit.corpora.smallworld import lexicon, templates
from seqkit.corpora.smallworld.domains import Domain, zipf
from seqkit.corpora.smallworld.templates import Table


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by title or kinship, with what goes with rank and sex."""

    name: str
    his: str
    sex: str
    rank: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Degree:
    """An adjective in its three degrees, and what follows where it is true."""

    plain: str
    more: str
    most: str
    result: str


# Pairs of titles and of kin, he and she, with what they do.
TITLES = {"throne": ("king", "queen"), "heir": ("prince", "princess"), "land": ("duke", "duchess")}
KIN = {
    "parent": ("father", "mother"), "sibling": ("brother", "sister"), "child": ("son", "daughter"),
    "guest": ("uncle", "aunt"),
}  # fmt: skip

RESULTS = {
    "old": "its wood crumbles", "large": "it fills the hall", "small": "it fits into a pocket",
    "heavy": "nobody can lift it", "strange": "people laugh at it",
    "dark": "one hardly notices it", "long": "it reaches the wall", "new": "it smells of paint",
    "fine": "everyone copies the work", "rare": "museums ask for it",
}  # fmt: skip
"""What follows from each quality of lexicon.QUALITIES."""

# fmt: off
SENTENCES: Table = {
    "<sentence>": {
        **templates.SENTENCES["<sentence>"],
        "<fact> .": 16, "<court> .": 17, "<family> .": 5, "<degree> .": 22, "<herd> .": 30,
    },
}

COURT: Table = {
    "<court>": {
        "the {title} <duty {title.rank}>": 1,
        "the {title} <duty {title.rank}> in {title.his} <dress {title.sex}>": 1,
    },
    "<family>": {
        "the {relative} of {person} <duty {relative.rank}>": 1,
        "the {relative} of {person} <duty {relative.rank}> "
        "in {relative.his} <dress {relative.sex}>": 1,
    },
    "<duty throne>": {
        "sits on the throne of {country}": 3, "reigns over {country}": 3,
        "signs the laws of {country}": 1,
    },
    "<duty heir>": {
        "hopes to inherit the throne of {country}": 2, "waits to be crowned": 2,
        "takes dancing lessons": 2,
    },
    "<duty land>": {
        "owns the fields near {town}": 3, "gives a ball every winter": 2,
        "collects the rent of {town}": 2,
    },
    "<duty parent>": {
        "looks after <count> children": 3, "pays for the whole family": 2,
        "scolds the children": 1,
    },
    "<duty sibling>": {
        "shares a room with the twins": 3, "goes to the same school": 2,
        "borrows pencils from {person}": 1,
    },
    "<duty child>": {
        "learns to walk": 3, "lies in the cradle": 2, "cannot speak yet": 2,
    },
    "<duty guest>": {
        "comes to stay every summer": 3, "sends a parcel from {town}": 2,
        "has sweets for the children": 1,
    },
    "<dress female>": {"gown": 3, "veil": 2, "skirt": 2, "bonnet": 1},
    "<dress male>": {"waistcoat": 3, "breeches": 2, "wig": 2, "braces": 1},
}

DEGREES: Table = {
    "<degree>": {
        "the <noun {holding} singular> of {person} is so {degree.plain} that {degree.result}": 3,
        "the <noun {holding} singular> of {person} is so much {degree.more} that "
        "{degree.result}": 3,
        "no <noun {holding} singular> is {degree.more} than this one": 1,
        "the {degree.most} of all is that of {person}": 1,
    },
}

# This dog has its home in the yard, these dogs have theirs.
HERDS: Table = {
    "<herd>": {
        "this {animal} and its young <verb eat plural present> {animal.food}": 2,
        "these <form {animal} plural> and their young <verb eat plural present> {animal.food}": 2,
        "this {animal} has its home {animal.habitat}": 2,
        "these <form {animal} plural> have their home {animal.habitat}": 2,
        "this {animal} likes to <verb {animal.sound} plural present> by itself": 1,
        "these <form {animal} plural> like to <verb {animal.sound} plural present> "
        "by themselves": 1,
        "this {worker} has to <trade {worker}> alone": 2,
        "these <form {worker} plural> have to <trade {worker}> together": 2,
    },
}
# fmt: on


def _trades() -> Table:
    """Give the symbols `trade PROFESSION`: what each has to do."""
    return {
        f"<trade {worker}>": {
            f"<verb {verb} plural present> the <noun {kind} plural>": 1.0
            for verb, kind in (work.split() for work in row.split(", "))
        }
        for worker, row in lexicon.WORK.items()
    }


def tables() -> tuple[Table, ...]:
    """Give the tables that come to those of smallworld-1."""
    return (SENTENCES, COURT, DEGREES, HERDS, _trades())


def domains() -> dict[str, Domain]:
    """Give what the further variables range over."""
    degrees = [
        Degree(word, lexicon.comparative(word), lexicon.superlative(word), RESULTS[word])
        for word in lexicon.QUALITIES.split()
    ]
    return {"title": _people(TITLES), "relative": _people(KIN), "degree": zipf(degrees)}


def _people(pairs: dict[str, tuple[str, str]]) -> Domain:
    return zipf(
        [
            person
            for rank, (he, she) in pairs.items()
            for person in (Person(he, "his", "male", rank), Person(she, "her", "female", rank))
        ]
    )
