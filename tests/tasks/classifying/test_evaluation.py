"""Metrics of a classifier against plain loops, and against scikit-learn where it is there."""

import json
import math

import numpy as np
import pytest

from seqkit.tasks.classifying.evaluation import evaluate_texts, quick_scores
from seqkit.tasks.classifying.labels import Labels
from tests.tasks.classifying.made_up import many_labels, one_label, texts_of

KINDS = {"one label": one_label, "many labels": many_labels}


def share(part, whole):
    return part / whole if whole else 0.0


@pytest.fixture(params=KINDS)
def case(request):
    """Labels, texts, P, and the metrics."""
    labels, texts, scores = KINDS[request.param]()
    shares = labels.probabilities(scores)
    return labels, texts, shares, evaluate_texts(labels, shares, texts)


def answers(labels, shares):
    """What is answered, by plain loops."""
    for row in shares.tolist():
        if labels.many:
            yield {name for name, p in zip(labels.names, row, strict=True) if p > 0.5}
        else:
            yield {labels.names[row.index(max(row))]}


def test_loss_is_the_mean_of_what_each_text_costs(case):
    labels, texts, shares, found = case
    total = 0.0
    for own, row in zip(texts.labels, shares.tolist(), strict=True):
        for name, p in zip(labels.names, row, strict=True):
            if name in own:
                total -= math.log(p)
            elif labels.many:
                total -= math.log(1 - p)
    assert found["loss"] == pytest.approx(total / len(texts))


def test_accuracy_counts_whole_answers(case):
    labels, texts, shares, found = case
    right = [set(a) == b for a, b in zip(texts.labels, answers(labels, shares), strict=True)]
    assert found["accuracy"] == sum(right) / len(texts)
    low, high = found["accuracy_interval"]
    assert low < found["accuracy"] < high and high - low < 0.2


def test_each_label_is_scored_against_all_others(case):
    labels, texts, shares, found = case
    rows = []
    said = list(answers(labels, shares))
    for name in labels.names:
        pairs = [(name in own, name in one) for own, one in zip(texts.labels, said, strict=True)]
        both, gold = (
            pairs.count((True, True)),
            pairs.count((True, True)) + pairs.count((True, False)),
        )
        predicted = both + pairs.count((False, True))
        p, r = share(both, predicted), share(both, gold)
        row = {
            "precision": p,
            "recall": r,
            "f1": share(2 * p * r, p + r),
            "specificity": share(pairs.count((False, False)), len(pairs) - gold),
            "correct": both,
            "predicted": predicted,
            "gold": gold,
        }
        assert found["by_label"][name] == pytest.approx(row)
        rows.append(row)
    for figure in ("precision", "recall", "f1"):
        assert found[figure] == pytest.approx(sum(row[figure] for row in rows) / len(rows))
    counts = [sum(row[name] for row in rows) for name in ("correct", "predicted", "gold")]
    micro = 2 * counts[0] / (counts[1] + counts[2])
    assert found.get("micro_f1") == (pytest.approx(micro) if labels.many else None)


def test_figures_are_those_of_scikit_learn(case):
    metrics = pytest.importorskip("sklearn.metrics")
    labels, texts, shares, found = case
    gold = labels.targets(texts.labels)
    said = labels.targets([tuple(sorted(one)) for one in answers(labels, shares)])
    every = range(len(labels.names))
    macro = metrics.precision_recall_fscore_support(gold, said, average="macro", labels=every)
    assert [found[n] for n in ("precision", "recall", "f1")] == pytest.approx(macro[:3])
    assert found["accuracy"] == metrics.accuracy_score(gold, said)
    if labels.many:
        assert found["micro_f1"] == pytest.approx(metrics.f1_score(gold, said, average="micro"))
        losses = [metrics.log_loss(gold[:, k], shares[:, k]) for k in every]
        assert found["loss"] == pytest.approx(sum(losses))
    else:
        assert found["loss"] == pytest.approx(metrics.log_loss(gold, shares))
        table = metrics.confusion_matrix(gold, said).tolist()
        assert found["confusion_matrix"] == {"labels": list(labels.names), "counts": table}


