"""Small made-up texts, and a small training, for the tests of tasks and commands."""

import random

from seqkit.corpora.catalogue import open_splits
from seqkit.tasks import language

ADJECTIVES = ("red", "small", "old", "quiet", "wet", "kind")
NOUNS = ("fox", "owl", "miller", "river", "lamp", "goat", "baker", "stone")
VERBS = ("sees", "finds", "likes", "paints")

SETTINGS = {
    "layers": 1,
    "hidden": 8,
    "dropout": 0.1,
    "batch_size": 4,
    "bptt": 10,
    "lr": 0.03,
    "epochs": 3,
    "precision": "fp32",
    "device": "cpu",
    "threads": 1,
}
"""A training of a second; with dropout, so that its random stream matters."""


def lines(number, seed=0):
    """Sentences over eighteen words, no two alike in a row."""
    draw = random.Random(seed).choice
    return [
        f"the {draw(ADJECTIVES)} {draw(NOUNS)} {draw(VERBS)} a {draw(ADJECTIVES)} {draw(NOUNS)} ."
        for _ in range(number)
    ]


def write(path, number=120, seed=0):
    """Write such sentences to a file."""
    path.write_text("\n".join(lines(number, seed)) + "\n")
    return path


def settings(**changes):
    """The settings of a small training."""
    return language.LanguageSettings(**{**SETTINGS, **changes})


def splits(folder, number=120):
    """Train, valid and test of such sentences, cut from a file in `folder`."""
    path = folder / f"text-{number}.txt"
    return open_splits(str(path if path.exists() else write(path, number)))
