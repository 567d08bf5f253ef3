"""What a training can be told: presets, defaults that depend on others, and refused values."""

import dataclasses
import math

import pytest

from seqkit.layers import CELLS
from seqkit.tasks.devices import choose_device, set_threads
from seqkit.tasks.language import PRESETS, LanguageSettings, build_settings
from seqkit.text.backward import DIRECTIONS


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_overridden(name):
    plain = build_settings(name)
    assert all(getattr(plain, key) == value for key, value in PRESETS[name].items())
    changed = build_settings(name, layers=4, epochs=7)
    assert (changed.layers, changed.epochs) == (4, 7)
    assert dataclasses.replace(changed, layers=plain.layers, epochs=plain.epochs) == plain


def test_values_that_follow_from_others():
    plain = LanguageSettings(hidden=30, dropout=0.3)
    config = plain.model(vocabulary_size=9)
    assert (config.embed, config.dropout_input, config.dropout_output) == (30, 0.3, 0.3)
    assert config.dropout_layers == 0.3 and config.dropout_words == 0
    own = LanguageSettings(hidden=30, embed=20, dropout=0.3, dropout_input=0.0, dropout_output=0.5)
    config = own.model(vocabulary_size=9)
    assert (config.embed, config.dropout_input, config.dropout_output) == (20, 0.0, 0.5)
    assert plain.vocabulary_limit == 10_000 and plain.tokenizer_name == "word"
    characters = LanguageSettings(level="char")
    assert characters.vocabulary_limit is None and characters.tokenizer_name == "char"
    assert LanguageSettings(level="char", vocab_size=50).vocabulary_limit == 50
    assert LanguageSettings(tokenizer="whitespace").tokenizer_name == "whitespace"


BAD = {
    "level": ["sentence"],
    "optimizer": ["lion"],
    "schedule": ["linear"],
    "cell": ["gru9"],
    "input": ["bytes"],
    "direction": ["up", "both", "bidirectional"],
    "precision": ["fp8"],
    "vocab_size": [-1, 0, 1],
    "min_count": [0],
    "layers": [0],
    "hidden": [0],
    "embed": [0],
    "bptt": [0],
    "batch_size": [0],
    "epochs": [0, -1],
    "patience": [-1],
    "seed": [-1],
    "threads": [0],
    "lr": [0, -1, math.nan, math.inf],
    "clip": [0, -1, math.nan],
    "clip_value": [0, -1, math.nan],
    "max_minutes": [0, -1, math.nan],
    "weight_decay": [-1, math.nan],
    "average": [-0.1, 1, math.nan],
    "dropout": [-0.1, 1, 1.5, math.nan],
    "dropout_input": [1],
    "dropout_output": [1],
    "dropout_words": [1],
    "weight_drop": [1],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs])
def test_values_that_cannot_work_are_refused_before_anything_is_read(name, value):
    with pytest.raises(ValueError) as caught:
        LanguageSettings(**{name: value})
    assert "\n" not in str(caught.value) and str(value) in str(caught.value)


def test_an_unknown_cell_input_or_direction_lists_the_known():
    known = {"cell": CELLS, "input": ("embedding", "one-hot"), "direction": DIRECTIONS}
    for name, names in known.items():
        with pytest.raises(ValueError) as caught:
            LanguageSettings(**{name: "none"})
        assert str(caught.value) == f"unknown --{name} 'none'; there are: {', '.join(names)}"


@pytest.mark.parametrize("name", ["both", "bidirectional"])
def test_a_bidirectional_language_model_is_refused_and_the_reason_given(name):
    with pytest.raises(ValueError, match="would see the words it is to predict") as caught:
        LanguageSettings(direction=name)
    for word in (name, "leak", "one forward and one backward", "tagging or classifying"):
        assert word in str(caught.value)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown --preset 'huge'; there are: tiny, small"):
        build_settings("huge")
    with pytest.raises(ValueError, match="unknown setting 'depth'; there are: accumulate, average"):
        build_settings("small", depth=3)


@pytest.mark.parametrize("name", ["tpu", "", "cpu:x", "cuda:99", "meta"])
def test_devices_that_are_not_there_are_refused(name):
    with pytest.raises(ValueError, match="--device"):
        choose_device(name)


def test_a_device_by_name():
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in ("cpu", "cuda")
    with pytest.raises(ValueError, match="--threads must be 1 or more, got 0"):
        set_threads(0)
