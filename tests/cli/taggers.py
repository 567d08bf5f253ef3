"""Taggers for the tests of commands: one that follows a rule, and small ones that are trained."""

import random
import re

from seqkit.cli.main import run
from seqkit.tasks.tagging import Entity, Tagging

PEOPLE = ("Ann Lee", "Bo Hart", "Cy")
PLACES = ("Ulm", "Port Rust", "Nice")
VERBS = ("likes", "left", "sees")


class StandIn:
    """Words with a capital are people, side by side one person, or behind `in` a place.

    It is as sure of a person as its first word is long, a tenth a letter. Words are runs of letters
    or digits, or single marks; a full stop or a blank line ends a sentence.
    """

    types = ("LOC", "PER")
    tags = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    scheme = "iob2"
    knows_documents = True

    def __init__(self, feature_columns=0):
        self.feature_columns = feature_columns
        self.features = []  # those of each sentence, as they came
        self.documents = []  # the number of each sentence's, or whether a text is one

    def tag(self, records):
        for record in records:
            self.features.append(record.features)
            self.documents.append(record.document)
            yield self._tagging(record.tokens)

    def tag_text(self, text, document=False):
        self.documents.append(document)
        for sentence in re.finditer(r"(?:(?!\n\n)[^.])+\.?", text):
            found = list(re.finditer(r"\w+|[^\w\s]", sentence.group()))
            places = tuple(
                (sentence.start() + m.start(), sentence.start() + m.end()) for m in found
            )
            if found:
                yield self._tagging(tuple(m.group() for m in found), places)

    def n_best(self, record, n):
        """Two readings at most: its own, and nothing but O."""
        return [(self._tagging(record.tokens).tags, 0.75), (("O",) * len(record.tokens), 0.25)][:n]

    def _tagging(self, tokens, places=()):
        tags, entities = ["O"] * len(tokens), []
        marks = "".join("X" if token[0].isupper() else "." for token in tokens)
        for match in re.finditer("X+", marks):
            start, stop = match.span()
            kind = "LOC" if start and tokens[start - 1] == "in" else "PER"
            tags[start:stop] = [f"B-{kind}"] + [f"I-{kind}"] * (stop - start - 1)
            entities.append(Entity(start, stop, kind, min(1.0, len(tokens[start]) / 10)))
        return Tagging(tokens, tuple(tags), (0.5,) * len(tokens), tuple(entities), places)


def sentences(number, seed=0):
    """Sentences as rows of token, class and tag."""
    draw = random.Random(seed).choice
    return [
        [
            *_name(draw(PEOPLE), "PER"),
            (draw(VERBS), "V", "O"),
            *_name(draw(PLACES), "LOC"),
            (".", "P", "O"),
        ]
        for _ in range(number)
    ]


def _name(text, kind):
    first, *rest = text.split()
    return [(first, "N", f"B-{kind}"), *((word, "N", f"I-{kind}") for word in rest)]


def as_columns(rows, gap=" "):
    """Sentences as a file of columns."""
    return "\n".join("".join(gap.join(row) + "\n" for row in one) for one in rows)


def train(folder, *options, number=60, epochs=6):
    """Train for a second on columns of token, class and tag; the run, which has its data in it."""
    folder.mkdir()
    (folder / "names.conll").write_text(as_columns(sentences(number)))
    sizes = ["--hidden", "8", "--embed", "8", "--batch-size", "60", "--epochs", str(epochs)]
    pace = [
        "--lr",
        "0.03",
        "--average",
        "0.5",
        "--dropout",
        "0.1",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--quiet",
    ]
    out = folder / "run"
    text = str(folder / "names.conll")
    assert run(["train-tagger", text, "--out", str(out), *sizes, *pace, *map(str, options)]) == 0
    return out
