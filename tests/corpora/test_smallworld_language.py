"""The language of smallworld: one derivation a string, exact figures, true facts, grammar."""

import math
import random
from collections import Counter

import pytest

from seqkit.corpora.smallworld import language, lexicon, log_probability, next_word, unigram
from seqkit.corpora.smallworld.domains import build_domains
from seqkit.corpora.smallworld.entropy import exact_entropy
from seqkit.corpora.smallworld.expansion import build_rules
from seqkit.corpora.smallworld.grammar import EOS, Grammar
from seqkit.corpora.smallworld.world import build_world

PAIRED = [(f"<clause {tense}>", joint) for tense in ("past", "present") for joint in (",", "while")]


def derive(grammar, generator):
    """Draw one derivation rule by rule: its words and its log-probability."""
    words, stack, log = [], [grammar.start], 0.0
    while stack:
        symbol = stack.pop()
        if symbol not in grammar.rules:
            words.append(symbol)
            continue
        rights = list(grammar.rules[symbol].items())
        right, probability = generator.choices(rights, [share for _, share in rights])[0]
        log += math.log(probability)
        stack.extend(reversed(right))
    return words, log


def reduced_grammar(further=None, tables=()):
    """The language with one thing in every list, one word a class, and nothing recursive.

    Two clauses in one sentence are left out too (there are too many pairs to enumerate). `further`
    domains and `tables` are those of another version.
    """
    domains = build_domains(build_world()) | (further or {})
    whole = ("kind", "tense", "number", "other", "gender", "verdict")
    small = {
        name: domain if name in whole else dict(list(domain.items())[:1])
        for name, domain in domains.items()
    }
    rules = build_rules(build_world(), small, tables)
    kept = {}
    for left, rights in rules.items():
        lexical = all(symbol not in rules for right in rights for symbol in right)
        chosen = list(rights.items())[: 1 if lexical else None]
        kept[left] = {
            right: weight
            for right, weight in chosen
            if left not in right and not any(right[:2] == pair for pair in PAIRED)
        }
    return Grammar(kept)


def enumerate_derivations(grammar):
    """Yield the words and probability of every derivation of a finite grammar."""
    waiting = [((), (grammar.start,), 1.0)]
    while waiting:
        words, symbols, probability = waiting.pop()
        while symbols and symbols[0] not in grammar.rules:
            words, symbols = (*words, symbols[0]), symbols[1:]
        if not symbols:
            yield words, probability
            continue
        for right, share in grammar.rules[symbols[0]].items():
            waiting.append((words, right + symbols[1:], probability * share))


@pytest.fixture(scope="module")
def reduced():
    """The reduced grammar, and all its derivations."""
    grammar = reduced_grammar()
    return grammar, list(enumerate_derivations(grammar))


@pytest.fixture(scope="module")
def derivations():
    generator = random.Random(11)
    return [derive(language(), generator) for _ in range(4000)]


@pytest.fixture(scope="module")
def sentences(derivations):
    return [" ".join(words) for words, _ in derivations]


def test_every_string_of_a_reduced_language_has_one_derivation(reduced):
    grammar, found = reduced
    strings = {words for words, _ in found}
    assert len(found) > 10_000
    assert len(strings) == len(found)
    assert math.fsum(probability for _, probability in found) == pytest.approx(1.0, abs=1e-12)
    nats = math.fsum(-probability * math.log(probability) for _, probability in found)
    assert exact_entropy(grammar).nats == pytest.approx(nats, rel=1e-12)
    for words, probability in random.Random(2).sample(found, 2000):
        assert grammar.log_probability(words) == pytest.approx(math.log(probability), abs=1e-9)


def test_two_clauses_come_apart_in_one_way_only():
    """No clause holds what joins two, so the enumeration may leave pairs of clauses out."""
    rules = language().rules
    reached, waiting = set(), ["<clause past>", "<clause present>"]
    while waiting:
        symbol = waiting.pop()
        if symbol not in reached:
            reached.add(symbol)
            waiting += [part for right in rules.get(symbol, ()) for part in right]
    assert not reached & {",", "while"}


def test_every_string_of_the_whole_language_has_one_derivation(derivations):
    """The probability summed over all derivations is that of the one that was drawn."""
    for words, log in derivations:
        assert language().log_probability(words) == pytest.approx(log, abs=1e-9)


def test_closed_form_entropy_and_lengths_agree_with_samples(derivations):
    exact = exact_entropy(language())
    samples = {
        "nats": [-log for _, log in derivations],
        "tokens": [len(words) + 1 for words, _ in derivations],
        "characters": [len(" ".join(words)) + 1 for words, _ in derivations],
    }
    for figure, values in samples.items():
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values)) / len(values)
        assert abs(mean - getattr(exact, figure)) < 4 * spread