def test_quick_scores_are_some_of_them(case):
    labels, texts, shares, found = case
    quick = quick_scores(labels, shares, texts)
    assert set(quick) == {"loss", "accuracy", "f1"}
    assert quick == {name: found[name] for name in quick}


def test_all_is_fit_for_json_in_plain_numbers(case):
    *_, found = case
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_reliability_table_makes_the_calibration_error(case):
    labels, texts, _, found = case
    counts = [row["count"] for row in found["reliability"]]
    assert sum(counts) == len(texts) * (len(labels.names) if labels.many else 1)
    gaps = [row["count"] * abs(row["confidence"] - row["right"]) for row in found["reliability"]]
    assert found["calibration_error"] == pytest.approx(sum(gaps) / sum(counts))
    assert found["calibration_error"] > 0.01


def test_the_table_tells_how_many_of_the_likely_labels_hold():
    labels, texts, scores = many_labels()
    shares = labels.probabilities(scores)
    inside = [
        (p, name in own)
        for own, row in zip(texts.labels, shares.tolist(), strict=True)
        for name, p in zip(labels.names, row, strict=True)
        if 0.2 <= p < 0.3
    ]
    row = evaluate_texts(labels, shares, texts)["reliability"][2]
    assert row["count"] == len(inside) > 20
    assert row["right"] == pytest.approx(sum(holds for _, holds in inside) / len(inside))
    assert row["confidence"] == pytest.approx(sum(p for p, _ in inside) / len(inside))


def test_the_most_frequent_mistakes_come_first():
    labels = Labels(("a", "b", "c"))
    gold = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    said = [0, 1, 2, 2, 1, 0, 0, 2, 1, 1, 1, 2]
    found = evaluate_texts(labels, np.eye(3)[said], texts_of([(name,) for name in gold]))
    # Of equally frequent ones the first by name.
    wanted = [["c", "b", 3], ["a", "c", 2], ["b", "a", 2], ["a", "b", 1], ["b", "c", 1]]
    assert found["confusions"] == wanted
    counts = [[1, 1, 2], [2, 1, 1], [0, 3, 1]]
    assert found["confusion_matrix"] == {"labels": ["a", "b", "c"], "counts": counts}


def test_a_table_of_too_many_labels_is_left_out():
    names = tuple(f"{k:02}" for k in range(51))
    texts = texts_of([(name,) for name in names])
    shares = np.roll(np.eye(51), 1, axis=1)
    found = evaluate_texts(Labels(names), shares, texts)
    assert "confusion_matrix" not in found and len(found["confusions"]) == 20
    some = evaluate_texts(Labels(names), shares[:49], texts_of(texts.labels[:49]))
    assert len(some["confusion_matrix"]["labels"]) == 50


def test_the_worst_errors_are_those_said_with_most_confidence(case):
    labels, texts, shares, found = case
    rows = []
    for n, (own, said) in enumerate(zip(texts.labels, answers(labels, shares), strict=True)):
        sure = max(shares[n])
        if labels.many:
            sure = math.prod(p if p > 0.5 else 1 - p for p in shares[n])
        if said != set(own):
            rows.append((-sure, n, list(own), sorted(said)))
    assert len(rows) > 10
    for row, (sure, n, own, said) in zip(found["worst"], sorted(rows)[:10], strict=True):
        assert row["confidence"] == pytest.approx(-sure)
        assert (row["place"], row["text"]) == (f"line {n + 1}", f"t{n}")
        assert (row["gold"], row["predicted"]) == (own, said)


def test_long_texts_are_cut_where_they_are_listed():
    texts = texts_of([("a",), ("b",)])
    texts.texts[0] = "x" * 1000
    found = evaluate_texts(Labels(("a", "b")), np.array([[0.2, 0.8], [0.3, 0.7]]), texts)
    assert [len(row["text"]) for row in found["worst"]] == [300]


