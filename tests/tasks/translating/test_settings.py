"""What a training of a translator can be told: checked, and handed to the model."""

import dataclasses

import pytest

from seqkit.models.translator import TranslatorConfig
from seqkit.tasks.translating import SearchSettings, TranslatorSettings


def test_the_model_is_the_one_asked_for():
    settings = TranslatorSettings(
        share_vocab=True,
        cell="gru",
        decoder_cell="rnn",
        bidirectional=False,
        layers=3,
        hidden=7,
        embed=5,
        attention="additive",
        input_feeding=True,
        tie=False,
        dropout=0.25,
        dropout_words=0.05,
        label_smoothing=0.2,
    )
    assert dataclasses.asdict(settings.model(11, 11)) == {
        "source_types": 11,
        "target_types": 11,
        "shared": True,
        "cell": "gru",
        "decoder_cell": "rnn",
        "bidirectional": False,
        "layers": 3,
        "hidden": 7,
        "embed": 5,
        "attention": "additive",
        "feeding": True,
        "tie": False,
        "dropout": 0.25,
        "dropout_words": 0.05,
        "smoothing": 0.2,
    }
    assert type(settings.model(11, 11)) is TranslatorConfig


def test_levels_are_those_of_both_sides_unless_told_otherwise():
    settings = TranslatorSettings(level="char", target_level="word")
    assert (settings.of_source, settings.of_target) == ("char", "word")
    assert [settings.longest(level) for level in ("char", "word", "subword")] == [400, 100, 100]
    assert TranslatorSettings(max_tokens=7).longest("char") == 7


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level": "byte"}, "unknown --level 'byte'; there are: word, char, subword"),
        ({"source_level": "byte"}, "unknown --source-level 'byte'; there are: word, char, subw"),
        ({"target_level": "byte"}, "unknown --target-level 'byte'"),
        ({"cell": "gru9"}, "unknown --cell 'gru9'"),
        ({"decoder_cell": "gru9"}, "unknown --decoder-cell 'gru9'"),
        ({"attention": "all"}, "unknown --attention 'all'; there are: none, dot, additive"),
        ({"precision": "fp8"}, "unknown --precision 'fp8'"),
        ({"vocab_size": 2}, "--vocab-size must be 3 or more, got 2"),
        ({"min_count": 0}, "--min-count must be 1 or more, got 0"),
        ({"max_tokens": 0}, "--max-tokens must be 1 or more, got 0"),
        ({"batch_size": 0}, "--batch-size must be 1 or more, got 0"),
        ({"scheduled_sampling": 1.0}, r"--scheduled-sampling must be in \[0, 1\), got 1.0"),
        ({"label_smoothing": -0.1}, "--label-smoothing must be in"),
        ({"dropout": 1.0}, "--dropout must be in"),
        ({"dropout_words": 2.0}, "--dropout-words must be in"),
        ({"share_vocab": True, "source_level": "char"}, "--share-vocab: the source is read by ch"),
        ({"tokenizer": "whitespace", "level": "char"}, "--tokenizer is for --level word"),
        ({"input_feeding": True, "attention": "none"}, "choose an attention"),
        ({"hidden": 5}, "hidden must be even"),
        ({"layers": 0}, "layers must be 1 or more"),
    ],
)
def test_what_cannot_work_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        TranslatorSettings(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"beam": 0}, "--beam must be 1 or more, got 0"),
        ({"nbest": 0}, "--nbest must be 1 or more, got 0"),
        ({"beam": 2, "nbest": 3}, r"--nbest must be at most --beam \(2\), got 3"),
        ({"length_penalty": -1.0}, "--length-penalty must be 0 or more, got -1.0"),
        ({"coverage_penalty": -0.5}, "--coverage-penalty must be 0 or more, got -0.5"),
        ({"coverage_penalty": float("nan")}, "--coverage-penalty must be 0 or more, got nan"),
        ({"max_tokens": 0}, "--max-tokens must be 1 or more, got 0"),
    ],
)
def test_a_search_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        SearchSettings(**changes)
