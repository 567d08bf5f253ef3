"""chrF beside sacrebleu, and by hand."""

import numpy as np
import pytest
from sacrebleu.metrics import CHRF

from seqkit.metrics.chrf import chrf, chrf_of, chrf_statistics
from tests.metrics.translations import pairs


@pytest.mark.parametrize("references", [1, 2, 4])
@pytest.mark.parametrize("lowercase", [False, True])
def test_a_corpus_scores_as_with_sacrebleu(lowercase, references):
    peer = CHRF(lowercase=lowercase)
    for seed, lines in enumerate([1, 2, 3, 10, 200]):
        hypotheses, wanted = pairs(seed, lines, references)
        expected = peer.corpus_score(hypotheses, list(zip(*wanted, strict=True))).score
        assert chrf(hypotheses, wanted, lowercase) == pytest.approx(expected, abs=1e-9)
    assert 20 < expected < 99


def test_each_line_scores_as_with_sacrebleu():
    """Lines by themselves, many of them empty or shorter than six characters."""
    hypotheses, wanted = pairs(7, 200, 2)
    hypotheses[:40] = [line[:3] for line in hypotheses[:40]]
    wanted[20:60] = [[one[:4] for one in own] for own in wanted[20:60]]
    rows = chrf_statistics(hypotheses, wanted)
    assert rows.shape == (200, 18) and rows.dtype == np.int64
    for row, line, own in zip(rows, hypotheses, wanted, strict=True):
        expected = CHRF().sentence_score(line, own).score
        assert chrf_of(row) == pytest.approx(expected, abs=1e-9)


def test_a_score_by_hand():
    """abcd against abce: 3 of 4, 2 of 3, 1 of 2 and 0 of 1, and no longer n-grams at all."""
    row = chrf_statistics(["ab cd"], ["a bce"])[0]
    assert row.tolist() == [4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    share = (3 / 4 + 2 / 3 + 1 / 2) / 4
    assert chrf_of(row) == pytest.approx(100 * share)  # F of two equal numbers


def test_recall_weighs_four_times():
    got = chrf(["ab"], ["abab"])  # all of 2 and 1 found, of 4 and 3 wanted; "ab" stands there twice
    precision, recall = (1 + 1) / 2, (2 / 4 + 1 / 3) / 2
    assert got == pytest.approx(100 * 5 * precision * recall / (4 * precision + recall))


def test_of_several_references_the_best_counts():
    near, far = "a red dog", "some blue cats"
    for own in ([near, far], [far, near]):
        assert chrf(["the red dog"], [own]) == chrf(["the red dog"], [near])
    assert chrf(["the red dog"], [far]) < chrf(["the red dog"], [near])


@pytest.mark.parametrize(
    ("hypotheses", "references"), [([], []), ([""], [""]), (["ab"], [""]), ([""], ["ab"])]
)
def test_where_there_is_nothing_to_count_it_is_0(hypotheses, references):
    assert chrf(hypotheses, references) == 0


def test_other_numbers_of_lines_are_refused():
    with pytest.raises(ValueError, match="1 hypotheses and 2 lines of references"):
        chrf(["a"], ["a", "b"])
