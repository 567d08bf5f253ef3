"""Pairs of texts: read, named by their content, kept in a checkpoint."""

import pathlib
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.translating.texts import TextPairs, read_texts, reopen_texts
from tests.tasks.translated import Pairs, texts

PAIRS = [("a cat", "kato"), ("a dog", "hundo"), ("a bird", "birdo")]


def test_every_pair_has_its_place_and_the_corpus_its_warnings():
    found = read_texts(Pairs("animals", PAIRS, ["2 lines are blank"]))
    assert len(found) == 3
    assert (found.name, found.warnings) == ("animals", ["2 lines are blank"])
    assert found.sources == ["a cat", "a dog", "a bird"]
    assert found.targets == ["kato", "hundo", "birdo"]
    assert found.places == ["animals, line 1", "animals, line 2", "animals, line 3"]


def test_the_first_pairs_are_pairs():
    found = texts(PAIRS).first(2)
    assert found == TextPairs(
        "made up", ["a cat", "a dog"], ["kato", "hundo"], ["line 1", "line 2"], []
    )
    assert texts(PAIRS).first(9) == texts(PAIRS)


def test_the_sum_changes_with_either_side():
    sums = {texts(PAIRS).sha256(), texts(PAIRS[::-1]).sha256(), texts(PAIRS[:2]).sha256()}
    sums |= {texts([*PAIRS[:2], pair]).sha256() for pair in (("a bird", "b"), ("b", "birdo"))}
    sums |= {texts([("a", "bc")]).sha256(), texts([("ab", "c")]).sha256()}
    assert len(sums) == 7
    assert texts(PAIRS, name="other").sha256() in sums


LINES = st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), min_size=1, max_size=5)


@given(LINES, st.text(), st.lists(st.text(), max_size=2))
def test_kept_pairs_come_back_as_they_were(pairs, name, warnings):
    kept = texts(pairs, name)
    kept.warnings.extend(warnings)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "kept.jsonl"
        kept.save(path)
        assert reopen_texts(path) == kept


@pytest.mark.parametrize("damage", ["", "{", '["a", []]\n["b"]\n', '["a", []]\n["b", "c"'])
def test_damaged_pairs_are_named(tmp_path, damage):
    path = tmp_path / "train.jsonl"
    path.write_text(damage)
    with pytest.raises(ValueError, match=r"train\.jsonl: damaged"):
        reopen_texts(path)


def test_no_pairs_are_refused():
    with pytest.raises(ValueError, match=r"nothing has no pairs: give a line of target for each"):
        read_texts(Pairs("nothing", []))
