"""Trees of tensors and plain values in one safetensors file, written atomically, never pickled."""

import json
import os
from typing import Any

import safetensors
import torch

from seqkit.files import atomic_write
from seqkit.train.tensors import write_tensors


def save_tree(path: str | os.PathLike[str], tree: Any) -> None:
    """Write nested dicts, lists and tuples of tensors, numbers, strings and None to `path`."""
    tensors: dict[str, torch.Tensor] = {}
    outline = json.dumps(_outline(tree, tensors))
    with atomic_write(path) as file:
        write_tensors(file, tensors, {"tree": outline})


def load_tree(path: str | os.PathLike[str]) -> Any:
    """Read what `save_tree` wrote; a damaged or foreign file is a ValueError that names it."""
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            outline = json.loads((file.metadata() or {})["tree"])
        return _rebuild(outline, tensors)
    except (safetensors.SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: not a seqkit checkpoint, or damaged ({error})") from error


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
