"""BLEU beside sacrebleu, and by hand."""

import math

import numpy as np
import pytest
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from seqkit.metrics.bleu import bleu, bleu_of, bleu_statistics, tokenize_13a
from tests.metrics.translations import PIECES, pairs

OPTIONS = [("13a", False), ("13a", True), ("none", False), ("none", True)]


def assert_same(got, expected):
    assert got.score == pytest.approx(expected.score, abs=1e-9)
    assert got.precisions == pytest.approx(expected.precisions, abs=1e-9)
    assert got.brevity_penalty == pytest.approx(expected.bp, abs=1e-12)
    assert (got.hypothesis_length, got.reference_length) == (expected.sys_len, expected.ref_len)


@pytest.mark.parametrize("references", [1, 2, 4])
@pytest.mark.parametrize(("tokenize", "lowercase"), OPTIONS)
def test_a_corpus_scores_as_with_sacrebleu(tokenize, lowercase, references):
    peer = BLEU(tokenize=tokenize, lowercase=lowercase, force=True)
    scores = set()
    for seed, lines in enumerate([1, 2, 3, 10, 200]):
        hypotheses, wanted = pairs(seed, lines, references)
        got = bleu(hypotheses, wanted, tokenize, lowercase)
        assert_same(got, peer.corpus_score(hypotheses, list(zip(*wanted, strict=True))))
        scores.add(got.score)
    assert len(scores) > 2 and max(scores) > 20


@pytest.mark.parametrize(("tokenize", "lowercase"), OPTIONS)
def test_each_line_is_counted_as_by_sacrebleu(tokenize, lowercase):
    """Lines by themselves, many of them short or without a match: smoothed, or 0."""
    hypotheses, wanted = pairs(7, 200, 2)
    peer = BLEU(tokenize=tokenize, lowercase=lowercase, force=True)
    rows = bleu_statistics(hypotheses, wanted, tokenize, lowercase)
    assert rows.shape == (200, 10) and rows.dtype == np.int64
    for row, line, own in zip(rows, hypotheses, wanted, strict=True):
        expected = peer.sentence_score(line, own)
        assert row[2:].tolist() == [*expected.counts, *expected.totals]
        assert_same(bleu_of(row), expected)


def test_lines_may_have_references_of_different_number():
    hypotheses, wanted = pairs(3, 60, 3)
    wanted = [own[: 1 + at % 3] for at, own in enumerate(wanted)]
    streams = [[own[n] if n < len(own) else None for own in wanted] for n in range(3)]
    expected = BLEU(force=True).corpus_score(hypotheses, streams)
    mixed = [own[0] if len(own) == 1 else own for own in wanted]  # one may come without a list
    assert_same(bleu(hypotheses, mixed), expected)


def test_tokens_are_those_of_sacrebleu():
    peer = Tokenizer13a()
    lines = [*PIECES, *pairs(1, 300)[0], "", " ", "a - b", "1-2-3", "..", ",.,", "1.,2", "&&amp;"]
    lines += [chr(code) for code in range(33, 127)] + [f"x{chr(code)}1" for code in range(33, 127)]
    for line in lines:
        assert tokenize_13a(line) == peer(line).split(), line


def test_tokens_by_hand():
    assert tokenize_13a("He paid 1,000.50 (don't ask), on 3-4 May.") == [
        *("He", "paid", "1,000.50", "(", "don't", "ask", ")", ","),
        *("on", "3", "-", "4", "May", "."),
    ]


def test_a_score_by_hand():
    """the cat sat on mat: 5 of 5, 3 of 4, 2 of 3, 1 of 2 against 6 tokens."""
    got = bleu(["the cat sat on mat"], ["the cat sat on the mat"])
    assert got.precisions == pytest.approx((100, 75, 200 / 3, 50))
    assert got.brevity_penalty == pytest.approx(math.exp(1 - 6 / 5))
    assert got.score == pytest.approx(100 * math.exp(-0.2) * (3 / 4 * 2 / 3 * 1 / 2) ** 0.25)
    assert (got.hypothesis_length, got.reference_length) == (5, 6)


def test_an_ngram_counts_as_often_as_one_reference_has_it():
    """Papineni's example: "the" seven times, twice in one reference and once in the other."""
    row = bleu_statistics(
        ["the the the the the the the"],
        [["the cat is on the mat", "there is a cat on the mat"]],
        "none",
    )[0]
    assert row.tolist() == [7, 7, 2, 0, 0, 0, 7, 6, 5, 4]


def test_orders_without_a_match_are_halved_again_and_again():
    got = bleu(["a b x y z"], ["a c x d z"], "none")  # 3 of 5 words, no pair
    assert got.precisions == pytest.approx((60, 100 / 2 / 4, 100 / 4 / 3, 100 / 8 / 2))


@pytest.mark.parametrize("longer", ["a b c d", "a b"])
def test_the_nearest_length_counts_and_of_two_the_shorter(longer):
    assert bleu_statistics(["a b c"], [["a b c d", "a b"]])[0, 1] == 2
    assert bleu_statistics(["a b c"], [["a b c d e", longer]])[0, 1] == len(longer.split())


@pytest.mark.parametrize(
    ("hypotheses", "references"),
    [([], []), ([""], [""]), (["", ""], ["a b c d e"] * 2), (["a b c"], ["a b c"]), (["x"], [""])],
)
def test_where_there_is_nothing_to_count_it_is_0(hypotheses, references):
    assert bleu(hypotheses, references).score == 0


def test_a_perfect_corpus_has_100():
    lines = ["a small dog sees a red bird .", "and the bird sees the dog ."]
    assert bleu(lines, lines).score == pytest.approx(100)


def test_parts_are_sums_of_rows():
    hypotheses, wanted = pairs(5, 80)
    rows = bleu_statistics(hypotheses, wanted)
    part = [at for at in range(80) if len(hypotheses[at].split()) > 6]
    expected = bleu([hypotheses[at] for at in part], [wanted[at] for at in part])
    assert bleu_of(rows[part].sum(axis=0)) == expected


@pytest.mark.parametrize(
    ("hypotheses", "references", "tokenize", "message"),
    [
        (["a", "b"], ["a"], "13a", "2 hypotheses and 1 lines of references"),
        (["a", "b"], ["a", []], "13a", "line 2 has no reference"),
        (["a"], ["a"], "zh", "tokenize must be 13a or none, got 'zh'"),
    ],
)
def test_what_cannot_be_scored_is_refused(hypotheses, references, tokenize, message):
    with pytest.raises(ValueError, match=message):
        bleu(hypotheses, references, tokenize)
