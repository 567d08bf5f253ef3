"""Sizes of what comes out of layers (N4, N2): against counting, against torch, and by hand."""

import numpy as np
import pytest
import torch

from seqkit.vision.build import build
from seqkit.vision.layer_kinds import Conv, Pool
from seqkit.vision.shapes import output_size, plan, shapes_of, table
from seqkit.vision.specification import parse
from tests.vision.naive import fitting


def test_sizes_equal_counting_the_places_of_the_filter():
    draws = np.random.default_rng(0)
    refused = 0
    for _ in range(500):
        n, f, p, s = (int(draws.integers(low, 12)) for low in (1, 1, 0, 1))
        count = fitting(n + 2 * p, f, s)
        if count == 0:
            refused += 1
            with pytest.raises(ValueError, match=f"a filter of {f} is larger than its input"):
                output_size(n, f, p, s)
        else:
            assert output_size(n, f, p, s) == count
    assert 20 < refused < 400


def test_sizes_equal_those_of_torch():
    draws = np.random.default_rng(1)
    for _ in range(300):
        f, p, s = (int(draws.integers(low, high)) for low, high in ((1, 6), (0, 4), (1, 5)))
        shape = (2, *(int(n) for n in draws.integers(f, 12, 2)))
        for layer in (Conv(3, f, p, s), Pool(f, s), Pool(f, s, mean=True)):
            planned = plan((layer,), shape)
            assert build(planned)(torch.zeros(1, *shape)).shape[1:] == planned[0].after


def test_same_keeps_rows_and_columns():
    for f in (1, 3, 5, 7):
        assert shapes_of((Conv(4, f, "same"),), (1, 6, 9)) == ((4, 6, 9),)


LENET = "conv 6x5 same tanh, avgpool 2, conv 16x5 tanh, pool 2, flatten, dense 120, bn, dense 10"


def test_a_net_by_hand():
    assert shapes_of(parse(LENET), (1, 28, 28)) == (
        *((6, 28, 28), (6, 28, 28), (6, 14, 14)),
        *((16, 10, 10), (16, 10, 10), (16, 5, 5)),
        *((400,), (120,), (120,), (10,)),
    )


def test_parameters_are_those_that_the_modules_learn():
    planned = plan(parse(LENET), (3, 28, 28))
    learnt = [
        sum(p.numel() for p in module.parameters() if p.requires_grad) for module in build(planned)
    ]
    assert [p.parameters for p in planned] == learnt
    assert learnt[0] == 6 * (3 * 25 + 1) and learnt[-3:] == [48_000, 240, 1210]  # no bias before bn


def test_the_table():
    lines = table(plan(parse("conv 2x3 same, flatten, dense 10"), (1, 28, 28))).splitlines()
    assert [line.split() for line in lines] == [
        ["layer", "output", "parameters"],
        ["conv", "2x3", "same", "2", "x", "28", "x", "28", "20"],
        ["flatten", "1568", "0"],
        ["dense", "10", "10", "15,690"],
        ["15,710"],
    ]
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "relu, conv 4x9",
            r"layer 2, 'conv 4x9': a filter of 9 is larger .* n \+ 2p = 8 .*must be",
        ),
        ("pool 9", "layer 1, 'pool 9': a filter of 9 is larger than its input"),
        ("conv 4x4 same", r"p = \(f - 1\) / 2, which for f = 4 is no whole number; .* as 4x5"),
        ("dense 10", r"W\[l\] is \(n\[l\], n\[l-1\]\), .*gets 2 x 8 x 8; put flatten before it"),
        ("flatten, dense 10 from 99", r"here \(10, 128\): .*not 99; write dense 10 from 128"),
        ("flatten, pool 2", "layer 2, 'pool 2': needs channels x rows x columns, .* vector of 128"),
        ("flatten, conv 2x3 same", "gets a vector of 128"),
        ("flatten, avgpool all", "gets a vector of 128"),
    ],
)
def test_errors_explain_the_rule(text, error):
    with pytest.raises(ValueError, match=error.replace("as 4x5", "such as 4x5")) as raised:
        shapes_of(parse(text), (2, 8, 8))
    assert "\n" not in str(raised.value)


def test_dense_after_the_right_number_of_inputs_is_taken():
    assert shapes_of(parse("flatten, dense 10 from 128"), (2, 8, 8))[-1] == (10,)


@pytest.mark.parametrize("shape", [(28, 28), (0, 28, 28)])
def test_images_have_three_sizes(shape):
    with pytest.raises(ValueError, match="images are channels x rows x columns"):
        shapes_of(parse("flatten"), shape)
