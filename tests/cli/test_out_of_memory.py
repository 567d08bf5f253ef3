"""A lack of memory is told as such, whoever notices it, and is no bad input."""

import errno

import numpy as np
import pytest
import torch

from seqkit.cli.out_of_memory import REMEDY, is_out_of_memory


def wrapped():
    try:
        bytearray(1 << 62)
    except MemoryError as error:
        raise ValueError("weights: damaged") from error


def no_memory():
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


@pytest.mark.parametrize(
    "fail",
    [lambda: torch.empty(1 << 46), lambda: np.empty(1 << 46), no_memory, wrapped],
    ids=["torch", "numpy", "system", "wrapped"],
)
def test_every_lack_of_memory_is_known(fail, seqkit, trained, monkeypatch):
    monkeypatch.setattr("seqkit.tasks.language.load", lambda *given: fail())
    result = seqkit("sample", trained)
    assert result.code == 1 and result.error == REMEDY


def test_other_errors_are_not_taken_for_one():
    assert not is_out_of_memory(ValueError("out of memory"))  # a text may say so
    assert not is_out_of_memory(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_out_of_memory(RuntimeError("size mismatch"))
