"""Where a model runs: the device and the number of threads, by the names users type."""

import torch


def choose_device(name: str) -> torch.device:
    """A torch device for auto, cpu, cuda, cuda:N or mps; ValueError where there is none such."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
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
