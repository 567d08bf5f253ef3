"""Reading Arvenian back, by rules of our own: order and agreement are checked on the way.

The dictionary is taken as it is; endings, articles and the order of words are written down here
once more, and nothing of what makes the sentences is used.
"""

from typing import NamedTuple

from seqkit.corpora.smallworld import arvenian_words as words
from seqkit.corpora.smallworld import lexicon as english
from seqkit.corpora.smallworld.world import build_world

FORMS = ("m singular", "f singular", "m plural", "f plural")
FUNCTION_WORDS = {
    **dict(zip(("to", "ta", "te", "tai"), (("article", form) for form in FORMS), strict=True)),
    **dict(zip(("so", "sa", "soi", "sai"), (("pronoun", form) for form in FORMS), strict=True)),
    **{"mo": ("article", "m singular"), "ma": ("article", "f singular")},
    **{word: (word, "") for word in ("su", "ke", "kem", "ko", "vor", "dan", "plu", "ni", ",", ".")},
}


def lexicon():
    """Give kind and features of every form: ("noun", "f plural"), ("verb", "plural")."""
    forms = dict(FUNCTION_WORDS)

    def add(form, *entry):
        assert forms.setdefault(form, entry) == entry, form  # a word is one thing

    for stem in words.NOUNS.values():
        head, *rest = stem.split("_")
        gender = "f" if head[-1] == "a" else "m"
        add(head, "noun", f"{gender} singular")
        add(head + ("i" if gender == "f" else "ek"), "noun", f"{gender} plural")
        for word in rest:
            add(word, "second word", "")
    for stem in (*words.ADJECTIVES.values(), words.OLD_THING, words.OWN):
        *rest, last = stem.split("_")
        for ending, form in zip(("o", "a", "im", "in"), FORMS, strict=True):
            add(last + ending, "adjective", form)
        for word in set(rest) - {"ni"}:
            add(word, "first word", "")
    for stem in (*words.VERBS.values(), words.BEAST_EATS):
        *rest, last = stem.split("_")
        for tense in ("it", "an"):
            add(last + tense, "be" if last == "es" else "verb", f"singular {tense}")
            add(f"{last}{tense}i", "be" if last == "es" else "verb", f"plural {tense}")
        for word in rest:
            add(word, "first word", "")
    for kind, entries in (
        ("adverb", words.ADVERBS),
        ("time", words.TIMES["past"]),
        ("time", words.TIMES["present"]),
        ("postposition", words.PREPOSITIONS),
        ("place", words.PLACES),
        ("count", words.COUNTS),
        ("joint", words.CONJUNCTIONS),
    ):
        for entry in entries.values():
            *rest, last = entry.split("_")
            if not rest:
                add(last, kind, "")
            for word in set(rest) - {"ni"}:
                add(word, "first word", "")
    return forms


LEXICON = lexicon()
SEXES = {
    tuple(person.name.split()[::-1]): "f singular" if person.he == "she" else "m singular"
    for person in build_world().people
}
TOWNS = {str(town) for town in build_world().towns}
WITHOUT_OBJECT = "sleep laugh cry shout run yawn bark purr growl howl squeak"
ALONE = {words.VERBS[verb] for verb in WITHOUT_OBJECT.split()}
TREASURES = {words.NOUNS[noun] for noun in english.NOUNS["treasure"].split() if noun in words.NOUNS}
TREASURES |= {stem + ("i" if stem[-1] == "a" else "ek") for stem in TREASURES}


class Noun(NamedTuple):
    """A noun phrase that was read: its gender and number, and its noun."""

    form: str
    noun: str


