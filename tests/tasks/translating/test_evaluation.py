"""Measuring translations: beside sacrebleu, and by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from sacrebleu.metrics import BLEU, CHRF

from seqkit.tasks.translating import evaluation
from seqkit.tasks.translating.encoding import encode, groups
from seqkit.tasks.translating.sides import learn_sides
from tests.tasks import translated
from tests.tasks.translated import texts

WANTED = [target for _, target in translated.sentences()]
LINES = len(WANTED)


@pytest.fixture(scope="module")
def written():
    """Translations of which some are right, some have a word less and some are other sentences."""
    draw = np.random.default_rng(0)
    found = []
    for n, line in enumerate(WANTED):
        words = line.split()
        words.pop(int(draw.integers(len(words))))
        other = WANTED[int(draw.integers(LINES))]
        found.append([line, " ".join(words), other][n % 3])
    return found


def pairs(wanted=WANTED):
    return texts([(f"source {n}", line) for n, line in enumerate(wanted)])


def measure(written, lengths=None, tokenize="13a", wanted=WANTED):
    lengths = [len(line.split()) for line in wanted] if lengths is None else lengths
    return evaluation.evaluate_texts(written, pairs(wanted), lengths, tokenize)


@pytest.mark.parametrize("tokenize", ["13a", "none"])
def test_scores_are_those_of_sacrebleu(written, tokenize):
    found = measure(written, tokenize=tokenize)
    peer = BLEU(tokenize=tokenize, force=True).corpus_score(written, [WANTED])
    assert found["bleu"] == pytest.approx(peer.score, abs=1e-9) and 20 < found["bleu"] < 90
    assert found["precisions"] == pytest.approx(peer.precisions, abs=1e-9)
    assert found["brevity_penalty"] == pytest.approx(peer.bp, abs=1e-12)
    assert found["bleu_tokenize"] == tokenize
    chrf = CHRF().corpus_score(written, [WANTED]).score
    assert found["chrf"] == pytest.approx(chrf, abs=1e-9)
    assert found["pairs"] == LINES
    quick = evaluation.quick_scores(written, WANTED, tokenize)
    assert quick == {name: found[name] for name in ("bleu", "chrf", "exact_match")}


def test_intervals_hold_the_scores(written):
    found = measure(written)
    for name in ("bleu", "chrf"):
        low, high = found[f"{name}_interval"]
        assert low < found[name] < high
    assert "bleu_interval" not in measure(["x"], wanted=["y"])


def test_exact_matches_are_those_to_the_letter_but_for_spaces(written):
    same = sum(one == other for one, other in zip(written, WANTED, strict=True))
    assert LINES / 3 <= same < LINES / 2
    assert evaluation.exact_match(written, WANTED) == same / LINES
    assert evaluation.exact_match([" a  b", "a b", "ab"], ["a b ", "A b", "a b"]) == 1 / 3


def test_bands_of_length_hold_every_pair_once(written):
    lengths = [len(line.split()) for line in WANTED]
    bands = measure(written, lengths)["by_length"]
    assert len(bands) > 2
    taken = []
    for band in bands:
        inside = [n for n in range(LINES) if band["from"] <= lengths[n] <= band["to"]]
        assert band["pairs"] == len(inside)
        assert {band["from"], band["to"]} <= {lengths[n] for n in inside}
        assert band["mean_length"] == pytest.approx(sum(lengths[n] for n in inside) / len(inside))
        peer = BLEU(force=True).corpus_score(
            [written[n] for n in inside], [[WANTED[n] for n in inside]]
        )
        assert band["bleu"] == pytest.approx(peer.score, abs=1e-9)
        taken += inside
    assert sorted(taken) == list(range(LINES))


@pytest.mark.parametrize(
    ("number", "bands"), [(1, 1), (39, 1), (40, 2), (119, 5), (120, 6), (280, 6)]
)
def test_a_band_has_enough_pairs(number, bands):
    lengths = list(range(number))
    lines = [WANTED[n % LINES] for n in range(number)]
    found = measure(lines, lengths, wanted=lines)["by_length"]
    assert len(found) == bands
    counts = [band["pairs"] for band in found]
    assert sum(counts) == number and max(counts) - min(counts) <= 1
    assert all(band["to"] < later["from"] for band, later in pairwise(found))


def test_pairs_of_one_length_are_one_band():
    (found,) = measure(WANTED[:90], [7] * 90, wanted=WANTED[:90])["by_length"]
    assert (found["from"], found["to"], found["pairs"]) == (7, 7, 90)
    assert found["bleu"] == pytest.approx(100)


def test_the_worst_are_listed_worst_first_and_cut(written):
    peer = CHRF()
    scores = [
        peer.corpus_score([one], [[other]]).score
        for one, other in zip(written, WANTED, strict=True)
    ]
    found = measure(written)["worst"]
    assert [one["chrf"] for one in found] == pytest.approx(sorted(scores)[:5], abs=1e-9)
    for one in found:
        n = int(one["place"].split()[-1]) - 1
        assert (one["source"], one["target"]) == (f"source {n}", WANTED[n])
        assert one["translation"] == written[n]
    assert measure(WANTED)["worst"] == []
    (long,) = measure(["x" * 999], wanted=["y" * 999])["worst"]
    assert len(long["target"]) == len(long["translation"]) == 300


def test_text_that_came_tokenized_is_left_as_it_is():
    for changes, wanted in (
        ({"tokenizer": "whitespace"}, "none"),
        ({}, "13a"),
        ({"level": "char"}, "13a"),
    ):
        sides = learn_sides(translated.settings(**changes), ["a"], ["b"])
        assert evaluation.tokenization_of(sides.target) == wanted


def test_the_loss_is_that_of_each_target_token_alone(translator, monkeypatch):
    parts = translated.sources().test
    encoded = encode(translator.sides, *zip(*parts.pairs, strict=True))
    model, total, count = translator.model, 0.0, 0
    for n in range(len(encoded)):
        memory, state = model.start(torch.tensor([encoded.sources[n]]))
        before = translator.sides.target.vocabulary.eos
        for word in encoded.targets[n]:
            log_probs, state = model.step(torch.tensor([before]), state, memory)
            total, count, before = total - float(log_probs[0, word]), count + 1, word
    found = evaluation.mean_loss(model, encoded)
    assert found == (pytest.approx(total / count, rel=1e-5), count)
    monkeypatch.setattr(evaluation, "TOKENS", 20)
    assert len(list(groups(encoded, np.arange(len(encoded)), 20))) > 10
    assert evaluation.mean_loss(model, encoded)[0] == pytest.approx(found[0], rel=1e-6)


def test_the_loss_is_without_smoothing_and_dropout_and_leaves_the_model_as_it_was(translator):
    parts = translated.sources().test
    encoded = encode(translator.sides, *zip(*parts.pairs, strict=True))
    model = translator.model
    wanted = evaluation.mean_loss(model, encoded)
    model.train()
    try:
        assert evaluation.mean_loss(model, encoded) == wanted
        assert model.training
    finally:
        model.eval()


def test_perplexity_is_that_of_the_loss():
    found = evaluation.with_loss({"bleu": 3.0}, 2.0)
    assert found == {"loss": 2.0, "perplexity": math.exp(2), "bleu": 3.0}
    assert math.isfinite(evaluation.with_loss({}, 1e6)["perplexity"])
