"""Arvenian, the second language of smallworld: how it says a meaning.

The verb ends its clause: time, subject, place, object, adverb, `ni` (not), verb. Adjectives follow
their noun; they, articles and pronouns agree with it in gender and number, and so does what
somebody or something is said to be. Owners stand before what they own (su), relative clauses
before their noun (ke where it is their subject, kem where their object), reports before their verb
(ko), reasons (vor) and what happens meanwhile (dum) before the main clause. Families come before
first names. Endings: nouns -ek, after -a -i, in the plural; adjectives -o, -a, -im, -in; verbs
-it, -iti in the past and -an, -ani now.
"""

from seqkit.corpora.smallworld import arvenian_words as words
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
    is_beast,
    is_living,
    is_plural,
)

# Each by gender and number: masculine, feminine, both in the plural.
_THE = ("to", "ta", "te", "tai")
_A = ("mo", "ma")
_PRONOUN = ("so", "sa", "soi", "sai")
_ENDING = ("o", "a", "im", "in")


def arvenian(meaning: Sentence) -> str:
    """Say a meaning in Arvenian, tokens set off by spaces."""
    match meaning:
        case Statement():
            said = _statement(meaning)
        case Reason():
            subject = meaning.clause.subject
            assert subject is not None
            state = [_adjective(meaning.state, subject), _verb("be", meaning.clause.past, subject)]
            main = _clause(meaning.clause)
            said = ["vor", _PRONOUN[_form(subject)], *state, ",", *main]
        case Quality():
            than = [*_someone(meaning.than), "dan", "plu"] if meaning.than else []
            quality = [*than, _adjective(meaning.adjective, meaning.subject)]
            said = [*_someone(meaning.subject), *quality]
            said.append(_verb("be", meaning.past, meaning.subject))
        case Report():
            what = _clause(meaning.clause)
            verb = _verb(meaning.verb, meaning.past, meaning.who)
            said = [*_someone(meaning.who), *what, "ko", verb]
    return " ".join([*said, "."]).replace("_", " ")


def is_feminine(noun: str) -> bool:
    """Tell the gender of an English noun: by the ending of its Arvenian stem."""
    return words.NOUNS[noun].split("_")[0].endswith("a")


def _statement(meaning: Statement) -> list[str]:
    times = words.TIMES["past" if meaning.first.past else "present"]
    said = [times[meaning.time]] if meaning.time else []
    said += _clause(meaning.first)
    if meaning.second is None:
        return said
    joint, second = words.CONJUNCTIONS[meaning.joint], _clause(meaning.second)
    if meaning.joint == "while":
        return [joint, *second, ",", *said]
    return [*said, ",", joint, *second]


def _clause(clause: Clause, head: Someone | None = None) -> list[str]:
    """Say a clause; `head` is the noun of a relative one, its subject where that lacks."""
    doer = clause.subject or head
    assert doer is not None
    return [
        *(_someone(clause.subject) if clause.subject else []),
        *(_place(clause.place) if clause.place else []),
        *(_phrase(clause.object) if clause.object else []),
        *([words.ADVERBS[clause.adverb]] if clause.adverb else []),
        *(["ni"] if clause.negated else []),
        _verb(clause.verb, clause.past, doer),
    ]


def _someone(someone: Someone) -> list[str]:
    if isinstance(someone, Name):
        return [someone.family, someone.first]
    return _phrase(someone)


def _phrase(phrase: Phrase) -> list[str]:
    said = []
    if phrase.relative:
        role = "kem" if phrase.relative.subject else "ke"
        said = [*_clause(phrase.relative, phrase), role]
    if phrase.owner:
        said = [*_someone(phrase.owner), "su"]
    said += [_determiner(phrase), _noun(phrase)]
    if phrase.determiner == "own":
        said.append(words.OWN + _ENDING[_form(phrase)])
    if phrase.adjective:
        said.append(_adjective(phrase.adjective, phrase))
    return said


def _determiner(phrase: Phrase) -> str:
    if phrase.determiner in words.COUNTS:
        return words.COUNTS[phrase.determiner]
    return (_A if phrase.determiner == "a" else _THE)[_form(phrase)]


def _noun(phrase: Phrase) -> str:
    """Give a noun in its number; of two words the first one changes."""
    head, *rest = words.NOUNS[phrase.noun].split("_")
    if phrase.plural:
        head += "i" if head.endswith("a") else "ek"
    return " ".join([head, *rest])


def _adjective(adjective: str, of: Someone) -> str:
    """Give an adjective as it agrees with what it is said of."""
    thing = adjective == "old" and not is_living(of)
    return (words.OLD_THING if thing else words.ADJECTIVES[adjective]) + _ENDING[_form(of)]


def _verb(verb: str, past: bool, subject: Someone) -> str:
    stem = words.BEAST_EATS if verb == "eat" and is_beast(subject) else words.VERBS[verb]
    return stem + ("it" if past else "an") + ("i" if is_plural(subject) else "")


def _form(someone: Someone) -> int:
    """Give the place of gender and number in the tables above."""
    if isinstance(someone, Name):
        return int(someone.he == "she")
    return is_feminine(someone.noun) + 2 * someone.plural


def _place(place: Place) -> list[str]:
    """Say where: the preposition of English stands behind its noun."""
    if place.where is None:
        return [words.PLACES[place.name]]
    where = [place.where] if isinstance(place.where, str) else _phrase(place.where)
    return [*where, words.PREPOSITIONS[place.name]]
