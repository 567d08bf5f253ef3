from seqkit.tasks.classifying.baselines import majority
from tests.tasks.classifying.made_up import texts_of


def test_the_commonest_label_of_training_is_asked_of_the_other_text():
    train = texts_of([("b",), ("a",), ("b",)])
    assert majority(train, texts_of([("a",), ("a",), ("b",), ("c",)])) == 1 / 4
    assert majority(train, train) == 2 / 3


def test_of_equally_common_ones_it_is_the_first_by_name():
    train = texts_of([("b",), ("a",), ("b",), ("a",)])
    assert majority(train, texts_of([("a",), ("a",), ("b",)])) == 2 / 3


def test_of_many_labels_it_is_the_commonest_set():
    train = texts_of([("b", "c"), ("c", "b"), ("a",), (), ("c",)])
    assert majority(train, texts_of([("c", "b"), ("b", "c"), ("a",), (), ("a", "b", "c")])) == 2 / 5
    assert majority(texts_of([(), (), ("a",)]), texts_of([("a",), (), ()])) == 2 / 3
