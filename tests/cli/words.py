"""Eight word vectors for the tests of commands, as a file and as a run; slow, plain oracles."""

import json
import math

import numpy as np
import safetensors.numpy

from seqkit.text.vocabulary import Vocabulary

ROYAL = {
    "man": [1.0, 0.1, 0.1, 0.3],
    "woman": [0.1, 1.0, 0.2, 0.2],
    "king": [1.1, 0.2, 1.3, 0.1],
    "queen": [0.2, 1.2, 1.2, 0.15],
    "boy": [0.9, 0.0, -0.4, 0.7],
    "girl": [0.0, 0.8, -0.5, 0.8],
    "apple": [-0.3, -0.2, 0.1, -1.0],
    "pear": [-0.2, -0.4, 0.0, -0.8],
}
"""The vectors, the most frequent word first."""

COUNTS = [90, 80, 70, 60, 50, 40, 30, 20]

SETTINGS = {"model": "skipgram", "loss": "ns", "dim": 4, "max_minutes": None}
LOSSES = [2.5, 2.25, 2.0]


def write_text(path):
    """The vectors as a file in word2vec's text form."""
    lines = [f"{len(ROYAL)} 4", *(f"{w} {' '.join(map(str, v))}" for w, v in ROYAL.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_run(folder, **config):
    """A finished run of train-word2vec, as far as commands read it."""
    folder.mkdir()
    held = {
        "format": "seqkit-run",
        "version": 1,
        "task": "word2vec",
        "settings": SETTINGS,
        "model": {},
        "corpus": {},
        "precision": "fp32",
        **config,
    }
    (folder / "config.json").write_text(json.dumps(held))
    Vocabulary(("<unk>", "<eos>", *ROYAL), (5, 9, *COUNTS)).save(folder / "vocabulary.json")
    inputs = np.array([[9.0] * 4, [-9.0] * 4, *ROYAL.values()], np.float32)
    tensors = {"inputs": inputs, "outputs": np.zeros_like(inputs)}
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    lines = [
        {"epoch": n, "train": {"loss": loss}, "valid": {}, "lr": 0.025 / n}
        for n, loss in enumerate(LOSSES, start=1)
    ]
    (folder / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "metrics.json").write_text(json.dumps({"train": {"loss": 2.0}, "valid": {}}))
    return folder


def length(vector):
    """|v| of a list of numbers."""
    return math.sqrt(sum(x * x for x in vector))


def cosine(one, other):
    """u . v / (|u| |v|) of two lists of numbers."""
    return sum(x * y for x, y in zip(one, other, strict=True)) / (length(one) * length(other))


def combined(signs):
    """The sum of the unit vectors of words, each with its sign."""
    units = [[sign * x / length(ROYAL[w]) for x in ROYAL[w]] for w, sign in signs.items()]
    return [sum(column) for column in zip(*units, strict=True)]


def ranked(score, leave_out):
    """Words and their scores, the best first, those in leave_out missing."""
    found = [(word, score(vector)) for word, vector in ROYAL.items() if word not in leave_out]
    return sorted(found, key=lambda pair: -pair[1])


def nearest(signs, count):
    """The words nearest by cosine to a sum of words with signs (W6), and their cosines."""
    query = combined(signs)
    return ranked(lambda vector: cosine(vector, query), signs)[:count]
