"""Which type of number to compute in on this machine, found out by trying."""

import time

import torch

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


def choose_precision(name: str, device: torch.device) -> str:
    """'fp32' or 'bf16': as asked for, or for 'auto' whichever this device is clearly faster in."""
    if name in PRECISIONS:
        return name
    if name != "auto":
        raise ValueError(f"unknown --precision {name!r}; there are: auto, fp32, bf16")
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp32"
    return "bf16" if device.type == "cpu" and bf16_speedup() > 1.3 else "fp32"


def bf16_speedup() -> float:
    """How many times faster this processor multiplies and runs an LSTM in bfloat16.

    Processors without bfloat16 instructions emulate it at a loss, so asking the library whether it
    works is not enough.
    """
    try:
        return _seconds(torch.float32) / _seconds(torch.bfloat16)
    except RuntimeError:  # some processors have no such kernel at all
        return 0.0


def _seconds(dtype: torch.dtype) -> float:
    """The best time of three for a matrix product and an LSTM layer, forward and backward."""
    a, b = torch.ones(256, 256, dtype=dtype), torch.ones(256, 4096, dtype=dtype)
    layer = torch.nn.LSTM(128, 128, dtype=dtype)
    x = torch.ones(16, 16, 128, dtype=dtype)
    times = []
    for _ in range(4):  # the first one warms up
        start = time.perf_counter()
        _ = a @ b
        layer(x)[0].sum().backward()
        times.append(time.perf_counter() - start)
    return min(times[1:])
