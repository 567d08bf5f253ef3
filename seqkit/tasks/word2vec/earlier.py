"""Reading a finished run of word vectors, to go on from it."""

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqkit.tasks.runs import Run
from seqkit.text.vocabulary import Vocabulary

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Earlier:
    """The words of a run with their input and output vectors, (V, D)."""

    vocabulary: Vocabulary
    inputs: Array
    outputs: Array


def read_earlier(path: str | os.PathLike[str]) -> Earlier:
    """Read a run; ValueError where it is none of word vectors by ns or softmax, or is damaged."""
    run = Run(path)
    config = run.read_config()
    if config["task"] != "word2vec" or config["settings"].get("loss") == "hs":
        raise ValueError(f"--init {path}: not a run of train-word2vec with --loss ns or softmax")
    vocabulary = Vocabulary.load(run.path / "vocabulary.json")
    tensors = run.read_tensors()
    found = []
    for name in ("inputs", "outputs"):
        matrix = tensors.get(name)
        if matrix is None or matrix.ndim != 2 or len(matrix) != len(vocabulary):
            raise ValueError(f"{run.path / 'model.safetensors'}: damaged, without sound {name!r}")
        found.append(matrix.numpy().astype(np.float32, copy=False))
    return Earlier(vocabulary, found[0], found[1])
