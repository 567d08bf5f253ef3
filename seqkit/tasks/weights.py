"""The weights of a run, read into a model that its config.json describes; neither is trusted."""

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from seqkit.files import check_plain

M = TypeVar("M", bound=nn.Module)
SLACK = 1 << 16
"""A size may be above the count of all weights by so much: the side of an image, for example."""


def read_tensors(path: pathlib.Path) -> dict[str, Tensor]:
    """The tensors in a file of safetensors by name; ValueError names one that is damaged."""
    check_plain(path)
    try:
        return safetensors.torch.load_file(path)
    except Exception as error:  # the library raises a dozen kinds over damaged files
        reason = f"damaged, or not a safetensors file ({_reason(error)})"
        raise ValueError(f"{path}: {reason}") from error


def check_sizes(model: Any, tensors: Mapping[str, Tensor], path: pathlib.Path) -> None:
    """ValueError where a size in what `path` says of a model is out of all proportion to it."""
    most = sum(tensor.numel() for tensor in tensors.values()) + SLACK
    left = [model]
    while left:
        node = left.pop()
        if isinstance(node, dict | list):
            left += node.values() if isinstance(node, dict) else node
        elif type(node) is int and abs(node) > most:
            raise ValueError(
                f"{path}: damaged, it says {node} of a model of {most - SLACK} numbers"
            )


def built(make: Callable[[], M], tensors: Mapping[str, Tensor], folder: pathlib.Path) -> M:
    """The model that `make` builds as the config.json in `folder` says, with these weights.

    It is built without memory first: sizes that the weights do not have are refused before
    anything is paid for them. ValueError names the file that is damaged.
    """
    try:
        with torch.device("meta"), _few_parameters(len(tensors)):
            outline = make()
    except Exception as error:  # whatever torch makes of sizes that make no sense
        raise ValueError(f"{folder / 'config.json'}: damaged ({_reason(error)})") from error
    path = folder / "model.safetensors"
    _check(outline, tensors, path)
    model = make()
    fill(model, tensors, path)
    return model


def fill(model: nn.Module, tensors: Mapping[str, Tensor], path: pathlib.Path) -> None:
    """Copy the tensors of a file into `model`, which must have exactly these."""
    _check(model, tensors, path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[name])


def _check(model: nn.Module, tensors: Mapping[str, Tensor], path: pathlib.Path) -> None:
    unknown = set(tensors)
    for name, parameter in model.named_parameters():
        found = tensors.get(name)
        if found is None or found.shape != parameter.shape:
            shape = "missing" if found is None else f"of shape {tuple(found.shape)}"
            raise ValueError(
                f"{path}: {name} is {shape}, config.json says {tuple(parameter.shape)}"
            )
        if not found.is_floating_point() or not torch.isfinite(found.float()).all():
            raise ValueError(f"{path}: damaged, {name} holds what is no finite number")
        unknown.remove(name)
    if unknown:
        raise ValueError(f"{path}: holds {min(unknown)}, which config.json does not know")


@contextlib.contextmanager
def _few_parameters(count: int) -> Iterator[None]:
    """Stop the building of a model that has more parameters than `count` tensors can fill."""
    left = 2 * count + 16  # a shared tensor is stored once

    def counted(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise ValueError(f"{count} tensors do not fill the layers that it says")

    hook = register_module_parameter_registration_hook(counted)
    try:
        yield
    finally:
        hook.remove()


def _reason(error: Exception) -> str:
    """What went wrong, in a part of a line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
