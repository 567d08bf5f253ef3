"""Writing tensors in the form of safetensors, straight from where they lie in memory.

safetensors' own writers take the name of a file, or make all of it in memory first; here an open
file, such as `atomic_write` gives, gets one tensor after the other.
"""

import json
from collections.abc import Mapping, Sequence
from typing import IO

import torch
from torch import Tensor

KINDS = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
"""What safetensors calls the types of numbers."""
NUMBERS = 1 << 20
"""Numbers that are copied at once."""


def write_tensors(
    file: IO[bytes], tensors: Mapping[str, Tensor], metadata: Mapping[str, str]
) -> None:
    """Write tensors of any shape, by name, and some text.

    The file is 8 bytes with the length of the header (little-endian), the header (JSON), and the
    numbers, the widest types first, so that each lies at a multiple of its width. What has to be
    copied first, from another device or because it is not contiguous, is copied a few rows at a
    time.
    """
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name in names:
        tensor = tensors[name]
        begin, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": KINDS[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for name in names:
        for rows in _few_rows(tensors[name].detach()):
            numbers = rows.cpu().contiguous().reshape(-1)
            if numbers.numel():  # none have no bytes to view
                file.write(numbers.view(torch.uint8).numpy().data)


def _few_rows(tensor: Tensor) -> Sequence[Tensor]:
    """A tensor, or its rows some at a time, of about NUMBERS numbers."""
    if tensor.ndim == 0 or tensor.numel() <= NUMBERS:
        return [tensor]
    return torch.split(tensor, max(1, NUMBERS * len(tensor) // tensor.numel()))
