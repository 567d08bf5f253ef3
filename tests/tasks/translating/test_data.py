"""The data of a training: what is left out and said of it, and that it can be opened again."""

import dataclasses

import numpy as np
import pytest

from seqkit.tasks.runs import Run
from seqkit.tasks.translating.data import read_data, reopen_data
from tests.tasks import translated
from tests.tasks.translated import Pairs, Sources

LONG = Pairs(
    "made up",
    [("a b c", "x"), ("a", "x y z"), ("a b", "x y"), ("b", "x"), ("a a a", "y y y")],
    ["1 line is blank"],
)


def test_pairs_too_long_on_either_side_are_left_out_with_their_number():
    other = Pairs("other", LONG.pairs)
    data = read_data(translated.settings(max_tokens=2), Sources(LONG, other, other))
    assert data.texts["train"].sources == ["a b", "b"]
    assert data.texts["train"].targets == ["x y", "x"]
    assert data.texts["train"].places == ["made up, line 3", "made up, line 4"]
    assert len(data.texts["valid"]) == len(data.texts["test"]) == 5
    assert data.warnings() == [
        "1 line is blank",
        "made up: 3 pairs left out, as a side has more than 2 or 2 tokens (--max-tokens)",
    ]
    assert data.longest == (2, 2)


def test_each_side_has_the_limit_of_its_level():
    source = Pairs("made up", [("b" * 101, "x"), ("b" * 401, "x"), ("b", "x " * 101)])
    data = read_data(translated.settings(source_level="char"), Sources(source, source))
    assert data.texts["train"].places == ["made up, line 1"]
    assert data.longest == (101, 1)
    assert "2 pairs left out, as a side has more than 400 or 100 tokens" in data.warnings()[0]


def test_nothing_is_said_where_nothing_is_left_out():
    assert read_data(translated.settings(max_tokens=3), Sources(LONG, LONG)).warnings() == [
        "1 line is blank",
        "1 line is blank",
    ]


def test_a_text_of_long_pairs_alone_is_refused():
    with pytest.raises(ValueError, match="made up: every pair is longer than 1 and 1 tokens; rai"):
        only = Pairs("made up", LONG.pairs[:3])
        read_data(translated.settings(max_tokens=1), Sources(only, only))


def test_no_pairs_are_refused():
    with pytest.raises(ValueError, match="nothing has no pairs"):
        read_data(translated.settings(), Sources(LONG, Pairs("nothing", [])))


def test_it_is_described_by_its_counts():
    valid = Pairs("valid", [("a fish", "x q"), ("a", "y")])
    data = read_data(translated.settings(), Sources(LONG, valid))
    found = data.describe()
    assert list(found) == ["longest", "train", "valid"]
    assert found["longest"] == [3, 3]
    assert found["train"].pop("sha256") != found["valid"].pop("sha256")
    assert found["train"] == {
        "pairs": 5,
        "source_tokens": 10 + 5,
        "target_tokens": 10 + 5,
        "source_unknown_share": 0,
        "target_unknown_share": 0,
    }
    assert found["valid"] == {
        "pairs": 2,
        "source_tokens": 3 + 2,
        "target_tokens": 3 + 2,
        "source_unknown_share": 1 / 3,
        "target_unknown_share": 1 / 3,
    }


@pytest.mark.parametrize("level", ["word", "subword"])
def test_it_is_opened_again_as_it_was(tmp_path, level):
    settings = translated.settings(level=level, vocab_size=270)
    for test in (LONG, None):
        run = Run(tmp_path / str(test is None))
        run.checkpoint.mkdir(parents=True)
        data = read_data(settings, Sources(LONG, Pairs("valid", [("a", "x")]), test))
        data.save(run)
        data.sides.save(run)
        again = reopen_data(run, settings)
        assert (again.texts, again.encoded) == (data.texts, data.encoded)
        assert again.describe() == data.describe() and again.longest == data.longest
        assert ("test" in again.texts) == (test is not None)
        assert again.warnings() == data.warnings()
        for k in (0, 1):
            assert np.array_equal(*(d.encoded["train"].lengths[k] for d in (again, data)))


@pytest.mark.parametrize("name", ["train", "valid"])
def test_texts_that_are_gone_are_missed(tmp_path, name):
    run = Run(tmp_path)
    run.checkpoint.mkdir()
    data = read_data(translated.settings(), Sources(LONG, LONG))
    data.save(run)
    data.sides.save(run)
    (run.checkpoint / f"{name}.jsonl").unlink()
    with pytest.raises(ValueError, match="its texts are gone; train anew with --force"):
        reopen_data(run, translated.settings())


def test_the_vocabularies_are_those_of_the_training_text_alone():
    valid = Pairs("valid", [("fish", "q")])
    first = read_data(translated.settings(), Sources(LONG, valid, valid))
    other = read_data(translated.settings(), Sources(LONG, LONG))
    assert first.sides.source.vocabulary == other.sides.source.vocabulary
    assert dataclasses.replace(first.texts["train"]) == other.texts["train"]
