"""Entity scores, against conlleval's way of counting and full enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.metrics.classification import Score
from seqkit.metrics.entities import conlleval_report, count_entities, intervals, token_accuracy
from seqkit.text.schemes import to_spans

GOLD = [
    [(0, 2, "PER"), (4, 5, "LOC")],
    [],
    [(1, 2, "ORG"), (2, 4, "ORG")],
    [(0, 1, "LOC")],
]
PREDICTED = [
    [(0, 2, "PER"), (4, 5, "ORG")],
    [(0, 1, "PER")],
    [(2, 4, "ORG"), (1, 2, "ORG")],
    [],
]
TAGS = st.lists(
    st.lists(
        st.tuples(*[st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])] * 2), max_size=8
    ),
    max_size=6,
)


def conlleval_counts(gold, predicted):
    """Count entities in one walk over the tokens, as conlleval is described to.

    An entity is correct if both taggings begin one of the same type at the same token, and both
    end it at the same token. Returns (correct, predicted, gold) per type.
    """
    counts = {}

    def count(which, kind):
        counts.setdefault(kind, [0, 0, 0])[which] += 1

    def begins(before, after):
        return after[0] != "O" and (after[0] == "B" or before[0] == "O" or before[2:] != after[2:])

    def ends(before, after):
        return before[0] != "O" and (after[0] in "OB" or before[2:] != after[2:])

    for true, found in zip(gold, predicted, strict=True):
        both = None  # the type of an entity that has begun in both
        true, found = (["O", *tags, "O"] for tags in (true, found))
        for i in range(1, len(true)):
            ended = ends(true[i - 1], true[i]), ends(found[i - 1], found[i])
            if both is not None and any(ended):
                if all(ended):
                    count(0, both)
                both = None
            begun = begins(true[i - 1], true[i]), begins(found[i - 1], found[i])
            for which, tags, new in ((2, true, begun[0]), (1, found, begun[1])):
                if new:
                    count(which, tags[i][2:])
            if all(begun) and true[i][2:] == found[i][2:]:
                both = true[i][2:]
    return {kind: tuple(numbers) for kind, numbers in counts.items()}


def counted(gold, predicted):
    return count_entities(
        *([to_spans(tags, "iob1") for tags in part] for part in (gold, predicted))
    )


def test_counts_by_hand():
    counts = count_entities(GOLD, PREDICTED)
    assert counts.types == ("LOC", "ORG", "PER")
    assert counts.overall == Score(correct=3, predicted=5, gold=5)
    assert counts.by_type() == {"LOC": Score(0, 0, 2), "ORG": Score(2, 3, 2), "PER": Score(1, 2, 1)}
    assert counts.only("ORG").overall == Score(2, 3, 2)
    assert counts.errors.tolist() == [2, 1, 0, 1]
    assert counts.worst(10) == [0, 1, 3]
    assert counts.worst(2) == [0, 1]


@given(TAGS)
def test_counts_are_those_of_conlleval(sentences):
    gold, predicted = ([[pair[k] for pair in s] for s in sentences] for k in (0, 1))
    found = counted(gold, predicted).by_type()
    assert {
        kind: (score.correct, score.predicted, score.gold) for kind, score in found.items()
    } == conlleval_counts(gold, predicted)


def test_token_accuracy():
    gold, predicted = [["O", "B-X"], [], ["O"]], [["O", "O"], [], ["O"]]
    assert token_accuracy(gold, predicted) == Score(2, 3, 3)
    with pytest.raises(ValueError):
        token_accuracy([["O"]], [["O", "O"]])


def test_report_of_conlleval():
    report = conlleval_report(count_entities(GOLD, PREDICTED), Score(17, 20, 20))
    assert report.splitlines() == [
        "processed 20 tokens with 5 phrases; found: 5 phrases; correct: 3.",
        "accuracy:  85.00%; precision:  60.00%; recall:  60.00%; FB1:  60.00",
        "              LOC: precision:   0.00%; recall:   0.00%; FB1:   0.00  0",
        "              ORG: precision:  66.67%; recall: 100.00%; FB1:  80.00  3",
        "              PER: precision:  50.00%; recall: 100.00%; FB1:  66.67  2",
    ]


def test_intervals_are_the_percentiles_over_all_resamples():
    """Of three sentences there are 27, all as likely: enough draws find the same percentiles."""
    counts = count_entities(GOLD[:3], PREDICTED[:3])
    totals = [counts.correct.sum(1), counts.predicted.sum(1), counts.gold.sum(1)]
    drawn = {"precision": [], "recall": [], "f1": []}
    for picks in itertools.product(range(3), repeat=3):
        score = Score(*(int(sum(part[k] for k in picks)) for part in totals))
        for name, values in drawn.items():
            values.append(getattr(score, name))
    found = intervals(counts, confidence=0.8, samples=40_000, seed=3)
    for name, values in drawn.items():
        # An inner percentile of many draws, weights of 1/27 each, lies on one of the 27 values.
        expected = np.quantile(np.repeat(sorted(values), 1000), [0.1, 0.9])
        assert found[name] == pytest.approx(tuple(expected)), name


def test_intervals_depend_on_the_seed_alone(monkeypatch):
    counts = count_entities(GOLD * 30, PREDICTED * 30)
    first = intervals(counts, seed=1)
    assert first == intervals(counts, seed=1) != intervals(counts, seed=2)
    assert first["f1"][0] < counts.overall.f1 < first["f1"][1]
    monkeypatch.setattr("seqkit.metrics.bootstrap._DRAWS_AT_ONCE", 360)  # three rows at a time
    low, high = intervals(counts, seed=1, samples=2000)["f1"]
    assert 0 <= low < high <= 1


def test_interval_of_one_type():
    counts = count_entities(GOLD, PREDICTED).only("LOC")
    assert intervals(counts) == dict.fromkeys(["precision", "recall", "f1"], (0.0, 0.0))


def test_refusals():
    counts = count_entities(GOLD, PREDICTED)
    with pytest.raises(ValueError, match="4 gold and 1 predicted sentences"):
        count_entities(GOLD, PREDICTED[:1])
    with pytest.raises(ValueError, match="no entity has the type X: choose one of LOC, ORG, PER"):
        counts.only("X")
    with pytest.raises(ValueError, match=r"1 sentence\(s\)"):
        intervals(count_entities(GOLD[:1], PREDICTED[:1]))
    with pytest.raises(ValueError, match="confidence is 95"):
        intervals(counts, confidence=95)
    with pytest.raises(ValueError, match="samples is 0"):
        intervals(counts, samples=0)


def test_no_entities_at_all():
    counts = count_entities([[], []], [[], []])
    assert (counts.overall, counts.by_type(), counts.worst(3)) == (Score(0, 0, 0), {}, [])
    assert intervals(counts)["f1"] == (0.0, 0.0)
