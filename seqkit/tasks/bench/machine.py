"""What figures of speed belong to: the processor, the device, the versions."""

import contextlib
import importlib.metadata
import pathlib
import platform

import torch

import seqkit
from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.devices import cpu_threads, describe_device
from seqkit.tasks.holding import versions


def describe_machine(setup: Setup) -> dict[str, str]:
    """The machine and the versions, and where and in which precision is computed, for people."""
    device = torch.device(setup.device)
    libraries = versions()
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        libraries["numba"] = importlib.metadata.version("numba")
    named = (f"{name} {version}" for name, version in libraries.items())
    return {
        "processor": f"{_processor()}, {torch.backends.cpu.get_cpu_capability()}",
        "system": f"{platform.system()} {platform.machine()}",
        "device": describe_device(device, torch.get_num_threads()),
        "word vectors": f"{cpu_threads(setup.threads)} threads",
        "precision": f"{setup.precision} where a training has a choice",
        "versions": ", ".join([f"seqkit {seqkit.__version__}", *named]),
    }


def _processor() -> str:
    """The name of the processor, where the system tells it."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
