"""The checks of settings: what passes, and what the one line of an error says."""

import dataclasses
import math

import pytest

from seqkit.tasks.checks import (
    check_choices,
    check_least,
    check_loop,
    check_positive,
    check_rates,
    option,
    read_weights,
)


@dataclasses.dataclass
class Settings:
    cell: str = "lstm"
    char_encoder: str = "cnn"
    decoder: str | None = None
    batch_size: int = 1
    accumulate: int = 1
    weight_decay: float = 0.0
    threads: int | None = None
    max_minutes: float | None = None
    lr: float = 1e-300


CHOICES = {"cell": ("gru", "lstm"), "char_encoder": {"cnn": 1, "rnn": 2}, "decoder": (None, "gru")}
LEAST = {"batch_size": 1, "weight_decay": 0, "threads": 1}
POSITIVE = ("max_minutes", "lr")


def check(**changes):
    settings = Settings(**changes)
    check_choices(settings, CHOICES)
    check_least(settings, LEAST)
    check_positive(settings, POSITIVE)


def test_values_on_the_bounds_and_none_pass():
    check()
    check(cell="gru", char_encoder="rnn", threads=1, max_minutes=0.1)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("cell", "GRU", "unknown --cell 'GRU'; there are: gru, lstm"),
        ("char_encoder", "", "unknown --char-encoder ''; there are: cnn, rnn"),
        ("decoder", "GRU", "unknown --decoder 'GRU'; there are: gru"),
        ("batch_size", 0, "--batch-size must be 1 or more, got 0"),
        ("batch_size", math.inf, "--batch-size must be 1 or more, got inf"),
        ("weight_decay", -1e-9, "--weight-decay must be 0 or more, got -1e-09"),
        ("weight_decay", math.nan, "--weight-decay must be 0 or more, got nan"),
        ("threads", -4, "--threads must be 1 or more, got -4"),
        ("max_minutes", 0.0, "--max-minutes must be above 0, got 0.0"),
        ("max_minutes", math.inf, "--max-minutes must be above 0, got inf"),
        ("lr", math.nan, "--lr must be above 0, got nan"),
    ],
)
def test_what_cannot_work_is_refused_by_the_name_of_its_option(name, value, message):
    with pytest.raises(ValueError) as caught:
        check(**{name: value})
    assert str(caught.value) == message


def test_a_setting_is_spelled_as_its_option():
    assert option("lr") == "--lr" and option("max_minutes") == "--max-minutes"


@pytest.mark.parametrize("value", [-0.1, 1.0, math.nan])
def test_a_rate_is_below_one(value):
    check_rates(Settings(lr=0.0, weight_decay=0.99), ("lr", "weight_decay"))
    with pytest.raises(ValueError, match=rf"^--lr must be in \[0, 1\), got {value}$"):
        check_rates(Settings(lr=value), ("lr",))


@dataclasses.dataclass
class LoopSettings:
    batch_size: int = 1
    accumulate: int = 1
    optimizer: str = "sgd"
    lr: float | None = None
    schedule: str = "constant"
    decay_rate: float | None = None
    weight_decay: float = 0.0
    l1: float = 0.0
    clip: float = 1.0
    average: float = 0.0
    epochs: int | None = None
    max_minutes: float | None = None
    patience: int = 0
    checkpoint_seconds: float = 1.0
    threads: int | None = None
    seed: int = 0


BAD = {"optimizer": "x", "schedule": "x", "average": 1.0, "weight_decay": -1.0, "patience": -1}
BAD |= {"l1": -0.1}


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(LoopSettings)])
def test_every_setting_of_the_loop_is_checked(name):
    check_loop(LoopSettings())
    bad = BAD.get(name, -1 if name == "seed" else 0)
    with pytest.raises(ValueError, match=f"^(unknown )?{option(name)} "):
        check_loop(LoopSettings(**{name: bad}))


def test_a_decay_rate_must_fit_the_schedule():
    check_loop(LoopSettings(schedule="1/t", decay_rate=2.0))
    with pytest.raises(ValueError, match="--decay-rate goes with --schedule 1/t or exponential"):
        check_loop(LoopSettings(schedule="cosine", decay_rate=0.5))


def test_weights_by_name():
    assert read_weights("PER=2, a=b=.5,LOC=1.", "F", "E") == {"PER": 2, "a=b": 0.5, "LOC": 1}
    for given in ("PER", "PER=0", "PER=-1", "=2", "PER=2,,LOC=1", ""):
        with pytest.raises(ValueError) as caught:
            read_weights(given, "TYPE=NUMBER", "PER=2")
        assert str(caught.value) == (
            f"--class-weights {given}: write TYPE=NUMBER, NUMBER above 0, with commas between, "
            "such as PER=2"
        )
