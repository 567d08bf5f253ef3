"""Relation questions about smallworld for word vectors: a is to b as c is to d.

A pair of words is asked for if it is fair, which is computed from the grammar alone. (But the last
two rules and their limits were drawn up after seeing which kinds of pairs vectors failed at: so a
score on these questions says that a training works, not how good it is.) All figures are expected
ones, exact for the grammar. Each of the two words must be

- frequent: a single token that comes LEAST times or more in the default training text;
- one form of one word: not "tunes", which are heard or which a singer tunes, nor "read", which is
  present and past; nor "rode", which sentences mostly write in a phrase of its own ("and rode to
  Lisk") that has no present;
- told apart from every other word by the sentences: in one of four places where it stands, or more,
  the other cannot stand. Whoever peels a vegetable may as well chop it, so nothing says whether
  "peeled" or "chopped" is the past of "peels".

The last rule leaves two usual sections out of smallworld-1. A king, a prince and a duke do the same
things there and have the same kin, and so do their ladies; nothing but custom says whose queen a
queen is. And what is fine may nearly always be heavy, too; few sentences join "fine" and "finer".
In smallworld-2 they are told apart.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from seqkit.corpora.smallworld import SENTENCES, VERSION, language, lexicon, second
from seqkit.corpora.smallworld.domains import NUMBERS
from seqkit.corpora.smallworld.entropy import visits, word_counts
from seqkit.corpora.smallworld.grammar import START, Grammar, Rules, Symbols
from seqkit.corpora.smallworld.world import build_world

Pair = tuple[str, str]
Question = tuple[str, str, str, str]
Place = tuple[str, Symbols, Symbols]  # a rule with a hole in it

LEAST = 100
"""How often a word must be expected in the default training text."""
PROPER = 0.75
"""The least share of a verb form's occurrences that are not written out by a template."""
ALIKE = 0.75
"""The greatest share of a word's occurrences in which one and the same other word would do."""
MOST = 200
"""Questions of a section, so that sections weigh about alike."""


def relations(version: str = VERSION) -> list[tuple[str, list[Pair]]]:
    """Give the sections and their fair pairs, such as ("wears", "wore") in "present-past".

    A section without two fair pairs is left out.
    """
    grammar = language(version)
    fair = _frequent(grammar) & _forms_of_one_word(grammar) & _told_apart(grammar)
    fair -= _phrasal(grammar)
    sections = [
        (section, [pair for pair in pairs if fair.issuperset(pair)])
        for section, pairs in _pairs(grammar).items()
    ]
    return [(section, pairs) for section, pairs in sections if len(pairs) > 1]


def questions(version: str = VERSION) -> list[tuple[str, list[Question]]]:
    """Give the questions of each section: ordered pairs of its pairs, at most MOST of them.

    Where there are more, each pair meets those that stand so many places further on, the numbers
    of places spread evenly; so every pair stands on each side equally often.
    """
    return [(section, _choose(pairs)) for section, pairs in relations(version)]


def analogies(version: str = VERSION) -> str:
    """Give the questions in the usual file format: `: section`, then four words a line."""
    lines = []
    for section, asked in questions(version):
        lines += [f": {section}", *(" ".join(words) for words in asked)]
    return "".join(line + "\n" for line in lines)


