"""What a sentence of smallworld's translations means, before it is said in either language.

Words are English lemmas of the lexicon. A meaning has all that the two languages want to know;
`english` and `arvenian` say it, `meaning_draws` makes it up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody by first and family name; `he` is the English pronoun, he or she."""

    first: str
    family: str
    he: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun with what belongs to it.

    `determiner` is the, a, own, or a number such as two; `relative` a clause that lacks its
    subject or its object, which this phrase is.
    """

    kind: str
    noun: str
    plural: bool = False
    determiner: str = "the"
    adjective: str = ""
    owner: "Someone | None" = None
    relative: "Clause | None" = None


Someone = Name | Phrase


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a preposition and a phrase or the name of a town, or a fixed place by its name."""

    name: str
    where: Phrase | str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Somebody does something; `subject` and `object` lack where a relative clause lacks them."""

    verb: str
    past: bool
    subject: Someone | None = None
    object: Phrase | None = None
    adverb: str = ""
    negated: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One clause, or two joined by and, but or while; `time` stands before the first."""

    first: Clause
    time: str = ""
    joint: str = ""
    second: Clause | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A clause and the state of its subject that explains it."""

    clause: Clause
    state: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What somebody or something is; or is more than another, `than`."""

    subject: Someone
    past: bool
    adjective: str
    than: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody knows or claims what a clause says."""

    who: Someone
    verb: str
    past: bool
    clause: Clause


Sentence = Statement | Reason | Quality | Report


def is_living(someone: Someone) -> bool:
    """Tell people and animals from things."""
    return isinstance(someone, Name) or someone.kind in ("worker", "animal", "noble")


def is_plural(someone: Someone) -> bool:
    """Tell whether a subject is several."""
    return isinstance(someone, Phrase) and someone.plural


def is_beast(someone: Someone) -> bool:
    """Tell whether a subject is an animal."""
    return isinstance(someone, Phrase) and someone.kind == "animal"
