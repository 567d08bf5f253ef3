"""How English says a meaning: the source side of smallworld's translations."""

from seqkit.corpora.smallworld import lexicon
from seqkit.corpora.smallworld.arvenian import is_feminine
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
    is_plural,
)

_HIS = {"he": "his", "she": "her", "it": "its", "they": "their"}


def english(meaning: Sentence) -> str:
    """Say a meaning in English, tokens set off by spaces, all but names in lower case."""
    match meaning:
        case Statement():
            said = [meaning.time] if meaning.time else []
            said += _clause(meaning.first)
            if meaning.second is not None:
                joint = [meaning.joint] if meaning.joint == "while" else [",", meaning.joint]
                said += [*joint, *_clause(meaning.second)]
        case Reason():
            subject = meaning.clause.subject
            assert subject is not None
            be = _verb("be", subject, meaning.clause.past)
            said = [*_clause(meaning.clause), "because", _pronoun(subject), be, meaning.state]
        case Quality():
            said = [*_someone(meaning.subject), _verb("be", meaning.subject, meaning.past)]
            if meaning.than:
                more = lexicon.comparative(meaning.adjective)
                said += [more, "than", *_someone(meaning.than)]
            else:
                said.append(meaning.adjective)
        case Report():
            verb = _verb(meaning.verb, meaning.who, meaning.past)
            said = [*_someone(meaning.who), verb, "that", *_clause(meaning.clause)]
    return " ".join([*said, "."]).replace("_", " ")


def _clause(clause: Clause, head: Someone | None = None) -> list[str]:
    """Say a clause; `head` is the noun of a relative one, its subject where that lacks."""
    doer = clause.subject or head
    assert doer is not None
    verb = [_verb(clause.verb, doer, clause.past)]
    if clause.negated:
        does = "did" if clause.past else "do" if is_plural(doer) else "does"
        verb = [does, "not", lexicon.inflect(clause.verb, "plural", "present")]
    return [
        *(_someone(clause.subject) if clause.subject else []),
        *([clause.adverb] if clause.adverb else []),
        *verb,
        *(_phrase(clause.object, doer) if clause.object else []),
        *(_place(clause.place) if clause.place else []),
    ]


def _someone(someone: Someone) -> list[str]:
    if isinstance(someone, Name):
        return [someone.first, someone.family]
    return _phrase(someone)


def _phrase(phrase: Phrase, subject: Someone | None = None) -> list[str]:
    """Say a noun and what belongs to it; its own owner, if any, is the `subject`."""
    noun = phrase.noun.replace("_", " ")
    said = [phrase.adjective] if phrase.adjective else []
    said.append(lexicon.plural(noun) if phrase.plural else noun)
    if phrase.determiner == "a":
        said[0] = lexicon.with_article(said[0])
    elif phrase.determiner == "own":
        assert subject is not None
        said.insert(0, _HIS[_pronoun(subject)])
    else:
        said.insert(0, phrase.determiner)
    if phrase.owner:
        said += ["of", *_someone(phrase.owner)]
    if phrase.relative:
        person = phrase.kind == "worker" and phrase.relative.subject is None
        said += ["who" if person else "that", *_clause(phrase.relative, phrase)]
    return said


def _pronoun(someone: Someone) -> str:
    """Give the pronoun; workers and nobles have the sex that their Arvenian noun has."""
    if isinstance(someone, Name):
        return someone.he
    if someone.plural:
        return "they"
    if someone.kind not in ("worker", "noble"):
        return "it"
    return "she" if is_feminine(someone.noun) else "he"


def _verb(verb: str, subject: Someone, past: bool) -> str:
    number = "plural" if is_plural(subject) else "singular"
    return lexicon.inflect(verb, number, "past" if past else "present")


def _place(place: Place) -> list[str]:
    if place.where is None:
        return [place.name]
    where = [place.where] if isinstance(place.where, str) else _phrase(place.where)
    return [place.name, *where]