def test_unigram_agrees_with_samples(derivations):
    counts = Counter(word for words, _ in derivations for word in (*words, EOS))
    total = counts.total()
    shares = unigram()
    assert math.fsum(shares.values()) == pytest.approx(1.0, abs=1e-9)
    assert set(counts) <= set(shares)
    for word, share in shares.items():
        assert abs(counts[word] - total * share) < 5 * math.sqrt(total * share) + 5


def test_next_word_chains_to_the_probability_of_the_sentence(derivations):
    for words, log in derivations[:40]:
        total = 0.0
        for length, word in enumerate([*words, EOS]):
            following = next_word(words[:length])
            assert math.fsum(following.values()) == pytest.approx(1.0, abs=1e-9)
            total += math.log(following[word])
        assert total == pytest.approx(log, abs=1e-9)


def test_next_word_of_a_reduced_language_is_what_counting_gives(reduced):
    grammar, found = reduced
    for prefix in [(), ("the",), ("yesterday", "the", "cook"), ("the", "dog", ",", "who")]:
        counted: Counter[str] = Counter()
        for words, probability in found:
            if words[: len(prefix)] == prefix:
                counted[(*words, EOS)[len(prefix)]] += probability
        total = math.fsum(counted.values())
        expected = {word: share / total for word, share in counted.items()}
        assert grammar.next_word(prefix) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("likely", "impossible"),
    [
        ("yesterday the cook made a pear salad .", "yesterday the cook made a pair salad ."),
        ("yesterday the cook made a pear salad .", "yesterday the cook makes a pear salad ."),
        ("the clocks near the boat are old .", "the clocks near the boat is old ."),
        (
            "the cats , who slept all night , were sad .",
            "the cats , who slept all night , was sad .",
        ),
        ("Anna Marlow slept because she was tired .", "Anna Marlow slept because he was tired ."),
        ("the bear is larger than the hare .", "the hare is larger than the bear ."),
        ("Lisk is the capital of Arvenia .", "Lisk is the capital of Belmora ."),
        ("two and three make five .", "two and three make six ."),
        ("today the singer plays the cello .", "today the singer plays the apple ."),
        ("now the baker bakes an enormous bun .", "now the baker bakes a enormous bun ."),
    ],
)
def test_what_can_be_said(likely, impossible):
    assert log_probability(likely) > -math.inf
    assert log_probability(impossible) == -math.inf


def test_homophones_all_occur():
    words = set(unigram())
    for pair in lexicon.HOMOPHONES.split():
        assert set(pair.split("/")) <= words, pair


def test_size_and_shape_of_the_language():
    shares = sorted(unigram().values(), reverse=True)
    assert 600 <= len(shares) <= 1500
    tokens = exact_entropy(language()).tokens
    assert 10 <= tokens <= 14
    assert shares[0] / shares[99] > 20  # frequencies fall off
    assert shares[99] / shares[-1] > 10


def test_facts_are_true(sentences):
    """Read the sentences back: capitals, professions and sizes never contradict the world."""
    world = build_world()
    capitals = {country.name: country.capital for country in world.countries}
    homes = {person.name: person.home.name for person in world.people}
    checked = 0
    for words in map(str.split, sentences):
        if words[1:5] == ["is", "the", "capital", "of"] and words[0] != "what":
            checked += 1
            assert capitals[words[5]] == words[0]
        if words[:2] == ["where", "does"]:
            checked += 1
            assert homes[" ".join(words[2:4])] == words[-2]
    assert checked > 30


@pytest.mark.parametrize(
    ("function", "word", "expected"),
    [
        (lexicon.plural, "pear salad", "pear salads"),
        (lexicon.plural, "berry", "berries"),
        (lexicon.plural, "fox", "foxes"),
        (lexicon.plural, "mouse", "mice"),
        (lexicon.past, "carry", "carried"),
        (lexicon.past, "bake", "baked"),
        (lexicon.past, "play", "played"),
        (lexicon.past, "sing", "sang"),
        (lexicon.third_person, "wash", "washes"),
        (lexicon.third_person, "fly", "flies"),
        (lexicon.third_person, "be", "is"),
        (lexicon.comparative, "heavy", "heavier"),
        (lexicon.comparative, "large", "larger"),
        (lexicon.superlative, "old", "oldest"),
        (lexicon.with_article, "onion soup", "an onion soup"),
        (lexicon.with_article, "pear", "a pear"),
    ],
)
def test_inflection(function, word, expected):
    assert function(word) == expected


def test_only_to_be_agrees_in_the_past():
    assert [lexicon.inflect("be", number, "past") for number in ("singular", "plural")] == [
        "was",
        "were",
    ]
    assert lexicon.inflect("sing", "plural", "past") == lexicon.inflect("sing", "singular", "past")


def test_ambiguous_names():
    world = build_world()
    towns = {town.name for town in world.towns}
    families = {person.name.split()[1] for person in world.people}
    first_names = {person.name.split()[0] for person in world.people}
    assert {"Marlow", "Calder", "Farrow"} <= towns & families
    assert {"April", "June", "August"} <= first_names & set(lexicon.MONTHS.split())
