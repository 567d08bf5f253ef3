"""The corpus smallworld: restartable, deterministic, with figures for its very sentences."""

import hashlib

import pytest

from seqkit.corpora.records import Text
from seqkit.corpora.smallworld import SmallWorld, log_probability


def text_of(corpus):
    return b"".join(corpus.blocks())


def test_records_and_blocks_hold_the_same_text():
    corpus = SmallWorld(sentences=500)
    records = list(corpus)
    assert len(records) == len(corpus) == 500
    assert all(isinstance(record, Text) for record in records)
    assert "".join(record.text + "\n" for record in records).encode() == text_of(corpus)


def test_blocks_end_after_a_newline():
    blocks = list(SmallWorld(sentences=40_000).blocks())
    assert len(blocks) > 1
    assert all(block.endswith(b"\n") and len(block) <= 1 << 20 for block in blocks)
    assert b"".join(blocks).count(b"\n") == 40_000


def test_restartable_and_deterministic():
    corpus = SmallWorld(sentences=300, seed=3)
    assert list(corpus) == list(corpus) == list(SmallWorld(sentences=300, seed=3))


def test_a_larger_corpus_begins_with_the_smaller():
    assert text_of(SmallWorld(sentences=6000)).startswith(text_of(SmallWorld(sentences=50)))


def test_splits_and_seeds_differ():
    texts = {
        text_of(SmallWorld(split, sentences=200, seed=seed))
        for split in ("train", "valid", "test")
        for seed in (0, 1)
    }
    assert len(texts) == 6


def test_the_version_stays_what_it_is():
    """Whoever changes the world must give it another name."""
    digest = hashlib.sha256(text_of(SmallWorld("test", sentences=1000))).hexdigest()
    assert (SmallWorld().name, SmallWorld().version) == ("smallworld", "smallworld-1")
    assert digest == "f1fc9b7a184e158b0e6ffa89bc855de9db43f7256e71e36dc73a98c18e7a1167"


def test_default_sizes():
    assert [len(SmallWorld(split)) for split in ("train", "valid", "test")] == [100_000, 3000, 3000]


def test_best_possible_is_the_mean_of_the_very_sentences():
    corpus = SmallWorld("valid", sentences=400)
    lines = [record.text for record in corpus]
    tokens = sum(len(line.split()) + 1 for line in lines)
    found = corpus.best_possible()
    assert found.nats_per_token == pytest.approx(-sum(map(log_probability, lines)) / tokens)
    assert found.nats_per_character == pytest.approx(
        -sum(map(log_probability, lines)) / len(text_of(corpus))
    )
    assert found.nats_per_token == pytest.approx(corpus.entropy.nats_per_token, rel=0.1)


def test_overlap_counts_sentences_that_train_has_too():
    train, valid = SmallWorld(sentences=2000), SmallWorld("valid", sentences=500)
    seen = [record.text for record in train]
    shared = sum(record.text in seen for record in valid)
    assert 0 < valid.overlap(train) == shared / 500 < 1
    assert train.overlap(train) == 1.0


def test_it_says_what_it_is():
    corpus = SmallWorld()
    assert (corpus.name, corpus.synthetic) == ("smallworld", True)
    assert "synthetic" in corpus.source


@pytest.mark.parametrize("sentences", [0, -5])
def test_no_sentences(sentences):
    with pytest.raises(ValueError, match=f"cannot have {sentences} sentences"):
        SmallWorld(sentences=sentences)


def test_unknown_split():
    with pytest.raises(ValueError, match="no split 'dev': use train, valid or test"):
        SmallWorld("dev")


def test_word_tokenizer_gives_the_tokens_of_the_grammar():
    tokenizers = pytest.importorskip("seqkit.text.tokenizers")
    tokenizer = tokenizers.build_tokenizer("word")
    for record in SmallWorld("test", sentences=500):
        assert tokenizer.tokens(record.text) == record.text.split()
