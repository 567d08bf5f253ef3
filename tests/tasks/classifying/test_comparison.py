import json
from types import SimpleNamespace

import pytest

from seqkit.tasks.classifying import ClassifierSettings, TrainedClassifier
from seqkit.tasks.classifying.comparison import compare, compare_answers
from tests.tasks.classifying.made_up import TableScorer, one_label, texts_of

GOLD = [("a",), ("a",), ("b",), ("b",), ("a", "b"), ()]
FIRST = [("a",), ("a",), ("b",), ("a",), ("b", "a"), ("a",)]
SECOND = [("b",), ("a",), ("a",), ("b",), ("a",), ("b",)]


def test_who_is_right_where_is_counted_and_shown():
    found = compare_answers(texts_of(GOLD), FIRST, SECOND)
    assert (found["both"], found["only_first"]) == (1, 3)
    assert (found["only_second"], found["neither"]) == (1, 1)
    assert found["first"]["accuracy"] == 4 / 6 and found["second"]["accuracy"] == 2 / 6
    low, high = found["first"]["accuracy_interval"]
    assert low < 4 / 6 < high
    # Of 16 falls of 4 coins 10 are as uneven as 3 to 1.
    assert found["p_value"] == pytest.approx(10 / 16)
    assert [row["place"] for row in found["differing"]] == ["line 1", "line 3", "line 5", "line 4"]
    assert found["differing"][2] == {
        "place": "line 5",
        "text": "t4",
        "gold": ["a", "b"],
        "first": ["b", "a"],
        "second": ["a"],
    }
    assert json.loads(json.dumps(found)) == found


def test_at_most_ten_examples_of_each_kind_are_shown():
    texts = texts_of([("a",)] * 40)
    found = compare_answers(texts, [("a",)] * 20 + [("b",)] * 20, [("b",)] * 20 + [("a",)] * 20)
    places = [row["place"] for row in found["differing"]]
    assert places == [f"line {n}" for n in (*range(1, 11), *range(21, 31))]
    assert found["p_value"] == 1


def test_runs_that_never_differ_have_nothing_to_show():
    found = compare_answers(texts_of(GOLD), FIRST, FIRST)
    assert found["differing"] == [] and found["p_value"] == 1
    assert found["both"] == 4 and found["neither"] == 2


class Source:
    """Texts as a corpus has them."""

    name = "made up"

    def __init__(self, texts):
        self.texts = texts

    def __iter__(self):
        for text, labels in zip(self.texts.texts, self.texts.labels, strict=True):
            yield SimpleNamespace(text=text, labels=labels)

    def place(self, record):
        return f"line {int(record.text[1:]) + 1}"

    def warnings(self):
        return []


def test_trained_classifiers_are_asked_about_the_same_texts():
    labels, texts, scores = one_label(60)
    settings = ClassifierSettings(model="linear")
    one, other = (
        TrainedClassifier(TableScorer(texts, z), labels, settings)
        for z in (scores, scores[:, ::-1])
    )
    answers = [labels.decide(z) for z in (scores, scores[:, ::-1])]
    found = compare(one, other, Source(texts))
    assert found == compare_answers(texts, *answers)
    assert found["only_first"] > found["only_second"] > 0
