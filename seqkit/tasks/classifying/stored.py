"""The files of n-gram models in a run folder: their tokens as JSON, their arrays as safetensors."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from seqkit.files import atomic_write
from seqkit.tasks.runs import FORMAT, Run, read_json
from seqkit.tasks.weights import read_tensors
from seqkit.text.ngrams import NGrams
from seqkit.train.tensors import write_tensors

Array = npt.NDArray[Any]

TOKENS = "ngrams.json"
LONGEST = 1 << 10
"""Tokens: no n-gram is longer."""


def write_ngrams(run: Run, ngrams: NGrams, level: str) -> None:
    """Write ngrams.json: all but the keys, which belong to the arrays."""
    value = {"level": level, "order": ngrams.order, "tokens": ngrams.tokens}
    with atomic_write(run.path / TOKENS) as file:
        file.write(json.dumps(value).encode() + b"\n")


def read_ngrams(run: Run, keys: Array) -> tuple[NGrams, str]:
    """The n-grams with these keys, and their level; ValueError names the file that is damaged."""
    path = run.path / TOKENS
    value = read_json(path)
    try:
        tokens, order, level = tuple(value["tokens"]), value["order"], str(value["level"])
        if not all(isinstance(token, str) for token in tokens):
            raise ValueError("a token is no text")
        if type(order) is not int or not 1 <= order <= LONGEST:
            raise ValueError("'order' is no length of n-grams")
        return NGrams(tokens, keys, order), level
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: damaged ({error})") from error


def write_arrays(run: Run, name: str, arrays: Mapping[str, Array]) -> None:
    """Write a file of safetensors."""
    tensors = {part: torch.from_numpy(array) for part, array in arrays.items()}
    with atomic_write(run.path / name) as file:
        write_tensors(file, tensors, {"format": str(FORMAT["format"])})


def read_arrays(run: Run, name: str, kinds: Mapping[str, npt.DTypeLike]) -> Sequence[Array]:
    """The arrays of a file, in the order of `kinds`, the types that they must have."""
    path = run.path / name
    if not path.exists():
        raise ValueError(f"{path}: no such file; the run is incomplete, train it again")
    tensors = read_tensors(path)
    for part, kind in kinds.items():
        found, wanted = tensors.get(part), torch.from_numpy(np.empty(0, kind)).dtype
        if found is None or found.dtype != wanted or not torch.isfinite(found).all():
            raise ValueError(f"{path}: damaged, without sound {part}; train it again")
    return [tensors[part].numpy() for part in kinds]


def check_shapes(run: Run, name: str, found: Mapping[str, tuple[Array, tuple[int, ...]]]) -> None:
    """ValueError for an array that has not the shape that the rest of the run asks for."""
    for part, (array, shape) in found.items():
        if array.shape != shape:
            raise ValueError(
                f"{run.path / name}: {part} of shape {array.shape}, the rest of the run asks for "
                f"{shape}; train it again"
            )
