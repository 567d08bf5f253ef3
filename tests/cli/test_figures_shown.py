"""Figures of a training as they are printed and stand on the card."""

from seqkit.cli.figures_shown import by_kind, card_figures, splits_of, with_interval


def test_texts_come_in_their_order():
    assert splits_of({"run": "a", "test": 1, "train": 2, "valid": 3}) == ["train", "valid", "test"]
    assert splits_of({"valid": 3, "train": 2}) == ["train", "valid"]


def test_a_figure_and_what_stands_in_brackets_behind_it():
    split = {"f1": 0.5, "accuracy": 0.75, "accuracy_interval": [0.70004, 0.8]}
    assert with_interval(split, "f1") == "f1 0.5000"
    assert with_interval(split, "f1", "so it is") == "f1 0.5000 (so it is)"
    bounds = "accuracy 0.7500 (95 %: 0.7000 to 0.8000"
    assert with_interval(split, "accuracy") == f"{bounds})"
    assert with_interval(split, "accuracy", "so it is") == f"{bounds}; so it is)"


def test_a_row_a_kind():
    kinds = {"PER": {"f1": 0.5, "precision": 1.0, "recall": 1 / 3, "gold": 3, "predicted": 1}}
    head, _, row = by_kind("valid", kinds).splitlines()
    assert head.split() == ["valid", "precision", "recall", "f1", "gold", "predicted"]
    assert row.split() == ["PER", "1.0000", "0.3333", "0.5000", "3", "1"]


def test_the_card_has_every_text_and_the_kinds_of_the_last():
    metrics = {
        "epochs": 3,
        "train": {"loss": 0.5},
        "valid": {"loss": 0.6, "accuracy": 0.7, "texts": 9},
        "test": {"loss": 0.8, "f1": 0.9, "accuracy_interval": [0, 1]},
    }
    assert card_figures(metrics, {"good": {"recall": 0.1, "gold": 4}}) == {
        "train": {"loss": 0.5},
        "valid": {"loss": 0.6, "accuracy": 0.7},
        "test": {"loss": 0.8, "f1": 0.9},
        "test, good": {"recall": 0.1},
    }