def _choose(pairs: list[Pair]) -> list[Question]:
    size = len(pairs)
    rounds = min(size - 1, MOST // size)
    steps = [1 + turn * (size - 1) // rounds for turn in range(rounds)]
    return [
        (*pair, *pairs[(place + step) % size]) for step in steps for place, pair in enumerate(pairs)
    ]


def _pairs(grammar: Grammar) -> dict[str, list[Pair]]:
    """Give all pairs of the sections, fair or not; to be, which has two pasts, makes none."""
    countries, verbs = build_world().countries, [verb for verb in _verbs(grammar) if verb != "be"]
    adjectives = _adjectives()
    return {
        "capital-country": [(country.capital, country.name) for country in countries],
        "king-queen": [*second.TITLES.values(), *second.KIN.values()],
        "singular-plural": [(noun, lexicon.plural(noun)) for noun in _nouns()],
        "base-comparative": [(word, lexicon.comparative(word)) for word in adjectives],
        "present-past": [(lexicon.third_person(verb), lexicon.past(verb)) for verb in verbs],
    }


def _nouns() -> list[str]:
    nouns = (noun.replace("_", " ") for row in lexicon.NOUNS.values() for noun in row.split())
    return list(dict.fromkeys(nouns))


def _adjectives() -> list[str]:
    words = " ".join([*lexicon.ADJECTIVES.values(), lexicon.GENERAL, lexicon.QUALITIES])
    return list(dict.fromkeys(words.split()))


def _verbs(grammar: Grammar) -> list[str]:
    """Give the verbs by their symbols, `verb VERB NUMBER TENSE`."""
    symbols = [symbol.split() for symbol in grammar.rules if symbol.startswith("<verb ")]
    return list(dict.fromkeys(verb for _, verb, _, _ in symbols))


def _frequent(grammar: Grammar) -> set[str]:
    counts = word_counts(grammar)
    return {word for word, count in counts.items() if count * SENTENCES["train"] >= LEAST}


def _forms_of_one_word(grammar: Grammar) -> set[str]:
    """Give the strings that are one form of one word, or one kind of name."""
    world = build_world()
    forms: set[tuple[str, str, str]] = set()
    for noun in _nouns():
        forms |= {(noun, "singular", noun), (lexicon.plural(noun), "plural", noun)}
    for adjective in _adjectives():
        comparative = lexicon.comparative(adjective)
        forms |= {(adjective, "base", adjective), (comparative, "comparative", adjective)}
    for pair in (*second.TITLES.values(), *second.KIN.values()):
        forms |= {(name, "person by rank", name) for name in pair}
    for verb in _verbs(grammar):
        forms.add((lexicon.past(verb), "past", verb))
        present = [(number, lexicon.inflect(verb, number, "present")) for number in NUMBERS]
        forms |= {(form, f"{number} present", verb) for number, form in present}
    for person in world.people:
        forms |= {(name, "person", name) for name in person.name.split()}
    forms |= {(town.name, "town", town.name) for town in world.towns}
    forms |= {(country.name, "country", country.name) for country in world.countries}
    count = Counter(string for string, _, _ in forms)
    return {string for string in count if count[string] == 1}


def _phrasal(grammar: Grammar) -> set[str]:
    """Give the forms of verbs that templates write out too often, rather than the lexicon."""
    rules, counts = grammar.rules, word_counts(grammar)
    inflected: dict[str, float] = defaultdict(float)
    for symbol, visited in visits(grammar).items():
        if symbol.startswith("<verb "):
            for (form,), probability in rules[symbol].items():
                inflected[form] += visited * probability
    return {form for form in inflected if inflected[form] < PROPER * counts.get(form, 0.0)}


def _told_apart(grammar: Grammar) -> set[str]:
    """Give the words that no other word could replace in more than ALIKE of their occurrences.

    Symbols that stand for one thing only are written out.
    """
    rules, visited = grammar.rules, visits(grammar)
    places: dict[str, dict[Place, float]] = {}  # how often each word stands in each
    fitting: dict[Place, set[str]] = defaultdict(set)
    for left, rights in rules.items():
        if len(rights) == 1 and left != START:
            continue
        for right, probability in rights.items():
            symbols = _written_out(right, rules)
            for i, symbol in enumerate(symbols):
                if symbol not in rules:
                    place = (left, symbols[:i], symbols[i + 1 :])
                    times = places.setdefault(symbol, defaultdict(float))
                    times[place] += visited[left] * probability
                    fitting[place].add(symbol)
    return {word for word, found in places.items() if _likest(word, found, fitting) <= ALIKE}


def _likest(word: str, places: Mapping[Place, float], fitting: Mapping[Place, set[str]]) -> float:
    """Give the share of its occurrences in which one other word would do, the greatest there is."""
    shared: dict[str, float] = defaultdict(float)
    for place, times in places.items():
        for other in fitting[place] - {word}:
            shared[other] += times
    return max(shared.values(), default=0.0) / sum(places.values())


def _written_out(symbols: Symbols, rules: Rules) -> Symbols:
    found: list[str] = []
    for symbol in symbols:
        rights = rules.get(symbol, {})
        found += _written_out(next(iter(rights)), rules) if len(rights) == 1 else [symbol]
    return tuple(found)
