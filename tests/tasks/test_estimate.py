"""The memory that is told before a training: what it counts, and whether it is so."""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from seqkit.tasks import language, word2vec
from seqkit.tasks.estimates import FIXED, of_layer, of_weights
from seqkit.tasks.language.estimate import memory_of, memory_of_step


def chosen(**changes):
    return language.build_settings("small", **changes)


def test_a_step_keeps_weights_layers_and_softmax():
    """By hand: one simple layer of 8, embedding tied, windows of 2 x 5 positions, 100 types."""
    one = chosen(cell="rnn", layers=1, hidden=8, batch_size=2, bptt=5)
    N, V, H = 10, 100, 8
    layer = 2 * H + 4 * H + 2 * H
    for precision, size in (("fp32", 4), ("bf16", 2)):
        wanted = 4 * 5 * 1000 + size * (N * layer + N * V + V * H + 2 * 200) + 12 * V * H
        assert memory_of_step(one, precision, V, 1000) == wanted
    for optimizer, numbers in (("sgd", 3), ("momentum", 4), ("adamw", 5)):
        own = dataclasses.replace(one, optimizer=optimizer)
        more = memory_of_step(own, "fp32", V, 2000) - memory_of_step(own, "fp32", V, 1000)
        assert more == 4 * numbers * 1000 + 2 * 4 * 1000
    some = dataclasses.replace(one, weight_drop=0.5)
    more = memory_of_step(some, "bf16", V, 1000) - memory_of_step(one, "bf16", V, 1000)
    assert more == 4 * 200
    one_hot = dataclasses.replace(one, input="one-hot")
    more = memory_of_step(one_hot, "bf16", V, 1000) - memory_of_step(one, "bf16", V, 1000)
    assert more == 8 * N * V  # whole numbers, (B, T, V)
    averaged = dataclasses.replace(one, average=0.9)
    more = memory_of_step(averaged, "fp32", V, 500) - memory_of_step(one, "fp32", V, 500)
    assert more == 4 * 500
    pieces = dataclasses.replace(one, accumulate=2)
    less = memory_of_step(one, "fp32", V, 500) - memory_of_step(pieces, "fp32", V, 500)
    assert less == 4 * 5 * (layer + V)


def test_memory_does_not_grow_with_the_text():
    few, many, more = (
        memory_of(chosen(), "fp32", 100, 1000, tokens) for tokens in (10**3, 10**8, 10**10)
    )
    assert FIXED < few < many == more


def test_memory_of_vectors():
    """One as it begins, two that are trained, with rows of a multiple of 16."""
    settings = word2vec.Word2VecSettings(dim=100)
    more = word2vec.memory_of(settings, 2000) - word2vec.memory_of(settings, 1000)
    assert more == 1000 * (500 + 4 * 100 + 2 * 4 * 112)


@pytest.mark.parametrize(
    ("optimizer", "average", "copies"),
    [("sgd", 0.0, 3), ("momentum", 0.9, 5), ("adamw", 0.9, 6), ("asgd", 0.0, 4)],
)
def test_what_there_is_of_every_weight(optimizer, average, copies):
    """The weight, its gradient, the best so far; the optimizer's numbers; an average."""
    assert of_weights(chosen(optimizer=optimizer, average=average), 1000) == 4 * copies * 1000


def test_what_a_layer_keeps():
    """Four gates of 3 numbers with gradients, 4 vectors of 3, 2 of 5."""
    assert of_layer("lstm", 3, 5) == 2 * 12 + 12 + 10


ONE = ["--epochs", "1", "--threads", "1"]
COMMANDS = {
    "train-lm": [
        "text.txt",
        "--preset",
        "tiny",
        "--tokenizer",
        "whitespace",
        *ONE,
        "--epochs",
        "2",
    ],
    "train-word2vec": ["text.txt", *ONE, "--dim", "300", "--min-count", "1"],
    "train-tagger": ["tagged.txt", *ONE],
    "train-classifier": ["labelled.tsv", "--model", "linear"],
    "train-translator": ["text.txt", "text.txt", *ONE, "--precision", "fp32"],
    "train-image": ["images.npz", *ONE, "--model", "mlp", "--hidden", "2000"],
}


def write_all(folder):
    """A text, the same tagged and labelled, and images."""
    lines = [[f"w{20 * line + i}" for i in range(20)] for line in range(500)]
    (folder / "text.txt").write_text("\n".join(map(" ".join, lines)) + "\n")
    tagged = ("\n".join(f"{word} {word[-1]}" for word in line) for line in lines)
    (folder / "tagged.txt").write_text("\n\n".join(tagged) + "\n")
    labelled = (f"{'ab'[n % 2]}\t{' '.join(line)}" for n, line in enumerate(lines))
    (folder / "labelled.tsv").write_text("\n".join(["label\ttext", *labelled]) + "\n")
    images = np.random.default_rng(0).integers(0, 256, (500, 9, 9, 1), np.uint8)
    np.savez(folder / "images.npz", images=images, labels=np.arange(500) % 2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts memory as Linux does")
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_told_is_what_is_taken(command, tmp_path):
    write_all(tmp_path)
    whole = [sys.executable, "-m", "seqkit", command, *COMMANDS[command]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    place = {"cwd": tmp_path, "env": environment}
    done = subprocess.run([*whole, "--dry-run", "--json"], check=True, capture_output=True, **place)
    told = json.loads(done.stdout)["memory_bytes"]
    if (taken := peak([*whole, "--out", "one"], place)) > 1.2 * told:
        taken = peak([*whole, "--out", "two"], place)  # the first one may have had to compile loops
    assert told == pytest.approx(taken, rel=0.2)


MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
assert status == 0
print(1024 * usage.ru_maxrss)
"""


def peak(command, place):
    """The most memory that a command had, in bytes.

    Linux counts what the process that starts it had, too, so a small one does.
    """
    measure = [sys.executable, "-c", MEASURE, *command]
    return int(subprocess.run(measure, check=True, capture_output=True, **place).stdout)
