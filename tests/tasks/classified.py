"""Small made-up labelled texts, and a small training of a classifier."""

import random

from seqkit.corpora.labelled_catalogue import open_labelled_splits
from seqkit.tasks import classifying

GOOD = ("fine", "lovely", "bright", "warm")
BAD = ("grim", "stale", "bleak", "cold")
THINGS = ("soup", "play", "song", "room")

SETTINGS = {
    "hidden": 8,
    "embed": 8,
    "epochs": 20,
    "dropout": 0.1,
    "batch_size": 8,
    "lr": 0.02,
    "average": 0.9,
    "min_count": 1,
    "device": "cpu",
    "threads": 1,
}
"""A training of a second or two."""


def rows(number, seed=0):
    """Pairs of a label and a text; a "not" turns the label round."""
    draw = random.Random(seed).choice
    for _ in range(number):
        label = draw(("bad", "good"))
        denied = draw((True, False))
        words = GOOD if (label == "good") != denied else BAD
        ending = draw((" .", " !", " that night ."))
        yield label, f"the {draw(THINGS)} was {'not ' * denied}{draw(words)}{ending}"


def write(path, number=160, seed=0):
    """Write such texts to a file of two columns with a header."""
    lines = ["label\ttext", *("\t".join(row) for row in rows(number, seed))]
    path.write_text("\n".join(lines) + "\n")
    return path


def sources(folder, number=160):
    """Train, valid and test out of a file in `folder`."""
    path = folder / f"labelled-{number}.tsv"
    return open_labelled_splits(str(path if path.exists() else write(path, number)), "0.2", "0.2")


def settings(**changes):
    """The settings of a small training."""
    return classifying.ClassifierSettings(**{**SETTINGS, **changes})