class Reader:
    """Reads one sentence from left to right, with a stack of what is not yet spoken for."""

    def __init__(self, sentence):
        self.tokens = sentence.split()
        self.at = 0
        self.stack = []  # noun phrases of the clause that is being read
        self.clauses = []  # number and ending of each verb
        self.relatives = 0

    def kind(self, offset=0):
        token = self.tokens[self.at + offset]
        return LEXICON[token][0] if token in LEXICON else "name"

    def take(self, *kinds):
        assert self.kind() in kinds, (kinds, self.tokens[self.at :])
        self.at += 1
        return LEXICON.get(self.tokens[self.at - 1], ("name", ""))[1]

    def sentence(self):
        """Read all of it; AssertionError names what does not agree."""
        reason = self.reason() if self.kind() == "vor" else None
        if self.kind() == "joint":
            assert self.tokens[0] == words.CONJUNCTIONS["while"]
            self.take("joint")
            self.clause()
            self.take(",")
        if self.kind() == "time" or (self.tokens[self.at] == "di"):
            time = [self.tokens[self.at]]
            self.at += 1
            if time == ["di"]:
                time.append(self.tokens[self.at])
                self.at += 1
            tense = "it" if "_".join(time) in words.TIMES["past"].values() else "an"
        else:
            tense = None
        subject, verb = self.clause()
        assert tense in (None, verb.split()[1])
        assert reason in (None, subject.form)
        if self.kind() == ",":
            self.take(",")
            self.take("joint")
            self.clause()
        self.take(".")
        assert self.at == len(self.tokens)
        assert len({verb.split()[1] for verb in self.clauses}) == 1  # one tense

    def reason(self):
        """Read "vor so hungry was ,"; the pronoun will have to agree with the subject."""
        self.take("vor")
        form = self.take("pronoun")
        self.first_words()
        assert self.take("adjective") == form
        self.agree(self.take("be"), form)
        self.take(",")
        return form

    def clause(self):
        """Read up to the verb at the end of a main clause; return subject and verb."""
        self.stack = []
        reported = False
        while True:
            self.first_words()
            kind = self.kind()
            if kind in ("article", "count", "name"):
                self.phrase()
            elif kind in ("adverb", "ni", "place"):
                self.at += 1
            elif kind == "dan":
                self.comparison()
            elif kind == "adjective":  # no noun before it: what the subject is
                assert self.take("adjective") == self.stack[0].form
                assert self.kind() == "be"
            else:
                verb = self.take("verb", "be")
                stem = self.tokens[self.at - 1].removesuffix("i")[:-2]
                if self.kind() in ("ke", "kem"):
                    self.relative(verb, stem)
                elif self.kind() == "ko":
                    self.take("ko")
                    who, *inside = self.stack
                    self.agree(verb, inside[0].form)
                    assert len(inside) == 1 or (len(inside) == 2 and stem not in ALONE)
                    self.stack = [who]
                    reported = True
                else:
                    self.agree(verb, self.stack[0].form)
                    assert len(self.stack) <= 2
                    if stem in ALONE or reported:
                        assert len(self.stack) == 1
                    return self.stack[0], verb

    def comparison(self):
        self.take("dan")
        self.take("plu")
        subject, _ = self.stack
        self.stack.pop()
        assert self.take("adjective") == subject.form
        assert self.kind() == "be"

    def relative(self, verb, stem):
        """Read ke or kem and the noun behind it, whose clause has just ended."""
        self.relatives += 1
        if self.kind() == "kem":
            self.agree(verb, self.stack.pop().form)
        elif stem == words.VERBS["hide"]:  # alone, or with something that can be hidden
            if self.stack and self.stack[-1].noun in TREASURES:
                self.stack.pop()
        elif stem not in ALONE:
            self.stack.pop()
        subject = self.kind() == "ke"
        self.take("ke", "kem")
        self.phrase()
        if subject:
            self.agree(verb, self.stack[-1].form)

    def phrase(self):
        """Read a noun with article and adjectives, or a name; then su or where."""
        if self.kind() == "name":
            if self.tokens[self.at + 1] == "en":
                assert self.tokens[self.at] in TOWNS
                self.at += 2
                return
            form = SEXES[tuple(self.tokens[self.at : self.at + 2])]
            self.at += 2
            noun = "name"
        else:
            article = self.take("article", "count")
            noun, form = self.tokens[self.at], self.take("noun")
            assert article in ("", form) and (article or form.endswith("plural"))
            while self.kind() == "second word":
                self.at += 1
            while self.kind() == "adjective" or self.tokens[self.at] == "nur":
                self.first_words()
                if self.kind(1) == "be":  # this one is said of the subject
                    break
                assert self.take("adjective") == form
        self.stack.append(Noun(form, noun))
        if self.kind() == "su":
            self.take("su")
            self.stack.pop()
            self.phrase()
        elif self.kind() == "postposition":
            self.take("postposition")
            self.stack.pop()

    def first_words(self):
        """Pass over the first one of two words that are one in English."""
        while self.tokens[self.at] in FIRST_WORDS:
            self.at += 1
            if self.tokens[self.at - 1] == "ge":  # far away
                self.at += 1

    def agree(self, verb, form):
        assert verb.split()[0] == form.split()[1], (verb, form, self.tokens)
        self.clauses.append(verb)


FIRST_WORDS = {form for form, (kind, _) in LEXICON.items() if kind == "first word"} - {"di"}
