"""The exact mathematics of grammars, against enumeration of toy languages."""

import math
import random
from collections import defaultdict

import pytest

from seqkit.corpora.smallworld.entropy import Entropy, exact_entropy, visits, word_counts
from seqkit.corpora.smallworld.grammar import EOS, Grammar

# Nested brackets around a word, some of them with an ending: a^n (b|c) d^n.
NESTED = {
    "<sentence>": {("a", "<sentence>", "d"): 1.0, ("<core>",): 2.0},
    "<core>": {("b",): 3.0, ("c",): 1.0},
}
# Two ways to the same words: "x y" is drawn by either rule.
AMBIGUOUS = {
    "<sentence>": {("<x>", "y"): 1.0, ("x", "<y>"): 3.0},
    "<x>": {("x",): 1.0, ("z",): 1.0},
    "<y>": {("y",): 1.0, ("w", "<x>"): 1.0},
}


def enumerate_strings(grammar, longest):
    """Give the probabilities of all strings of up to `longest` words, by brute force."""
    strings = defaultdict(float)
    waiting = [((), (grammar.start,), 1.0)]
    while waiting:
        words, symbols, probability = waiting.pop()
        if len(words) + len(symbols) > longest:
            continue
        if not symbols:
            strings[words] += probability
        elif symbols[0] in grammar.rules:
            for right, share in grammar.rules[symbols[0]].items():
                waiting.append((words, right + symbols[1:], probability * share))
        else:
            waiting.append(((*words, symbols[0]), symbols[1:], probability))
    return dict(strings)


def next_words(strings, prefix):
    """Give P(next word | prefix) by counting over enumerated strings."""
    following = defaultdict(float)
    for words, probability in strings.items():
        if words[: len(prefix)] == prefix:
            following[(*words, EOS)[len(prefix)]] += probability
    total = sum(following.values())
    return {word: probability / total for word, probability in following.items()}


@pytest.mark.parametrize("rules", [NESTED, AMBIGUOUS])
def test_probability_of_every_string(rules):
    grammar = Grammar(rules)
    strings = enumerate_strings(grammar, 21)
    assert sum(strings.values()) == pytest.approx(1.0, abs=1e-4)
    for words, probability in strings.items():
        assert grammar.log_probability(words) == pytest.approx(math.log(probability), abs=1e-12)


def test_two_derivations_of_one_string_add_up():
    assert Grammar(AMBIGUOUS).log_probability(["x", "y"]) == pytest.approx(math.log(4 / 8))


@pytest.mark.parametrize("text", ["", "a", "a b", "b d", "b b", "a b d d", "q", "<core>"])
def test_strings_outside_the_language(text):
    assert Grammar(NESTED).log_probability(text.split()) == -math.inf


@pytest.mark.parametrize(
    ("rules", "prefix"),
    [
        *((NESTED, prefix) for prefix in ("", "a", "a a b", "a b d", "c")),
        *((AMBIGUOUS, prefix) for prefix in ("", "x", "z", "x w", "x y")),
    ],
)
def test_next_word_is_what_counting_gives(rules, prefix):
    grammar = Grammar(rules)
    expected = next_words(enumerate_strings(grammar, 61), tuple(prefix.split()))
    assert grammar.next_word(prefix.split()) == pytest.approx(expected, abs=1e-12)


def test_no_sentence_begins_so():
    with pytest.raises(ValueError, match="no sentence begins with 'a d'"):
        Grammar(NESTED).next_word(["a", "d"])


def test_a_symbol_that_begins_with_itself():
    rules = {"<sentence>": {("<np>", "x"): 1.0}, "<np>": {("<np>", "y"): 1.0, ("z",): 1.0}}
    with pytest.raises(ValueError, match="<np> begins with itself"):
        Grammar(rules)


def test_entropy_of_a_recursive_grammar_in_closed_form():
    """Nesting depth is geometric with share 1/3, so its mean is 1/2; the core is a 3:1 choice."""
    grammar = Grammar(NESTED)
    depth_nats = (-(1 / 3) * math.log(1 / 3) - (2 / 3) * math.log(2 / 3)) / (2 / 3)
    core_nats = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    found = exact_entropy(grammar)
    assert found.nats == pytest.approx(depth_nats + core_nats, rel=1e-12)
    assert found.tokens == pytest.approx(1 + 2 * 0.5 + 1)
    assert found.characters == pytest.approx(2 * (1 + 2 * 0.5))
    assert visits(grammar) == pytest.approx({"<sentence>": 1.5, "<core>": 1.0})
    counts = {EOS: 1.0, "a": 0.5, "d": 0.5, "b": 0.75, "c": 0.25}
    assert word_counts(grammar) == pytest.approx(counts)


def test_entropy_agrees_with_enumeration():
    strings = enumerate_strings(Grammar(NESTED), 101)
    nats = -sum(p * math.log(p) for p in strings.values())
    assert exact_entropy(Grammar(NESTED)).nats == pytest.approx(nats, rel=1e-12)


def test_rates_of_an_entropy():
    entropy = Entropy(nats=6.0, tokens=3.0, characters=12.0)
    assert (entropy.nats_per_token, entropy.nats_per_character) == (2.0, 0.5)
    assert entropy.perplexity == pytest.approx(math.e**2)


def test_samples_have_their_probabilities():
    grammar = Grammar(NESTED)
    generator = random.Random(5)
    draws = 20_000
    uniforms = iter(generator.random, None)
    counts = defaultdict(int)
    for _ in range(draws):
        counts[tuple(grammar.sample(uniforms))] += 1
    for words, probability in enumerate_strings(grammar, 5).items():
        deviation = math.sqrt(draws * probability * (1 - probability))
        assert abs(counts[words] - draws * probability) < 4 * deviation
