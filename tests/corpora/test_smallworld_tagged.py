"""smallworld with labels: the same text, true names, true parts of speech, names held out."""

import hashlib
import math
from collections import defaultdict

import pytest

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.smallworld import SmallWorld, lexicon, log_probability
from seqkit.corpora.smallworld.tagged import HELD_OUT, SIZES, TaggedWorld, _language
from seqkit.corpora.smallworld.world import build_world
from seqkit.corpora.tagged import read_tagged
from seqkit.text.scheme_detection import detect_scheme
from seqkit.text.schemes import convert_all, to_spans


def names_of(record):
    """The (name, type) of each entity of a record."""
    spans = to_spans(record.tags, "iob2")
    return [(" ".join(record.tokens[start:stop]), kind) for start, stop, kind in spans]


@pytest.fixture(scope="module")
def train():
    return list(TaggedWorld("train", 4000))


@pytest.fixture(scope="module")
def measured():
    return list(TaggedWorld("test", 3000))


def test_the_sentences_are_those_of_the_language_model(measured):
    text = [record.text for record in SmallWorld("test", 3000)]
    assert [" ".join(record.tokens) for record in measured] == text


def test_what_is_left_out_of_training_is_what_has_a_name_held_out(train):
    names = [name.split() for kind in HELD_OUT.values() for name in kind]

    def holds(words):
        return any(words[i : i + len(name)] == name for name in names for i in range(len(words)))

    lines = [" ".join(record.tokens) for record in train]
    told = [record.text for record in SmallWorld("train", 6000)]
    # "Silver River" and the like do not exist: a name held out is never part of another one.
    assert lines == [line for line in told if not holds(line.split())][: len(lines)]


def test_names_are_those_of_the_world(train, measured):
    world = build_world()
    known = {
        "PER": {person.name for person in world.people},
        "ORG": {organisation.name for organisation in world.organisations},
        "MISC": {film.title for film in world.films},
        "LOC": {town.name for town in world.towns}
        | {name for country in world.countries for name in (country.name, country.river)},
    }
    found = defaultdict(set)
    for record in measured:
        for name, kind in names_of(record):
            found[kind].add(name)
    assert {kind: names - known[kind] for kind, names in found.items()} == {
        kind: set() for kind in known
    }
    seen = {(name, kind) for record in train for name, kind in names_of(record)}
    wanted = {(name, kind) for kind, names in known.items() for name in names}
    held_out = {(name, kind) for kind, names in HELD_OUT.items() for name in names}
    assert held_out <= wanted
    assert seen == wanted - held_out


def test_every_capital_letter_is_a_name_or_a_month(measured):
    for record in measured:
        for token, tag in zip(record.tokens, record.tags, strict=True):
            assert token[0].isupper() == (tag != "O" or token in lexicon.MONTHS.split())


def test_names_held_out_are_tested(measured):
    counts = defaultdict(int)
    for record in measured:
        for name, kind in names_of(record):
            counts[kind] += name in HELD_OUT[kind]
    assert min(counts[kind] for kind in HELD_OUT) >= 10


def test_ambiguous_words_are_kept(train):
    kinds = defaultdict(set)
    for record in train:
        for token, tag in zip(record.tokens, record.tags, strict=True):
            kinds[token].add(tag)
    for family in ("Marlow", "Calder", "Ashby", "Farrow", "Harrow"):
        assert {"I-PER", "B-LOC"} <= kinds[family]
    for month in ("April", "June", "August"):
        assert kinds[month] == {"O", "B-PER"}
    assert {"B-LOC", "B-ORG"} <= kinds["Vesna"]
    assert {"I-ORG", "B-LOC"} <= kinds["Pellar"]


