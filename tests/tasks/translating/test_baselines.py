"""What is had without a net: by hand."""

import math

import pytest
from sacrebleu.metrics import BLEU

from seqkit.tasks.translating.baselines import baselines
from seqkit.tasks.translating.sides import learn_sides
from tests.tasks import translated
from tests.tasks.translated import texts

TRAIN = texts([("a b c", "x x y"), ("b", "y z")])
TEST = texts([("a b c d e", "a b c d f"), ("x y", "x q")])


def test_words_by_their_shares_and_the_source_itself():
    settings = translated.settings(tokenizer="whitespace")
    sides = learn_sides(settings, TRAIN.sources, TRAIN.targets)
    found = baselines(sides.target, TRAIN, TEST)
    counts = {"<unk>": 1, "<eos>": 3, "x": 3, "y": 3, "z": 2}  # each one more than it is
    words = ["<unk>"] * 5 + ["<eos>", "x", "<unk>", "<eos>"]
    loss = -sum(math.log(counts[word] / 12) for word in words) / 9
    assert found["unigram"] == pytest.approx(math.exp(loss))
    peer = BLEU(tokenize="none", force=True).corpus_score(TEST.sources, [TEST.targets])
    assert found["copy_bleu"] == pytest.approx(peer.score, abs=1e-9) and peer.score > 10
    assert list(found) == ["copy_bleu", "unigram"]
