"""smallworld's translations: order and agreement hold, one translation each, splits apart."""

import hashlib
from collections import Counter

import pytest

from seqkit.corpora.smallworld.arvenian import arvenian
from seqkit.corpora.smallworld.english import english
from seqkit.corpora.smallworld.meanings import (
    Clause,
    Name,
    Phrase,
    Place,
    Quality,
    Reason,
    Report,
    Statement,
)
from seqkit.corpora.smallworld.translation import SIZES, Translations
from tests.corpora.arvenian_parser import LEXICON, Reader


@pytest.fixture(scope="module")
def splits():
    return {split: list(Translations(split)) for split in SIZES}


ANNA = Name("Anna", "Marlow", "she")
COOK, DOG = Phrase("worker", "cook"), Phrase("animal", "dog")
KING = Phrase("noble", "king")


@pytest.mark.parametrize(
    ("meaning", "source", "target"),
    [
        (  # verb last, adjective behind its noun, and both agree; number on noun and verb
            Statement(
                Clause("feed", True, COOK, Phrase("animal", "dog", True, "two", "black")),
                "yesterday",
            ),
            "yesterday the cook fed two black dogs .",
            "roger ta leduma tolaz feszomai nolgin senelit .",
        ),
        (  # the place before the object; a, and old of a thing; last night is one word
            Statement(
                Clause(
                    "lose",
                    True,
                    Phrase("worker", "judge", True, adjective="old"),
                    Phrase("writing", "letter", determiner="a", adjective="old"),
                    place=Place("behind", Phrase("place", "lighthouse")),
                ),
                "last_night",
            ),
            "last night the old judges lost an old letter behind the lighthouse .",
            "zanepol te nalnalek nalzuvim to lasrin lumo retu mo pusdil sodiro kismumiti .",
        ),
        (  # the relative clause before its noun; to eat of people and of animals
            Statement(
                Clause(
                    "eat",
                    False,
                    Phrase("animal", "bear", relative=Clause("follow", False, COOK)),
                    Phrase("fruit", "apple", True, relative=Clause("pick", False, ANNA)),
                )
            ),
            "the bear that the cook follows eats the apples that Anna Marlow picks .",
            "ta leduma zinvan kem ta gakila Marlow Anna teszusan kem te nosdemek grozulan .",
        ),
        (
            Statement(
                Clause(
                    "eat",
                    True,
                    Phrase(
                        "worker",
                        "thief",
                        True,
                        relative=Clause("wear", True, object=Phrase("garment", "boot", True)),
                    ),
                    Phrase("dish", "onion_soup"),
                    negated=True,
                )
            ),
            "the thieves who wore the boots did not eat the onion soup .",
            "te lolpurek nimuniti ke te ninarek ta tostana ni bobariti .",
        ),
        (  # owners before what they own; its own; never is two words
            Statement(
                Clause("see", True, Phrase("animal", "owl", owner=KING), DOG, "never"),
                "",
                "but",
                Clause("lose", True, DOG, Phrase("garment", "sock", determiner="own")),
            ),
            "the owl of the king never saw the dog , but the dog lost its sock .",
            "to rilun su ta zusmoma ta feszoma ni velut gosit , sem ta feszoma ta bosiva seva "
            "kismumit .",
        ),
        (  # while, repaired in two words, by the sea in one
            Statement(
                Clause("repair", False, ANNA, Phrase("vehicle", "bus", adjective="lonely")),
                "now",
                "while",
                Clause("cry", False, Phrase("animal", "wolf", True), place=Place("by_the_sea")),
            ),
            "now Anna Marlow repairs the lonely bus while the wolves cry by the sea .",
            "dum te raronek marizol nemalani , tezuv Marlow Anna to dospir nur solo ur nirtosan .",
        ),
        (
            Reason(Clause("run", True, COOK, place=Place("in", "Lisk")), "afraid"),
            "the cook ran in Lisk because she was afraid .",
            "vor sa vafora esit , ta leduma Lisk en bamisit .",
        ),
        (
            Quality(
                Phrase("picture", "map", True, owner=ANNA),
                True,
                "heavy",
                Phrase("treasure", "sword", adjective="new"),
            ),
            "the maps of Anna Marlow were heavier than the new sword .",
            "Marlow Anna su tai nardolai to tutos lisero dan plu norvuvin esiti .",
        ),
        (
            Report(COOK, "know", False, Clause("sleep", False, DOG, None, "always")),
            "the cook knows that the dog always sleeps .",
            "ta leduma ta feszoma tut velut palaran ko suzesan .",
        ),
    ],
)
def test_sentences_translated_by_hand(meaning, source, target):
    assert english(meaning) == source
    assert arvenian(meaning) == target
    Reader(target).sentence()


