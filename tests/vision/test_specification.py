"""Specifications: what they are read as, written and read again, and errors that point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.vision.build import ACTIVATIONS
from seqkit.vision.layer_kinds import ACTIVATIONS as NAMES
from seqkit.vision.layer_kinds import (
    Activation,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalMean,
    Norm,
    Pool,
)
from seqkit.vision.specification import parse, write


def test_a_whole_net():
    text = """conv 32x3 same, bn, relu, pool 2, conv 64x5 pad 1 stride 2 tanh
        avgpool 2 stride 1, dropout 0.3, keep 0.7, avgpool all, flatten,
        dense 128 from 64 leaky-relu, dense 10"""
    assert parse(text) == (
        Conv(32, 3, "same"),
        Norm(),
        Activation("relu"),
        Pool(2, 2),
        Conv(64, 5, 1, 2),
        Activation("tanh"),
        Pool(2, 1, mean=True),
        Dropout(0.7),
        Dropout(0.7),
        GlobalMean(),
        Flatten(),
        Dense(128, 64),
        Activation("leaky-relu"),
        Dense(10),
    )


def test_options_in_any_order_and_valid_by_default():
    assert parse("conv 4x3 stride 2 same") == parse("conv 4x3 same stride 2")
    assert parse("conv 4x3 valid") == parse("conv 4x3") == (Conv(4, 3, 0, 1),)


sizes = st.integers(1, 99)
layers = st.one_of(
    st.builds(Conv, sizes, sizes, st.integers(0, 9) | st.just("same"), sizes),
    st.builds(Pool, sizes, sizes, st.booleans()),
    st.builds(Dropout, st.integers(1, 100).map(lambda percent: percent / 100)),
    st.builds(Dense, sizes, st.none() | sizes),
    st.builds(Activation, st.sampled_from(NAMES)),
    st.sampled_from([GlobalMean(), Norm(), Flatten()]),
)


@given(st.lists(layers, min_size=1).map(tuple))
def test_what_is_written_is_read_again(specification):
    assert parse(write(specification)) == specification


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the specification has no layers"),
        (" , \n", "the specification has no layers"),
        (
            "conv 32x same",
            "layer 1, 'conv 32x same': '32x' at word 2 .* write FILTERSxSIZE, as 32x3",
        ),
        ("relu, conv 0x3", "layer 2, 'conv 0x3': '0x3' at word 2"),
        ("conv", "layer 1, 'conv': FILTERSxSIZE is missing at word 2"),
        ("conv 4x3 strid 2", "'strid' at word 3 is not expected; write for example 'conv 32x3"),
        ("conv 4x3 stride 0", "'0' at word 4 should be the stride, a whole number from 1 on"),
        ("conv 4x3 same pad -1", "'-1' at word 5 should be the padding, a whole number from 0 on"),
        ("pool", "the size of the window is missing at word 2"),
        ("pool all", "'all' at word 2 should be the size of the window"),
        ("pool 2 2", "'2' at word 3 is not expected"),
        ("dropout 30%", "'30%' at word 2 should be the share to drop, a number from 0 to 1"),
        ("dropout 1", "'1' at word 2 leaves nothing"),
        ("keep 0", "'0' at word 2 leaves nothing"),
        ("keep 1.5", "'1.5' at word 2 should be the share to keep"),
        ("dense ten", "'ten' at word 2 should be the number of units"),
        ("dense 9 from relu", "'relu' at word 4 should be the number of inputs"),
        ("dense 9 rely", "'rely' at word 3 is not expected; write for example 'dense 128 relu'"),
        ("bn 3", "'3' at word 2 is not expected; write for example 'bn'"),
        ("flatten, dens 10", "layer 2, 'dens 10': 'dens' at word 1 is no kind .* conv, pool, "),
    ],
)
def test_an_error_points_at_the_word(text, error):
    with pytest.raises(ValueError, match=error) as raised:
        parse(text)
    assert "\n" not in str(raised.value)


def test_every_activation_has_a_function():
    assert tuple(ACTIVATIONS) == NAMES
