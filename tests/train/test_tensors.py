"""Tensors written as safetensors writes them, from where they lie."""

import io

import numpy as np
import pytest
import safetensors.torch
import torch

from seqkit.train import tensors
from seqkit.train.tensors import KINDS, write_tensors

META = {"tree": '{"é": "\\n"}'}


def written(named):
    file = io.BytesIO()
    write_tensors(file, named, META)
    return file.getvalue()


def test_the_bytes_are_those_of_safetensors():
    torch.manual_seed(0)
    named = {
        "b.weight": torch.randn(5, 3),
        "a.bias": torch.randn(7, dtype=torch.float64),
        "ü": torch.arange(6, dtype=torch.int16).reshape(1, 2, 3),
        "none": torch.zeros(0, 4),
        "one": torch.tensor(2.5),
        "bits": torch.tensor([True, False, True]),
    }
    assert written(named) == safetensors.torch.save(named, metadata=META)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_type_is_read_again(kind):
    value = torch.tensor([[0, 1, 1], [1, 0, 3]]).to(kind)
    (found,) = safetensors.torch.load(written({"x": value})).values()
    assert found.dtype == kind and torch.equal(found, value)


def test_types_of_different_widths_lie_at_multiples_of_them():
    named = {f"{i}": torch.zeros(3, dtype=kind) for i, kind in enumerate(KINDS)}
    data = written(named)
    first = 8 + int.from_bytes(data[:8], "little")
    assert first % 8 == 0 and len(data) == first + sum(t.nbytes for t in named.values())
    found = safetensors.torch.load(data)
    assert list(found) and all(torch.equal(found[name], named[name]) for name in named)


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(60.0).reshape(3, 20).T,
        torch.arange(60.0).reshape(20, 3)[:, :2],
        torch.arange(60.0).reshape(5, 4, 3).transpose(1, 2),
        torch.arange(6.0).expand(4, 6),
        torch.arange(4.0, requires_grad=True),
    ],
    ids=["turned", "cut", "three axes", "expanded", "with gradient"],
)
def test_a_few_rows_at_a_time(value, monkeypatch):
    monkeypatch.setattr(tensors, "NUMBERS", 6)
    sizes = []

    class File(io.BytesIO):
        def write(self, data):
            sizes.append(memoryview(data).nbytes)
            return super().write(data)

    file = File()
    write_tensors(file, {"x": value}, META)
    assert torch.equal(safetensors.torch.load(file.getvalue())["x"], value)
    most = max(6, value[0].numel() if value.ndim else 1)  # at least a row
    assert max(sizes[1:]) <= 4 * most


def test_what_lies_in_order_is_written_from_where_it_lies():
    value, seen = torch.randn(300, 7), []

    class File(io.BytesIO):
        def write(self, data):
            seen.append(data)
            return super().write(data)

    write_tensors(File(), {"x": value}, META)
    assert np.shares_memory(np.frombuffer(seen[1], np.float32), value.numpy())
