"""Which path each cell runs on: a library's kernels, compiled ones, or the readable loop."""

import torch

from seqkit.layers import CELLS
from seqkit.layers.fast import LIBRARY, twin_of


def path_of(cell: str, device: str, padded: bool = False) -> str:
    """How a cell runs over sequences on a device, for people; padded: of different lengths.

    That is cuDNN or oneDNN, compiled, or step by step, which is the readable loop.
    """
    one_dnn = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    on_cpu = "oneDNN" if one_dnn else "torch, step by step"
    x = torch.zeros(1, 2, 1, device=device)  # (B, T, D)
    real = torch.ones(1, 2, dtype=torch.bool, device=device) if padded else None  # (B, T)
    twin = twin_of(CELLS[cell](1, 1), x, real)
    if twin in LIBRARY.values():
        return on_cpu if x.device.type == "cpu" else "cuDNN"
    return "step by step" if twin is None else "compiled"