@pytest.mark.parametrize(
    "wrong",
    [
        "ta leduma feszomai tolaz nolgin senelit .",
        "ta leduma tolaz feszomai nolgim senelit .",
        "ta leduma tolaz feszomai senelit nolgin .",
        "to leduma palarit .",
        "ta leduma palariti .",
        "vor so vaforo esit , ta leduma palarit .",
        "tai nardolai to tutos lisero dan plu norvuvo esiti .",
        "zanepol ta leduma palaran .",
        "ta leduma zinvit kem te gakilai palariti .",
        "Anna Marlow palarit .",
    ],
)
def test_the_reader_of_these_tests_can_refuse(wrong):
    with pytest.raises((AssertionError, KeyError, IndexError, ValueError)):
        Reader(wrong).sentence()


def test_order_and_agreement(splits):
    """Every clause ends in its verb, every adjective follows a noun it agrees with, and so on."""
    relatives = clauses = 0
    for pair in splits["train"][:5000]:
        reader = Reader(pair.target)
        try:
            reader.sentence()
        except (AssertionError, KeyError, IndexError, ValueError) as error:
            raise AssertionError(f"{pair.target} ({pair.source})") from error
        relatives, clauses = relatives + reader.relatives, clauses + len(reader.clauses)
        last = pair.target.split()[-2]
        assert LEXICON[last][0] in ("verb", "be")
    assert relatives > 1000 and clauses > 7000


def test_a_source_has_one_translation(splits):
    meant = {}
    for pairs in (*splits.values(), Translations("train", 15_000, seed=1)):
        for pair in pairs:
            assert meant.setdefault(pair.source, pair.target) == pair.target


def test_splits_share_no_source(splits):
    sources = {split: {pair.source for pair in pairs} for split, pairs in splits.items()}
    held_out = sources["valid"] | sources["test"]
    assert len(held_out) == len(sources["valid"]) + len(sources["test"]) > 1900
    other = {pair.source for pair in Translations("train", 5_000, seed=3)}
    assert held_out.isdisjoint(sources["train"] | other)


def test_words_of_the_test_can_be_learnt(splits):
    for side in ("source", "target"):
        counts = Counter(word for pair in splits["train"] for word in getattr(pair, side).split())
        assert 400 < len(counts) < 1000
        tested = {word for pair in splits["test"] for word in getattr(pair, side).split()}
        assert min(counts[word] for word in tested) >= 5


def test_neither_side_tells_the_length_of_the_other(splits):
    """Two words are one and one is two, so lengths differ, to both sides."""
    more = Counter(
        len(pair.source.split()) - len(pair.target.split()) for pair in splits["train"][:2000]
    )
    assert min(sum(more[n] for n in more if n > 0), sum(more[n] for n in more if n < 0)) > 400


def test_the_same_pairs_always(splits):
    assert [len(pairs) for pairs in splits.values()] == [20_000, 1_000, 1_000]
    assert list(Translations("train", 60)) == splits["train"][:60]
    assert list(Translations("test", 60, seed=1)) != splits["test"][:60]
    corpus = Translations("valid", 3)
    assert len(corpus) == 3 and [pair.line for pair in corpus] == [1, 2, 3]
    place = "synthetic: smallworld-translation-1, its valid split, line 3"
    assert corpus.place(list(corpus)[2]) == place
    assert corpus.warnings() == [] and corpus.synthetic and corpus.name == "smallworld"


def test_the_version_stays_what_it_is():
    """Whoever changes the translations must give them another version."""
    lines = "".join(f"{pair.source}\t{pair.target}\n" for pair in Translations(pairs=500))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    assert (Translations.version, digest) == (
        "smallworld-translation-1",
        "a45ca2b2b5d856865cf5a3a0760e446427e05671b1f4c863685e993d6dac9fd6",
    )


def test_refusals():
    with pytest.raises(ValueError, match="no split 'dev'"):
        Translations("dev")
    with pytest.raises(ValueError, match="cannot have 0"):
        Translations(pairs=0)
