"""Translators for the tests of commands: one that follows a rule, and small trained ones."""

import types

import torch

from seqkit.cli.main import run
from seqkit.tasks.translating import Candidate, Translation
from tests.tasks.translated import SETTINGS, sentences

SMALL = {**SETTINGS, "epochs": 4}
"""A training of a second or two."""


def flags(**changes):
    """The options of a small training; None leaves one out."""
    options = {**SMALL, **changes}
    return [
        part
        for name, value in options.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]


def write(folder, first=0, last=200):
    """Write some of the sentences into two files; their paths."""
    folder.mkdir(exist_ok=True)
    pairs = sentences()[first:last]
    paths = folder / "text.en", folder / "text.xx"
    for k, path in enumerate(paths):
        path.write_text("".join(f"{pair[k]}\n" for pair in pairs), "utf-8")
    return paths


def train(folder, *options, **changes):
    """A run, with the files it was trained on beside it."""
    files = write(folder)
    arguments = ["train-translator", *files, "--out", folder / "run", "--quiet"]
    assert run([str(a) for a in [*arguments, *flags(**changes), *options]]) == 0
    return folder / "run"


class StandIn:
    """Turns the order of words round: the second best with capitals, what is worse like that."""

    def __init__(self, attentive=True):
        self.model = types.SimpleNamespace(attentive=attentive)
        self.batches, self.settings, self.firsts = [], None, []

    def translate(self, texts, settings):
        self.batches.append(list(texts))
        self.settings = settings
        yield from (self._one(text, settings.nbest, settings.align) for text in list(texts))

    def sample(self, texts, config, rows, first):
        self.settings = config
        self.firsts.append(first)
        yield from (self._one(text, rows, False) for text in list(texts))

    def _one(self, text, count, align):
        tokens = text.split()
        read = tokens[: self.settings.max_tokens]
        words = tuple(reversed(read))
        rows = torch.eye(len(read) + 1)[[*reversed(range(len(read))), len(read)]]
        candidates = tuple(
            Candidate(words, " ".join(words).upper() if k else " ".join(words), -3.0 - k, -1.5 - k,
                      rows if align and words else None)
            for k in range(count if words else 1)
        )  # fmt: skip
        return Translation(text, tuple(read), candidates, len(tokens) - len(read))
