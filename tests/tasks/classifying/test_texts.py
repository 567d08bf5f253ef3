"""Labelled texts: read, named by their content, kept in a checkpoint."""

import pytest

from seqkit.tasks.classifying.texts import read_texts, reopen_texts
from tests.tasks import classified


@pytest.fixture
def texts(tmp_path):
    return read_texts(classified.sources(tmp_path).train)


def test_every_text_knows_its_label_and_place(texts, tmp_path):
    rows = {text: label for label, text in classified.rows(160)}
    assert len(texts) == 96
    assert texts.labels == [(rows[text],) for text in texts.texts]
    lines = (tmp_path / "labelled-160.tsv").read_text().splitlines()
    for text, place in zip(texts.texts, texts.places, strict=True):
        assert lines[int(place.rpartition("line ")[2]) - 1].endswith(text)


def test_kept_texts_come_back_as_they_were(texts, tmp_path):
    texts.save(tmp_path / "kept.jsonl")
    assert reopen_texts(tmp_path / "kept.jsonl") == texts


def test_the_sum_changes_with_a_text_or_a_label(texts):
    first = texts.sha256()
    texts.labels[0] = ("neither",)
    second = texts.sha256()
    texts.texts[0] += "!"
    assert len({first, second, texts.sha256()}) == 3


def test_no_texts_are_refused(tmp_path):
    class Empty:
        name = "nothing.tsv"

        def __iter__(self):
            return iter(())

    with pytest.raises(ValueError, match=r"nothing\.tsv has no texts"):
        read_texts(Empty())
