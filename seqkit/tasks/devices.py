"""Where a model runs: the device and the number of threads, by the names users type."""

import os

import torch


def choose_device(name: str) -> torch.device:
    """A torch device for auto, cpu, cuda, cuda:N or mps; ValueError where there is none such."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":  # each of the processes that torchrun starts on a machine has its own
        name = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", "cuda", "mps"):
        raise ValueError(f"unknown --device {name!r}; there are: auto, cpu, cuda[:N], mps")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(f"--device {name}: this machine has {torch.cuda.device_count()} CUDA GPUs")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError("--device mps: not available on this machine")
    return device


def set_threads(threads: int | None) -> None:
    """Use this many CPU threads in torch; None leaves torch's choice, one a core."""
    if threads is None:
        return
    if threads < 1:
        raise ValueError(f"--threads must be 1 or more, got {threads}")
    torch.set_num_threads(threads)


def describe_device(device: torch.device, threads: int) -> str:
    """A device for people: its name, and for a CPU how many threads are in use."""
    if device.type == "cpu":
        return f"cpu, {threads} threads"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    return f"{device} {name}".strip()


def cpu_threads(threads: int | None) -> int:
    """How many threads a compiled loop runs on: what is asked for, or one a core we may use."""
    if threads is not None:
        return threads
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
