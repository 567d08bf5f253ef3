"""Checkpoints, and the choice of a type of number."""

import math

import pytest
import torch

from seqkit.train.checkpoint import load_tree, save_tree
from seqkit.train.precision import bf16_speedup, choose_precision


def test_checkpoint_gives_back_the_same_tree(tmp_path):
    tree = {
        "numbers": [1, 2.5, math.inf, None, True, "text"],
        "by id": {0: {"step": torch.tensor(3.0), "m": torch.randn(2, 3)}, 7: {}},
        "pair": (torch.arange(4, dtype=torch.uint8), []),
    }
    save_tree(tmp_path / "state", tree)
    found = load_tree(tmp_path / "state")
    assert found["numbers"] == tree["numbers"]
    assert list(found["by id"]) == [0, 7] and isinstance(found["pair"], tuple)
    assert torch.equal(found["by id"][0]["m"], tree["by id"][0]["m"])
    assert torch.equal(found["pair"][0], tree["pair"][0])


def test_damaged_checkpoints_are_refused_by_name(tmp_path):
    path = tmp_path / "state"
    save_tree(path, {"w": torch.randn(100)})
    whole = path.read_bytes()
    for broken in (b"", whole[:-7], b"\x80\x04" + whole, whole.replace(b"tree", b"bush")):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=r"state: not a seqkit checkpoint, or damaged"):
            load_tree(path)


def test_precision_is_as_asked_or_probed():
    cpu = torch.device("cpu")
    assert choose_precision("fp32", cpu) == "fp32"
    assert choose_precision("bf16", cpu) == "bf16"
    assert choose_precision("auto", cpu) in ("fp32", "bf16")
    assert bf16_speedup() >= 0
    with pytest.raises(ValueError, match="unknown --precision 'fp8'"):
        choose_precision("fp8", cpu)


def test_a_flipped_bit_anywhere_in_a_checkpoint_is_found(tmp_path):
    """Also one that leaves a tensor of other numbers; without the sum, as once, it is not."""
    path = tmp_path / "state"
    save_tree(path, {"w": torch.randn(50), "step": 7})
    whole = path.read_bytes()
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 4
        path.write_bytes(broken)
        try:
            found = load_tree(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:  # the name of the sum itself
            assert b'"sha256"' not in bytes(broken) and found["step"] == 7
