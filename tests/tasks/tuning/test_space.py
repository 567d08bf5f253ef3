"""Parameters as they are written, and what is drawn from their scales."""

import math
import random

import pytest

from seqkit.tasks.tuning.reading import Known, read_parameter
from seqkit.tasks.tuning.space import Choices, Range

KNOWN = Known(
    names=("lr", "hidden", "average", "dropout", "tie", "divide-gradient", "cell"),
    whole=("hidden",),
    flags={"tie": ("--tie", "--no-tie"), "divide-gradient": ("--divide-gradient", "")},
)


def read(text):
    return read_parameter(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lr=log:1e-4:1e-1", Range("lr", "log", 1e-4, 1e-1)),
        ("lr=log:1e-4:1e-1:5", Range("lr", "log", 1e-4, 1e-1, 5)),
        ("--lr=lin:-1:1", Range("lr", "lin", -1, 1)),
        ("average=1-log:0.9:0.999", Range("average", "1-log", 0.9, 0.999)),
        ("dropout=int:1:8", Range("dropout", "int", 1, 8, whole=True)),
        ("hidden=log:16:256:3", Range("hidden", "log", 16, 256, 3, whole=True)),
        ("hidden=64, 128,256", Choices("hidden", ("64", "128", "256"))),
        ("cell=gru,lstm", Choices("cell", ("gru", "lstm"))),
        ("tie=yes,no", Choices("tie", ("yes", "no"), ("--tie", "--no-tie"))),
        ("weight_decay=0,1e-3", Choices("weight-decay", ("0", "1e-3"))),
    ],
)
def test_a_parameter_is_read_as_it_is_written(text, wanted):
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("lr", "write NAME=SCALE:LOW:HIGH or NAME=A,B,C"),
        ("=1,2", "write NAME="),
        ("lr=", "write NAME="),
        ("lr=log:1e-4", "write log:LOW:HIGH"),
        ("lr=log:1e-4:1e-1:5:6", "write log:LOW:HIGH"),
        ("lr=logg:1e-4:1e-1", "unknown scale 'logg'; there are: lin, log, 1-log, int"),
        ("lr=log:1e-4:abc", "'abc' is no number"),
        ("lr=lin:nan:1", "'nan' is no number"),
        ("lr=log:1e-1:1e-4", "the lower bound comes first, and 1e-1 is not below 1e-4"),
        ("lr=lin:1:1", "1 is not below 1"),
        ("lr=log:0:1", "a log scale begins above 0, not at 0"),
        ("average=1-log:0.9:1", "a 1-log scale lies in [0, 1)"),
        ("lr=log:1e-4:1e-1:1", "'1' points: a grid takes 2 or more"),
        ("lr=log:1e-4:1e-1:2.5", "'2.5' points"),
        ("hidden=lin:1.5:4", "--hidden takes whole numbers"),
        ("dropout=int:0.5:4", "--dropout takes whole numbers"),
        ("hidden=64,12.5", "'12.5' is no whole number"),
        ("lr=0.1", "one value only; give the command --lr 0.1 itself"),
        ("lr=0.1,,0.2", "choice 2 is empty"),
        ("lr=0.1,0.2,0.1", "'0.1' stands there twice"),
        ("tie=yes,maybe", "'maybe' is neither yes nor no"),
        ("tie=lin:0:1", "--tie takes no number; write tie=yes,no"),
    ],
)
def test_what_is_wrong_is_pointed_at(text, part):
    with pytest.raises(ValueError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith(f"--param {text}: ") and part in message and "\n" not in message


# Distributions: what is drawn against the distribution function written out.

FUNCTIONS = {
    "lin:0.1:0.6": lambda v: (v - 0.1) / 0.5,
    "log:1e-4:1e-1": lambda v: (math.log10(v) + 4) / 3,
    "1-log:0.9:0.999": lambda v: (-math.log10(1 - v) - 1) / 2,
}


@pytest.mark.parametrize("scale", FUNCTIONS)
def test_draws_follow_their_scale(scale):
    """Kolmogorov's test at 1 %; the same draws fail it against the other scales."""
    generator, number = random.Random(3), 2_000
    parameter = read(f"average={scale}")
    values = sorted(parameter.at(generator.random()) for _ in range(number))

    def distance(function):
        shares = [function(value) for value in values]
        steps = [max(abs(s - i / number), abs(s - (i + 1) / number)) for i, s in enumerate(shares)]
        return max(steps)

    assert distance(FUNCTIONS[scale]) < 1.63 / math.sqrt(number)
    low, high = parameter.low, parameter.high
    for wrong in (
        lambda v: (v - low) / (high - low),
        lambda v: math.log(v / low) / math.log(high / low),
    ):
        if abs(wrong(values[number // 2]) - FUNCTIONS[scale](values[number // 2])) > 0.1:
            assert distance(wrong) > 1.63 / math.sqrt(number)


def test_whole_numbers_are_equally_likely():
    parameter, steps = read("dropout=int:-2:4"), 7_000
    values = [parameter.at((i + 0.5) / steps) for i in range(steps)]
    assert all(isinstance(value, int) for value in values)
    assert [values.count(v) for v in range(-3, 6)] == [0, *[1_000] * 7, 0]


def test_whole_numbers_on_a_log_scale_are_as_likely_as_their_share_of_it():
    parameter, steps = read("hidden=log:1:10"), 20_000
    values = [parameter.at((i + 0.5) / steps) for i in range(steps)]
    for v in range(1, 11):
        wanted = math.log((v + 0.5) / (v - 0.5)) / math.log(10.5 / 0.5)
        assert values.count(v) / steps == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("text", ["lr=log:1e-4:1e-1", "lr=lin:-3:5", "average=1-log:0.5:0.9999"])
def test_a_place_is_where_its_value_came_from(text):
    parameter = read(text)
    for place in (0, 0.1, 0.25, 0.5, 0.999, 1):
        assert parameter.place(parameter.at(place)) == pytest.approx(place, abs=2e-4)
    assert (parameter.at(0), parameter.at(1)) == (parameter.low, parameter.high)


def test_rounding_never_leaves_the_range():
    parameter = read("lr=lin:0.123456:0.123457")
    assert parameter.low <= parameter.at(0) <= parameter.at(1) <= parameter.high


# Grids and narrowing, by hand.


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("lr=log:1e-4:1e-1:4", [1e-4, 1e-3, 1e-2, 1e-1]),
        ("lr=lin:0:0.6", [0, 0.3, 0.6]),
        ("average=1-log:0.9:0.999", [0.9, 0.99, 0.999]),
        ("hidden=log:16:256", [16, 64, 256]),
        ("hidden=int:1:9:5", [1, 3, 5, 7, 9]),
        ("hidden=int:1:3:9", [1, 2, 3]),
        ("cell=gru,lstm", ["gru", "lstm"]),
    ],
)
def test_a_grid_is_evenly_spaced_on_the_scale(text, points):
    found = read(text).grid()
    assert found == points
    assert all(type(value) is not float for value in found) == text.startswith(("hidden", "cell"))


def test_a_range_is_narrowed_to_values_and_a_margin_on_its_scale():
    narrowed = read("lr=log:1e-5:1e-1").narrowed([1e-3, 1e-4, 1e-3], 0.125)
    assert narrowed.low == pytest.approx(10**-4.5, rel=1e-3)
    assert narrowed.high == pytest.approx(10**-2.5, rel=1e-3)
    assert read("lr=lin:0:8").narrowed([1, 7.5], 0.25) == Range("lr", "lin", 0, 8)
    assert read("hidden=int:0:9").narrowed([4, 5], 0.1) == Range("hidden", "int", 3, 6, whole=True)


def test_a_range_of_one_value_stays_one_value():
    one = Range("hidden", "int", 3, 3, whole=True)
    assert {one.at(place) for place in (0, 0.5, 1)} == {3} == set(one.grid())
    assert one.narrowed([3], 0.2) == one
    same = Range("lr", "log", 0.1, 0.1)
    assert same.narrowed([0.1], 0.2) == same and same.place(0.1) == 0.5


def test_choices_are_narrowed_to_those_seen_and_are_equally_likely():
    choices = read("cell=rnn,gru,lstm")
    assert choices.narrowed(["lstm", "rnn", "lstm"], 0.5).values == ("rnn", "lstm")
    values = [choices.at((i + 0.5) / 300) for i in range(300)]
    assert [values.count(name) for name in choices.values] == [100, 100, 100]


def test_values_are_typed_as_options():
    assert read("lr=log:1e-4:1e-1").words(0.0123) == ["--lr", "0.0123"]
    assert read("hidden=int:1:9").words(5) == ["--hidden", "5"]
    assert [read("tie=yes,no").words(v) for v in ("yes", "no")] == [["--tie"], ["--no-tie"]]
    gradient = read("divide-gradient=no,yes")
    assert [gradient.words(v) for v in ("yes", "no")] == [["--divide-gradient"], []]
