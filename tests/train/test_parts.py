"""Schedules, optimizers, clipping, averages and checkpoints, each against its formula."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from seqkit.train.averaging import WeightAverage
from seqkit.train.checkpoint import load_tree, save_tree
from seqkit.train.optimizers import OPTIMIZERS, ClipNorm, ClipValue, build_optimizer
from seqkit.train.precision import bf16_speedup, choose_precision
from seqkit.train.schedules import SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_stay_within_zero_and_one_and_end_low(name):
    values = [SCHEDULES[name](p / 1000) for p in range(1001)]
    assert min(values) >= 0
    assert max(values) == pytest.approx(1, abs=1e-4)
    if name != "constant":
        assert values[-1] <= 0.06


def test_schedules_at_known_points():
    assert SCHEDULES["1/t"](0.5) == pytest.approx(1 / (1 + 9.5))
    assert SCHEDULES["exponential"](0.5) == pytest.approx(0.1)
    assert SCHEDULES["step"](0.49) == 1 and SCHEDULES["step"](0.71) == 0.125
    assert SCHEDULES["cosine"](0.03 + 0.97 / 2) == pytest.approx(0.5)
    assert SCHEDULES["one-cycle"](0) == pytest.approx(0.1)
    assert SCHEDULES["one-cycle"](0.25) == pytest.approx(1)


def one_weight(value=2.0):
    model = nn.Module()
    model.matrix = nn.Parameter(torch.full((1, 1), value, dtype=torch.float64))
    model.bias = nn.Parameter(torch.full((1,), value, dtype=torch.float64))
    return model


def formula(name, gradients, lr, w=2.0, decay=0.0):
    """O2 by hand: one weight, a list of gradients."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        if name == "adamw":
            w -= lr * decay * w
        else:
            g += decay * w
        if name == "sgd":
            w -= lr * g
        elif name == "momentum":
            m = 0.9 * m + g
            w -= lr * m
        elif name == "rmsprop":
            v = 0.999 * v + 0.001 * g * g
            w -= lr * g / (math.sqrt(v) + 1e-8)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w -= lr * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_follow_their_formulas_and_spare_biases_from_decay(name):
    model, gradients = one_weight(), [0.5, -1.0, 2.0, 0.1]
    optimizer = build_optimizer(name, model, 0.1, weight_decay=0.3)
    for gradient in gradients:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, gradient)
        optimizer.step()
    assert model.matrix.item() == pytest.approx(formula(name, gradients, 0.1, decay=0.3), rel=1e-6)
    assert model.bias.item() == pytest.approx(formula(name, gradients, 0.1), rel=1e-6)


def test_unknown_optimizer_and_bad_rates_are_named():
    with pytest.raises(ValueError, match="unknown optimizer 'adan'; there are: adam, adamw"):
        build_optimizer("adan", one_weight(), 0.1)
    with pytest.raises(ValueError, match="--lr must be above 0, got 0"):
        build_optimizer("adam", one_weight(), 0)
    with pytest.raises(ValueError, match="--clip must be above 0, got -1"):
        ClipNorm(-1)


def test_clipping_by_norm_and_by_value():
    model = one_weight()
    for clip, expected in ((ClipNorm(1.0), (0.6, -0.8)), (ClipValue(3.5), (3.0, -3.5))):
        model.matrix.grad = torch.full((1, 1), 3.0, dtype=torch.float64)
        model.bias.grad = torch.full((1,), -4.0, dtype=torch.float64)
        assert clip(list(model.parameters())).item() == pytest.approx(5)
        found = (model.matrix.grad.item(), model.bias.grad.item())
        assert found == pytest.approx(expected, rel=1e-5)


def test_average_follows_its_recurrence_and_swaps_back():
    model = one_weight(0.0)
    average, expected = WeightAverage(model, 0.8), 0.0
    for n, value in enumerate(np.linspace(1, 3, 50), 1):
        with torch.no_grad():
            model.matrix.fill_(value)
        average.update()
        expected += (1 - min(0.8, (1 + n) / (10 + n))) * (value - expected)
    average.swap()
    assert model.matrix.item() == pytest.approx(expected)
    average.swap()
    assert model.matrix.item() == 3


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