BY_HAND = {
    # the sentence, its names, its parts of speech
    "the sale at Lisk Opera in Lisk begins on 7 May .": (
        "O O O B-ORG I-ORG O B-LOC O O O O O",
        "DET NOUN ADP PROPN PROPN ADP PROPN VERB ADP NUM PROPN PUNCT",
    ),
    "Anna Marlow went to Orvo for a week to see the sea .": (
        "B-PER I-PER O O B-LOC O O O O O O O O",
        "PROPN PROPN VERB ADP PROPN ADP DET NOUN PART VERB DET NOUN PUNCT",
    ),
    "who directed Red Umbrella ? Edith Novak .": (
        "O O B-MISC I-MISC O B-PER I-PER O",
        "PRON VERB PROPN PROPN PUNCT PROPN PROPN PUNCT",
    ),
    "Hugo Stone saw Winter Bread with his brother and said that it was funny .": (
        "B-PER I-PER O B-MISC I-MISC O O O O O O O O O O",
        "PROPN PROPN VERB PROPN PROPN ADP PRON NOUN CCONJ VERB SCONJ PRON AUX ADJ PUNCT",
    ),
    "the onion soup at the Blue Heron was cold , and the tea was too salty .": (
        "O O O O O B-ORG I-ORG O O O O O O O O O O",
        "DET NOUN NOUN ADP DET PROPN PROPN AUX ADJ PUNCT CCONJ DET NOUN AUX ADV ADJ PUNCT",
    ),
    "long ago the elephants trumpeted at the moon .": (
        "O O O O O O O O O",
        "ADV ADV DET NOUN VERB ADP DET NOUN PUNCT",
    ),
    "the trumpet of the king is old .": (
        "O O O O O O O O",
        "DET NOUN ADP DET NOUN AUX ADJ PUNCT",
    ),
}


@pytest.mark.parametrize("sentence", BY_HAND)
def test_labels_by_hand(sentence):
    """The labelled grammar gives the words with these labels, and no others, a probability."""
    tags, parts = (row.split() for row in BY_HAND[sentence])
    words = sentence.split()
    labelled = ["|".join(row) for row in zip(words, tags, parts, strict=True)]
    found = _language().log_probability(labelled)
    assert math.isfinite(found)
    assert found == pytest.approx(log_probability(sentence))


def test_words_of_more_than_one_part_of_speech():
    parts = defaultdict(set)
    rules = _language().rules
    for symbol in {symbol for rights in rules.values() for right in rights for symbol in right}:
        if symbol not in rules:
            word, _, part = symbol.split("|")
            parts[word].add(part)
    assert {word: " ".join(sorted(found)) for word, found in parts.items() if len(found) > 1} == {
        **dict.fromkeys(["borrowed", "lost", "painted"], "ADJ VERB"),
        **dict.fromkeys(["help", "rose", "sleep", "trumpet", "tune"], "NOUN VERB"),
        **dict.fromkeys(["trumpets", "tunes"], "NOUN VERB"),
        **{"long": "ADJ ADV", "that": "PRON SCONJ", "to": "ADP PART"},
    }


def test_columns_are_read_as_they_were_written(tmp_path):
    corpus = TaggedWorld("valid", 200)
    path = tmp_path / "valid.conll"
    path.write_bytes(b"".join(corpus.blocks()))
    again = list(read_tagged(path, TagColumns(features=(2,))))
    assert again == list(corpus)
    assert [record.lines for record in again] == [record.lines for record in corpus]
    assert corpus.place(again[0], 1) == "synthetic: smallworld-1, its valid split, line 2"
    assert corpus.warnings() == []
    tags = [record.tags for record in again]
    assert detect_scheme(tags).scheme == TaggedWorld.scheme
    assert convert_all(tags, "iob2").repaired == 0


def test_deterministic_and_a_larger_one_begins_with_the_smaller():
    corpus = TaggedWorld("train", 100, seed=3)
    assert len(corpus) == 100
    assert list(corpus) == list(corpus) == list(TaggedWorld("train", 150, seed=3))[:100]
    texts = {tuple(TaggedWorld(split, 5, seed)) for split in SIZES for seed in (0, 1)}
    assert len(texts) == 6


def test_the_version_stays_what_it_is():
    """Whoever changes the labels must name it smallworld-2."""
    digest = hashlib.sha256(b"".join(TaggedWorld("train", 500).blocks())).hexdigest()
    assert (TaggedWorld.version, digest) == (
        "smallworld-1",
        "ccf108c0aade6207eb884cae473e8790d45e836f4743b28650e1b85fcc511f01",
    )


def test_overlap():
    train, valid = TaggedWorld("train", 1000), TaggedWorld("valid", 300)
    seen = [record.tokens for record in train]
    assert valid.overlap(train) == sum(record.tokens in seen for record in valid) / 300
    assert train.overlap(train) == 1.0


def test_sizes_and_refusals():
    assert [len(TaggedWorld(split)) for split in SIZES] == [10_000, 3000, 3000]
    with pytest.raises(ValueError, match="no split 'dev'"):
        TaggedWorld("dev")
    with pytest.raises(ValueError, match="cannot have 0 sentences"):
        TaggedWorld(sentences=0)
