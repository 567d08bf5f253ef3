"""smallworld-2: what it adds is exact too, and shows rank, sex, number and degree."""

import hashlib
import math
import random

import pytest

from seqkit.corpora.smallworld import (
    SECOND,
    SmallWorld,
    language,
    lexicon,
    log_probability,
    next_word,
    second,
    unigram,
)
from seqkit.corpora.smallworld.entropy import exact_entropy
from tests.corpora.test_smallworld_language import derive, enumerate_derivations, reduced_grammar

DIGEST = "944d207540bb42fb7cd53f24f43b324fb769445b18ed99c1884170ab3dce8d69"


@pytest.fixture(scope="module")
def reduced():
    """The reduced grammar, and all its derivations."""
    grammar = reduced_grammar(second.domains(), second.tables())
    return grammar, list(enumerate_derivations(grammar))


@pytest.fixture(scope="module")
def derivations():
    generator = random.Random(12)
    return [derive(language(SECOND), generator) for _ in range(2000)]


def test_every_string_of_a_reduced_language_has_one_derivation(reduced):
    grammar, found = reduced
    strings = {words for words, _ in found}
    assert len(strings) == len(found) > len(list(enumerate_derivations(reduced_grammar())))
    assert {"reigns", "crumbles", "together"} <= {word for words in strings for word in words}
    nats = math.fsum(-probability * math.log(probability) for _, probability in found)
    assert exact_entropy(grammar).nats == pytest.approx(nats, rel=1e-12)


def test_every_string_of_the_whole_language_has_one_derivation(derivations):
    for words, log in derivations:
        assert log_probability(" ".join(words), SECOND) == pytest.approx(log, abs=1e-9)


def test_the_exact_figures_are_those_of_this_version(derivations):
    exact = SmallWorld(version=SECOND).entropy
    values = [-log for _, log in derivations]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values)) / len(values)
    assert abs(mean - exact.nats) < 4 * spread
    assert exact != SmallWorld().entropy
    assert set(next_word(["these"], SECOND)) <= set(unigram(SECOND))
    assert math.fsum(unigram(SECOND).values()) == pytest.approx(1.0, abs=1e-9)
    sentences = SmallWorld("valid", 300, version=SECOND)
    nats = -sum(log_probability(record.text, SECOND) for record in sentences) / 300
    assert sentences.best_possible().nats == pytest.approx(nats)


def test_all_of_the_first_version_can_be_said():
    for record in SmallWorld("test", sentences=300):
        assert math.isfinite(log_probability(record.text, SECOND))


@pytest.mark.parametrize(
    ("possible", "word", "instead"),
    [
        ("the king reigns over Arvenia .", "king", "duke"),
        ("the princess takes dancing lessons .", "princess", "queen"),
        ("the prince waits to be crowned in his wig .", "prince", "princess"),
        ("the aunt of Anna Marlow comes to stay every summer in her gown .", "aunt", "uncle"),
        ("the son of Anna Marlow learns to walk .", "son", "father"),
        ("these dogs and their young eat meat .", "their", "its"),
        ("this baker has to sell the buns alone .", "baker", "bakers"),
        ("these bakers have to sell the buns together .", "together", "alone"),
        ("the map of Ivan Keller is so dark that one hardly notices it .", "dark", "heavy"),
        ("the map of Ivan Keller is so much longer that it reaches the wall .", "longer", "long"),
        ("no map is older than this one .", "older", "old"),
        ("the rarest of all is that of Ivan Keller .", "rarest", "rarer"),
    ],
)
def test_what_goes_together(possible, word, instead):
    impossible = " ".join(instead if token == word else token for token in possible.split())
    assert impossible != possible
    assert math.isfinite(log_probability(possible, SECOND))
    assert not math.isfinite(log_probability(impossible, SECOND))
    assert not math.isfinite(log_probability(possible))


def test_every_quality_has_its_own_consequence():
    assert set(second.RESULTS) == set(lexicon.QUALITIES.split())
    assert len(set(second.RESULTS.values())) == len(second.RESULTS)


def test_texts_differ_by_version_split_and_seed():
    texts = {
        b"".join(SmallWorld(split, 100, seed, version).blocks())
        for split in ("train", "valid", "test")
        for seed in (0, 1)
        for version in ("smallworld-1", SECOND)
    }
    assert len(texts) == 12
    train = SmallWorld("train", 500, version=SECOND)
    assert 0 < SmallWorld("valid", 300, version=SECOND).overlap(train) < 1


def test_the_version_stays_what_it_is():
    """Whoever changes the world must give it another name."""
    corpus = SmallWorld("test", sentences=1000, version=SECOND)
    digest = hashlib.sha256(b"".join(corpus.blocks())).hexdigest()
    assert (corpus.name, digest) == ("smallworld-2", DIGEST)
