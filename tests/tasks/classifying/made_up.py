"""Made-up labelled texts and scorers with scores that are looked up."""

import numpy as np

from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.texts import LabelledTexts

NAMES = ("bad", "fair", "good")


def texts_of(labels, name="made up"):
    """Texts called t0, t1, ... with these labels."""
    numbers = range(len(labels))
    return LabelledTexts(
        name, [f"t{n}" for n in numbers], list(labels), [f"line {n + 1}" for n in numbers], []
    )


def one_label(size=200, seed=0, skill=1.5, names=NAMES):
    """Labels, texts with one label each, and scores (N, K) that are good guesses."""
    draw = np.random.default_rng(seed)
    classes = draw.integers(len(names), size=size)
    scores = draw.normal(size=(size, len(names)))
    scores[np.arange(size), classes] += skill
    return Labels(names), texts_of([(names[k],) for k in classes]), scores


def many_labels(size=200, seed=0, skill=2.0, names=NAMES):
    """The same for texts with any number of labels."""
    draw = np.random.default_rng(seed)
    has = draw.random((size, len(names))) < 0.4
    scores = draw.normal(size=has.shape) + skill * (has - 0.5)
    labels = [tuple(name for name, h in zip(names, row, strict=True) if h) for row in has]
    return Labels(names, many=True), texts_of(labels), scores


class TableScorer:
    """Scores by text out of a table; remembers by what they were scaled, and what was saved."""

    def __init__(self, texts, scores):
        self.table = dict(zip(texts.texts, np.array(scores, np.float64), strict=True))
        self.factor, self.saved = 1.0, []

    def scores(self, texts):
        return self.factor * np.array([self.table[text] for text in texts])

    def scale(self, factor):
        self.factor *= factor

    def save(self, run):
        self.saved.append(run)
