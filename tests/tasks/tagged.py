"""Small made-up tagged texts, and a small training of a tagger."""

import random

from seqkit.corpora.tagged_catalogue import open_tagged_splits
from seqkit.tasks import tagging

FIRST = ("Mara", "Tilo", "Ansgar", "Bente")
LAST = ("Kolb", "Vries", "Ostrow")
TOWNS = ("Lund", "Brig", "New Arden")
VERBS = ("met", "saw", "called")

SETTINGS = {
    "hidden": 12,
    "embed": 10,
    "epochs": 6,
    "batch_size": 40,
    "lr": 0.02,
    "average": 0.9,
    "device": "cpu",
    "threads": 1,
}
"""A training of a second or two."""


def rows(number, seed=0):
    """Sentences as rows of (token, part of speech, tag in iob2)."""
    draw = random.Random(seed).choice
    for _ in range(number):
        person = [(draw(FIRST), "NAME", "B-PER")]
        if draw((True, False)):
            person.append((draw(LAST), "NAME", "I-PER"))
        other = [(draw(FIRST), "NAME", "B-PER")]
        first, *rest = draw(TOWNS).split()
        town = [(first, "NAME", "B-LOC"), *((word, "NAME", "I-LOC") for word in rest)]
        middle = [(draw(VERBS), "VERB", "O"), *other, ("in", "PREP", "O")]
        yield [*person, *middle, *town, (".", "STOP", "O")]


def columns(number, seed=0):
    """The same as the text of a file."""
    sentences = ("\n".join(map(" ".join, sentence)) for sentence in rows(number, seed))
    return "\n\n".join(sentences) + "\n"


def write(path, number=120, seed=0):
    """Write such sentences to a file."""
    path.write_text(columns(number, seed))
    return path


def sources(folder, number=120, **columns):
    """Train, valid and test out of a file in `folder`."""
    path = folder / f"tagged-{number}.conll"
    return open_tagged_splits(str(path if path.exists() else write(path, number)), **columns)


def settings(**changes):
    """The settings of a small training."""
    return tagging.TaggerSettings(**{**SETTINGS, **changes})


def documents(number, seed=0):
    """Documents of two sentences as the text of a file: the first tells what the second means."""
    draw = random.Random(seed).choice
    found = []
    for _ in range(number):
        name = draw(LAST)
        if draw((True, False)):
            first, kind = f"Mr O\n{name} B-PER\ncame O\n. O", "PER"
        else:
            first, kind = f"{name} B-ORG\nLtd I-ORG\ncame O\n. O", "ORG"
        found.append(f"-DOCSTART- O\n\n{first}\n\n{name.upper()} B-{kind}\nwon O\n! O\n")
    return "\n".join(found)
