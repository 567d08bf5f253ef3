"""Classifiers for the tests of commands: one that follows a rule, and small trained ones."""

import numpy as np

from seqkit.cli.main import run
from seqkit.tasks.classifying import Classification, Labels
from tests.tasks.classified import SETTINGS, write

SMALL = {**SETTINGS, "epochs": 4}
"""A training of a second or less."""


def flags(*options):
    """The same as options, as far as the model that `options` ask for obeys them."""
    known = SMALL
    if "--model" in options:  # one that is fitted in one go
        known = {}
    elif "--encoder" in options:
        known = {n: v for n, v in SMALL.items() if n not in ("hidden", "embed", "min_count")}
    return [part for name, v in known.items() for part in (f"--{name.replace('_', '-')}", str(v))]


class StandIn:
    """Tells of each letter a, b and c how often it stands in a text, one added to each count."""

    def __init__(self, many=False):
        self.labels = Labels(("a", "b", "c"), many)
        self.batches = []  # the texts that came together

    def classify(self, texts, batch_size=1_000):
        texts = list(texts)
        self.batches.append(texts)
        counts = np.array([[text.count(letter) for letter in "abc"] for text in texts], float)
        if self.labels.many:
            shares = counts / (1 + counts)
        else:
            shares = (1 + counts) / (3 + counts.sum(1, keepdims=True))
        for text, labels, row in zip(texts, self.labels.decide(shares), shares, strict=True):
            yield Classification(text, labels, tuple(row.tolist()))


def train(folder, *options, number=160, text=None):
    """Train for a second on short texts, good or bad; the run, which has its data beside it."""
    folder.mkdir()
    data = text or write(folder / "labelled.tsv", number)
    out = folder / "run"
    arguments = ["train-classifier", data, "--out", out, *flags(*options), "--quiet", *options]
    assert run(list(map(str, arguments))) == 0
    return out
