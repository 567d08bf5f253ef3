"""Drawing meanings: who does what in smallworld.

What English could mean in two ways is never drawn: a place follows the object only where no
relative clause does, relative clauses have none inside them, and nothing else stands between a
noun and the clause that belongs to it. So the English text decides the Arvenian one.
"""

from collections.abc import Iterator
from dataclasses import replace

from seqkit.corpora.smallworld import meaning_choices as choices
from seqkit.corpora.smallworld.meanings import (
    Clause,
    Name,
    Phrase,
    Place,
    Quality,
    Reason,
    Report,
    Sentence,
    Someone,
    Statement,
    is_living,
)


class Meanings:
    """Meanings drawn independently; `uniforms` gives numbers of [0, 1), one a choice."""

    def __init__(self, uniforms: Iterator[float]) -> None:
        self._uniforms = uniforms

    def draw(self) -> Sentence:
        """Draw the meaning of a sentence."""
        past = self._chance(0.6)
        match self._one(choices.SENTENCES):
            case "one":
                time = self._one(choices.TIMES["past" if past else "present"])
                return Statement(self._clause(past), time if self._chance(0.5) else "")
            case "two":
                joint = self._one(choices.JOINTS)
                return Statement(self._clause(past), "", joint, self._clause(past))
            case "reason":
                return Reason(self._clause(past), self._one(choices.FEELINGS))
            case "report":
                verb = self._one(choices.REPORTS)
                return Report(self._subject(), verb, past, self._clause(past, plain=True))
        return self._quality(past)

    def _quality(self, past: bool) -> Quality:
        if self._chance(0.4):
            return Quality(self._subject(past), past, self._one(choices.FEELINGS))
        kind = self._one(choices.THINGS)
        subject = self._noun(kind, "the", past, 0.4)
        if self._chance(0.5):
            return Quality(subject, past, self._one(choices.ADJECTIVES[kind]))
        return Quality(
            subject, past, self._one(choices.QUALITIES), self._noun(kind, "the", None, 0.4)
        )

    def _clause(self, past: bool, plain: bool = False) -> Clause:
        """Draw a main clause; a plain one has no relative clauses."""
        subject = self._subject(None if plain else past)
        verb, kind = self._deed(subject)
        thing = self._object(kind, is_living(subject), None if plain else past) if kind else None
        negated = self._chance(0.12)
        adverb = "" if negated or not self._chance(0.25) else self._one(choices.ADVERBS)
        free = thing is None or thing.relative is None
        place = self._place() if free and self._chance(0.35) else None
        return Clause(verb, past, subject, thing, adverb, negated, place)

    def _subject(self, past: bool | None = None) -> Someone:
        """Draw somebody, with a relative clause now and then where its tense is given."""
        kind = self._one(choices.SUBJECTS)
        if kind == "name":
            return self._one(choices.NAMES)
        return self._noun(kind, "the", past, 0.1)

    def _object(self, kind: str, owned: bool, past: bool | None) -> Phrase:
        if owned and kind in ("treasure", "garment") and self._chance(0.4):
            return self._noun(kind, "own", None, 0.0)
        return self._noun(kind, self._one(choices.DETERMINERS), past, 0.12)

    def _noun(self, kind: str, determiner: str, past: bool | None, owned: float) -> Phrase:
        """Draw a phrase; one with "the" may have an owner, with that chance, or a clause."""
        noun = self._one(choices.NOUNS[kind])
        plural = determiner == "count" or (determiner != "a" and self._chance(0.35))
        if kind == "noble":
            plural = False
        determiner = self._one(choices.COUNTS) if determiner == "count" else determiner
        adjective = self._one(choices.ADJECTIVES[kind]) if self._chance(0.4) else ""
        phrase = Phrase(kind, noun, plural, determiner, adjective)
        if determiner == "the" and kind != "noble" and self._chance(owned):
            return replace(phrase, owner=self._owner())
        if determiner == "the" and past is not None and self._chance(0.2):
            return replace(phrase, relative=self._relative(phrase, past))
        return phrase

    def _owner(self) -> Someone:
        if self._chance(0.4):
            return self._one(choices.NAMES)
        return Phrase("noble", self._one(choices.NOUNS["noble"]))

    def _relative(self, head: Phrase, past: bool) -> Clause:
        """Draw a clause whose object, or living subject, is `head`."""
        if is_living(head) and self._chance(0.5):
            verb, kind = self._deed(head)
            return Clause(verb, past, object=self._object(kind, True, None) if kind else None)
        worker, verb = self._one(choices.DONE_TO[head.kind])
        subject = Phrase("worker", worker, self._chance(0.3))
        return Clause(verb, past, subject)

    def _deed(self, subject: Someone) -> choices.Deed:
        """Draw what somebody would do."""
        if self._chance(0.25):
            return self._one(choices.OTHER_DEEDS[""])
        if isinstance(subject, Name):
            return self._one(choices.WORK[choices.PEOPLE[subject]])
        if subject.kind == "worker":
            return self._one(choices.WORK[subject.noun])
        if subject.noun in choices.SOUNDS and self._chance(0.3):
            return choices.SOUNDS[subject.noun], ""
        return self._one(choices.OTHER_DEEDS[subject.kind])

    def _place(self) -> Place:
        if self._chance(0.25):
            return Place(self._one(choices.PLACES))
        if self._chance(0.35):
            return Place("in", self._one(choices.TOWNS))
        return Place(
            self._one(choices.PREPOSITIONS), Phrase("place", self._one(choices.NOUNS["place"]))
        )

    def _one(self, choice: choices.Choice[choices.T]) -> choices.T:
        return choice.draw(self._uniforms)

    def _chance(self, probability: float) -> bool:
        return next(self._uniforms) < probability
