"""Trees of tensors and plain values in one safetensors file, written atomically, never pickled."""

import contextlib
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import safetensors
import torch

from seqkit.files import atomic_write
from seqkit.train.tensors import write_tensors

SUM, SUM_SIZE = "sha256", 32
"""The last tensor of the file: the sha256 of all bytes before it."""


def save_tree(path: str | os.PathLike[str], tree: Any) -> None:
    """Write nested dicts, lists and tuples of tensors, numbers, strings and None to `path`."""
    tensors: dict[str, torch.Tensor] = {}
    outline = json.dumps(_outline(tree, tensors))
    tensors[SUM] = torch.zeros(SUM_SIZE, dtype=torch.uint8)
    with atomic_write(path) as file:
        write_tensors(file, tensors, {"tree": outline})
        digest = _digest(file)
        file.seek(-SUM_SIZE, os.SEEK_END)
        file.write(digest)


def load_tree(path: str | os.PathLike[str]) -> Any:
    """Read what `save_tree` wrote; a damaged or foreign file is a ValueError that names it."""
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            outline = json.loads((file.metadata() or {})["tree"])  # infinite numbers may be in it
        _check_sum(path, tensors.pop(SUM, None))
        return _rebuild(outline, tensors)
    except Exception as error:  # the library raises a dozen kinds over damaged files
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ValueError(f"{path}: not a seqkit checkpoint, or damaged ({reason})") from error


def _check_sum(path: str | os.PathLike[str], told: torch.Tensor | None) -> None:
    """ValueError unless the bytes are those that were written; older files do not tell."""
    with pathlib.Path(path).open("rb") as file:
        if told is not None and bytes(told.tolist()) != _digest(file):
            raise ValueError("its bytes have changed since it was written")


def _digest(file: BinaryIO) -> bytes:
    """The sha256 of all bytes of a file but the last ones, which are for the digest itself."""
    left = file.seek(0, os.SEEK_END) - SUM_SIZE
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(min(left, 1 << 20)):
        digest.update(block)
        left -= len(block)
    return digest.digest()


@contextlib.contextmanager
def fitting(path: str | os.PathLike[str]) -> Iterator[None]:
    """Use what a checkpoint holds; ValueError names it where that does not fit the training."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as e:
        reason = " ".join(str(e).split())[:200] or type(e).__name__
        raise ValueError(f"{path}: does not fit this training, or is damaged ({reason})") from e


def _outline(node: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """The tree in JSON's terms; each tensor is put into `tensors` and stands by its name there."""
    if isinstance(node, torch.Tensor):
        name = f"{len(tensors):06d}"
        tensors[name] = node
        return {"tensor": name}
    if isinstance(node, dict):
        return {"items": [[key, _outline(value, tensors)] for key, value in node.items()]}
    if isinstance(node, (list, tuple)):
        kind = "list" if isinstance(node, list) else "tuple"
        return {kind: [_outline(value, tensors) for value in node]}
    return node


def _rebuild(node: Any, tensors: dict[str, torch.Tensor]) -> Any:
    if not isinstance(node, dict):
        return node
    ((kind, content),) = node.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "items":
        return {key: _rebuild(value, tensors) for key, value in content}
    values = [_rebuild(value, tensors) for value in content]
    return values if kind == "list" else tuple(values)