def test_labels_that_training_never_saw_count_as_wrong_and_have_no_loss():
    labels, texts, scores = one_label(50)
    shares = labels.probabilities(scores)
    whole = evaluate_texts(labels, shares, texts)
    more = texts_of([*texts.labels, ("new",), ("other",)])
    found = evaluate_texts(labels, np.concatenate((shares, shares[:2])), more)
    assert found["unknown_labels"] == 2 and whole["unknown_labels"] == 0
    assert found["loss"] == pytest.approx(whole["loss"])
    assert found["accuracy"] == pytest.approx(whole["accuracy"] * 50 / 52)
    assert found["by_label"]["new"]["gold"] == 1 and found["by_label"]["new"]["recall"] == 0
    assert found["f1"] == pytest.approx(
        sum(row["f1"] for row in found["by_label"].values()) / 5, abs=1e-12
    )
    assert set(found["confusion_matrix"]["labels"]) == {"bad", "fair", "good", "new", "other"}


def test_of_many_labels_a_text_with_one_unknown_is_wrong_and_has_no_loss():
    labels = Labels(("a", "b"), many=True)
    shares = np.array([[0.9, 0.2], [0.9, 0.2], [0.1, 0.1]])
    found = evaluate_texts(labels, shares, texts_of([("a",), ("a", "new"), ()]))
    assert found["unknown_labels"] == 1
    assert found["accuracy"] == 2 / 3
    assert found["loss"] == pytest.approx(-(math.log(0.9 * 0.8) + math.log(0.9 * 0.9)) / 2)
    assert [row["gold"] for row in found["worst"]] == [["a", "new"]]


def test_texts_with_unknown_labels_only_are_refused_by_name():
    labels, _, scores = one_label(2)
    with pytest.raises(
        ValueError, match=r"made up: no text has a label .* are 4, 5, there bad, fa"
    ):
        evaluate_texts(labels, labels.probabilities(scores), texts_of([("5",), ("4",)]))


def test_a_text_with_other_than_one_label_is_an_unknown_one():
    found = evaluate_texts(
        Labels(("a", "b")), np.array([[0.9, 0.1]] * 3), texts_of([("a",), (), ("a", "b")])
    )
    assert found["accuracy"] == 1 / 3 and found["unknown_labels"] == 2
    assert found["loss"] == pytest.approx(-math.log(0.9))
    assert found["confusions"] == [["(none)", "a", 1], ["a, b", "a", 1]]


def test_dear_labels_weigh_more():
    labels = Labels(("a", "b"))
    shares = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.2, 0.8]])
    texts = texts_of([("a",), ("b",), ("b",), ("a",)])
    assert "weighted_error" not in evaluate_texts(labels, shares, texts)
    assert "weighted_error" not in evaluate_texts(labels, shares, texts, {})
    found = evaluate_texts(labels, shares, texts, {"b": 3.0})
    assert found["weighted_error"] == (3 + 1) / (1 + 3 + 3 + 1)
    many = Labels(("a", "b"), many=True)
    texts = texts_of([("a",), ("a", "b"), (), ("a",)])
    found = evaluate_texts(many, shares, texts, {"b": 3.0})
    assert found["accuracy"] == 1 / 4
    assert found["weighted_error"] == (3 + 1 + 1) / (1 + 3 + 1 + 1)


def test_a_certain_mistake_costs_much_but_not_infinitely():
    found = evaluate_texts(Labels(("a", "b")), np.array([[1.0, 0.0]]), texts_of([("b",)]))
    assert 30 < found["loss"] < 40
    many = Labels(("a", "b"), many=True)
    found = evaluate_texts(many, np.array([[1.0, 0.0]]), texts_of([("b",)]))
    assert 60 < found["loss"] < 80
