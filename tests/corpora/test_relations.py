"""The relation questions of smallworld: true, frequent, fair and balanced."""

import collections
import itertools
import math

import pytest

from seqkit.corpora.catalogue import make
from seqkit.corpora.smallworld import SECOND, VERSION, SmallWorld, lexicon, log_probability
from seqkit.corpora.smallworld.relations import (
    ALIKE,
    LEAST,
    MOST,
    analogies,
    questions,
    relations,
)

SECTIONS = {
    VERSION: ["capital-country", "singular-plural", "present-past"],
    SECOND: [
        *("capital-country", "king-queen", "singular-plural", "base-comparative", "present-past"),
    ],
}
SENTENCES = 20_000
SAMPLE = 60
"""Sentences looked at for each word."""
CHANCE = 3 * math.sqrt(ALIKE * (1 - ALIKE) / SAMPLE)
"""How far a share in the sample may lie from the true one."""


@pytest.fixture(scope="module", params=[VERSION, SECOND])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def pairs(version):
    return dict(relations(version))


@pytest.fixture(scope="module")
def sentences(version):
    return [record.text.split() for record in SmallWorld(sentences=SENTENCES, version=version)]


@pytest.fixture(scope="module")
def sentences_with(sentences):
    """For each word some sentences that have it."""
    found = collections.defaultdict(list)
    for words in sentences:
        for word in set(words):
            if len(found[word]) < SAMPLE:
                found[word].append(words)
    return found


def test_the_sections_and_some_pairs_known_by_heart(pairs, version):
    assert list(pairs) == SECTIONS[version]
    assert {("Lisk", "Arvenia"), ("Zorin", "Galdova")} <= set(pairs["capital-country"])
    assert {("dog", "dogs"), ("mouse", "mice"), ("wolf", "wolves"), ("fox", "foxes")} <= set(
        pairs["singular-plural"]
    )
    assert {("sleeps", "slept"), ("grows", "grew"), ("burns", "burned")} <= set(
        pairs["present-past"]
    )


def test_what_the_second_version_tells_apart():
    pairs = dict(relations(SECOND))
    assert {("king", "queen"), ("duke", "duchess"), ("uncle", "aunt")} <= set(pairs["king-queen"])
    assert {("old", "older"), ("heavy", "heavier")} <= set(pairs["base-comparative"])


def test_capitals_are_those_of_the_sentences(pairs, version):
    section = pairs["capital-country"]
    for (capital, _), (_, country) in itertools.product(section, section):
        said = log_probability(f"{capital} is the capital of {country} .", version)
        assert math.isfinite(said) == ((capital, country) in section)


def test_every_word_is_a_token_and_frequent(pairs, sentences):
    """So often as to be expected in a sample, less what chance may take away."""
    counts = collections.Counter(itertools.chain.from_iterable(sentences))
    least = LEAST * SENTENCES / 100_000
    for section in pairs.values():
        for word in itertools.chain.from_iterable(section):
            assert counts[word] >= least - 4 * math.sqrt(least), word


def test_no_word_stands_in_two_pairs(pairs):
    for section in pairs.values():
        words = list(itertools.chain.from_iterable(section))
        assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("section", "pair"),
    [
        ("present-past", ("reads", "read")),  # the present of several, too
        ("present-past", ("loses", "lost")),  # the lost crown
        ("present-past", ("borrows", "borrowed")),  # a borrowed flute
        ("present-past", ("paints", "painted")),  # a painted boat
        ("present-past", ("trumpets", "trumpeted")),  # two trumpets
        ("present-past", ("rises", "rose")),  # a rose
        ("present-past", ("is", "was")),  # and are, and were
        ("present-past", ("plays", "played")),  # "who plays the harp?"
        ("present-past", ("howls", "howled")),  # too rare
    ],
)
def test_what_is_left_out(pairs, sentences_with, section, pair):
    assert pair not in pairs[section]
    assert all(sentences_with[word] for word in pair)


