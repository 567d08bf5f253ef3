"""`seqkit doctor`."""

import importlib.metadata
import importlib.util
import platform

import click

from seqkit.cli import options

LIBRARIES = ("numpy", "torch", "nltk", "tqdm", "click", "safetensors", "numba")
EXTRAS = {
    "plots": "matplotlib",
    "subword": "tokenizers",
    "images": "PIL",
    "export": "onnxruntime",
    "serve": "starlette",
}


@click.command(cls=options.Command, name="doctor")
@options.as_json
def command(as_json: bool) -> None:
    """Show versions, devices and which fast paths are in use.

    \b
    Example:
      seqkit doctor
    """
    facts = {**_versions(), **_paths()}
    if as_json:
        options.echo_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name:<30} {value}")


def _versions() -> dict[str, str]:
    import seqkit

    found = {"seqkit": seqkit.__version__, "python": platform.python_version()}
    found |= {name: _version(name) for name in LIBRARIES}
    for extra, module in EXTRAS.items():
        missing = importlib.util.find_spec(module) is None
        state = f'missing: pip install "seqkit[{extra}]"' if missing else "installed"
        found[f"extra {extra}"] = state
    return found


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return f"missing: pip install {library}"


def _paths() -> dict[str, str]:
    import torch

    from seqkit.corpora.nltk_corpora import installed
    from seqkit.train.precision import bf16_speedup

    speedup = bf16_speedup()
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "gpus": ", ".join(gpus) or "none",
        "bf16 on this cpu": f"{speedup:.1f} times fp32: {'used' if speedup > 1.3 else 'not used'}",
        **_compiled("cuda" if gpus else "cpu"),
        "nltk corpora": ", ".join(installed()) or "none found (see NLTK_DATA)",
    }


def _compiled(device: str) -> dict[str, str]:
    """What numba compiles, or what runs in its place where it cannot be imported."""
    try:
        import numba  # noqa: F401 (whether it can be)
    except ImportError as error:
        return {
            "text scanner": f"plain Python, slower; numba cannot be imported ({error})",
            "word2vec on cpu": "torch, slower",
            "cells": "do not run without numba",
        }
    return {"text scanner": "compiled", "word2vec on cpu": "compiled", **_cells(device)}


def _cells(device: str) -> dict[str, str]:
    """How each cell runs over a sequence without padding on a device."""
    from seqkit.layers import CELLS
    from seqkit.tasks.fast_paths import path_of

    return {f"{name} on {device}": path_of(name, device) for name in CELLS}
