"""One matrix in a safetensors file: written block by block, read as a memory map.

The file is 8 bytes with the length of the header (little-endian), the header (JSON: for each tensor
type, shape and place), and the numbers.
"""

import json
import math
import os
import pathlib
from collections.abc import Iterable
from typing import IO, Any

import numpy as np

from seqkit.files import check_plain, parse_json
from seqkit.vectors.search import Array

ALIGNED = 64
"""The numbers begin at a multiple of this, so that they can be used where they lie."""
LONGEST = 100_000_000
"""Bytes of a header; the format allows no more."""


def write_tensor(
    file: IO[bytes], name: str, shape: tuple[int, int], blocks: Iterable[Array]
) -> None:
    """Write a float32 tensor (N, D) whose rows come in blocks (n, D)."""
    entry = {"dtype": "F32", "shape": list(shape), "data_offsets": [0, 4 * math.prod(shape)]}
    text = json.dumps({"__metadata__": {"format": "seqkit vectors"}, name: entry}).encode()
    text += b" " * (-(8 + len(text)) % ALIGNED)
    file.write(len(text).to_bytes(8, "little") + text)
    for block in blocks:
        file.write(np.ascontiguousarray(block, "<f4").data)


def map_tensor(path: pathlib.Path, *names: str) -> Array:
    """A float32 tensor (N, D) of a file, mapped into memory, read-only: the first of `names` there.

    ValueError for a file that is damaged, or that holds no such tensor.
    """
    check_plain(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, LONGEST):
            raise ValueError(f"{path}: damaged or cut short; convert or train the vectors again")
        tensors = _header(path, file.read(length))
    name = next((name for name in names if name in tensors), None)
    if name is None:
        raise ValueError(f"{path}: holds no tensor {names[0]!r}, so no word vectors")
    (rows, width), begin, end = _entry(path, name, tensors[name])
    if 8 + length + end > size:
        raise ValueError(f"{path}: cut short at byte {size:,}; convert or train the vectors again")
    return np.asarray(np.memmap(path, "<f4", "r", 8 + length + begin, (rows, width)))


def _header(path: pathlib.Path, text: bytes) -> dict[str, Any]:
    try:
        value = parse_json(text)
    except ValueError as error:
        raise ValueError(f"{path}: not a safetensors file, or damaged ({error})") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path}: not a safetensors file, or damaged (no object in its header)")
    return value


def _entry(path: pathlib.Path, name: str, entry: Any) -> tuple[tuple[int, int], int, int]:
    """Shape, begin and end of a tensor, checked to fit together."""
    entry = entry if isinstance(entry, dict) else {}
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    if entry.get("dtype") != "F32" or not _two_numbers(shape) or not _two_numbers(offsets):
        raise ValueError(f"{path}: {name!r} is not a float32 matrix, or its header is damaged")
    if min(shape) < 1 or offsets[1] - offsets[0] != 4 * math.prod(shape):
        raise ValueError(f"{path}: damaged: {name!r} of shape {shape} lies at bytes {offsets}")
    return (shape[0], shape[1]), offsets[0], offsets[1]


def _two_numbers(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(n) is int and n >= 0 for n in value)
    )