def test_a_past_that_has_its_own_phrase_is_left_out(pairs, sentences):
    text = " ".join(itertools.chain.from_iterable(sentences))
    assert text.count(" and rode to ") > 0.75 * text.count(" rode ") > 0
    assert "rides to" not in text and " ride to " not in text
    assert ("rides", "rode") not in pairs["present-past"]


def possible_share(word, other, sentences_with, version=VERSION):
    """The share of a word's sentences that are possible with another word in its place."""
    found = [
        log_probability(" ".join(other if token == word else token for token in words), version)
        for words in sentences_with[word]
    ]
    assert len(found) >= 10
    return sum(map(math.isfinite, found)) / len(found)


def test_words_are_told_apart_from_others(pairs, sentences_with, version):
    """Every other one from the one before it in the section."""
    for section in pairs.values():
        for column in zip(*section, strict=True):
            for i in range(0, len(column), 2):
                share = possible_share(column[i], column[i - 1], sentences_with, version)
                assert share < ALIKE + CHANCE, column[i]


@pytest.mark.parametrize("version", [VERSION], indirect=True)
@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("king", "prince"),
        ("duchess", "queen"),
        ("brother", "uncle"),
        ("pears", "plums"),
        ("peeled", "chopped"),
        ("drives", "parks"),
    ],
)
def test_words_that_nothing_tells_apart_are_left_out(pairs, sentences_with, word, other):
    assert possible_share(word, other, sentences_with) == 1
    assert possible_share(other, word, sentences_with) == 1
    assert all({word, other}.isdisjoint(pair) for section in pairs.values() for pair in section)


@pytest.mark.parametrize("version", [VERSION], indirect=True)
@pytest.mark.parametrize(("word", "other"), [("whistles", "sings"), ("fine", "heavy")])
def test_words_in_whose_place_another_mostly_does_are_left_out(pairs, sentences_with, word, other):
    assert possible_share(word, other, sentences_with) > ALIKE + CHANCE / 2
    assert all(word not in pair for section in pairs.values() for pair in section)


def test_questions_are_ordered_pairs_of_pairs(pairs, version):
    for section, asked in questions(version):
        assert len(set(asked)) == len(asked) <= MOST
        assert {question[:2] for question in asked} == set(pairs[section])
        assert {question[2:] for question in asked} == set(pairs[section])
        assert all(len(set(question)) == 4 for question in asked)


def test_small_sections_have_all_their_questions_and_large_ones_enough(pairs, version):
    for section, asked in questions(version):
        size = len(pairs[section])
        if size * (size - 1) <= MOST:
            assert len(asked) == size * (size - 1)
        else:
            assert len(asked) > MOST - size


def test_every_pair_stands_on_each_side_equally_often(version):
    for _, asked in questions(version):
        for side in (slice(2), slice(2, 4)):
            counts = collections.Counter(question[side] for question in asked)
            assert len(set(counts.values())) == 1


def test_the_file_has_the_usual_format(version):
    sections = {}
    for line in analogies(version).splitlines():
        if line.startswith(": "):
            asked = sections[line[2:]] = []
        else:
            asked.append(tuple(line.split(" ")))
    assert list(sections.items()) == questions(version)
    assert analogies(version).endswith("\n")


def test_making_smallworld_writes_it(tmp_path):
    made = make("smallworld", str(tmp_path / "data"), sentences=20)
    assert made[-1].name == "analogies.txt" and made[-1].read_text() == analogies()
    second = make("smallworld-2", str(tmp_path / "second"), sentences=20)
    names = ["train.txt", "valid.txt", "test.txt", "analogies.txt"]
    assert [path.name for path in second] == names
    assert second[-1].read_text() == analogies(SECOND)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "analogies.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"analogies\.txt is there already"):
        make("smallworld", str(tmp_path / "other"), sentences=20)
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["analogies.txt"]


def test_forms_of_verbs_are_no_nouns_and_no_adjectives(pairs):
    nouns = " ".join(lexicon.NOUNS.values()).replace("_", " ").split()
    adjectives = " ".join([*lexicon.ADJECTIVES.values(), lexicon.GENERAL]).split()
    others = {*nouns, *map(lexicon.plural, nouns), *adjectives}
    assert all(others.isdisjoint(pair) for pair in pairs["present-past"])
