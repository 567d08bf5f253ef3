"""The checks of settings: what passes, and what the one line of an error says."""

import dataclasses
import math

import pytest

from seqkit.tasks.checks import check_choices, check_least, check_positive, option


@dataclasses.dataclass
class Settings:
    cell: str = "lstm"
    char_encoder: str = "cnn"
    batch_size: int = 1
    weight_decay: float = 0.0
    threads: int | None = None
    max_minutes: float | None = None
    lr: float = 1e-300


CHOICES = {"cell": ("gru", "lstm"), "char_encoder": {"cnn": 1, "rnn": 2}}
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
