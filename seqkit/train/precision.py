"""Which type of number to compute in on this machine, found out by trying."""

import time

import torch

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}

ROUNDS = 6
"""How often both are tried."""


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
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several would wait for one another where the machine is busy
    try:
        pairs = [(_seconds(torch.float32), _seconds(torch.bfloat16)) for _ in range(ROUNDS)]
    except RuntimeError:  # some processors have no such kernel at all
        return 0.0
    finally:
        torch.set_num_threads(threads)
    # The first round warms up; the best of several in turn is seldom misled.
    slow, fast = (min(times) for times in zip(*pairs[1:], strict=True))
    return float(slow / fast)


def _seconds(dtype: torch.dtype) -> float:
    """The time of a matrix product and an LSTM layer, forward and backward.

    That of the processor in this thread, where its clock is fine enough, so that other work on the
    machine does not count.
    """
    fine = time.get_clock_info("thread_time").resolution < 1e-5
    clock = time.thread_time if fine else time.perf_counter
    a, b = torch.ones(256, 256, dtype=dtype), torch.ones(256, 4096, dtype=dtype)
    layer = torch.nn.LSTM(128, 128, dtype=dtype)
    x = torch.ones(16, 16, 128, dtype=dtype)
    start = clock()
    _ = a @ b
    layer(x)[0].sum().backward()
    return clock() - start
