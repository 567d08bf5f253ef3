"""Folders of labelled texts: one for each label, or a file of lines for each."""

import gzip

import pytest

from seqkit.corpora.labelled_folder import LabelledFolders, LabelledLines, read_labelled_folder
from seqkit.corpora.records import Labelled


@pytest.fixture
def reviews(tmp_path):
    """A folder such as that of the Large Movie Review Dataset."""
    folder = tmp_path / "train"
    texts = {"pos": ["fine\r\nfilm\n", "good"], "neg": ["dull"], "unsup": ["who knows"]}
    for label, group in texts.items():
        (folder / label).mkdir(parents=True)
        for number, text in enumerate(group):
            (folder / label / f"{number}_7.txt").write_bytes(text.encode())
    (folder / "neg" / "9.txt.gz").write_bytes(gzip.compress(b"\xef\xbb\xbfslow"))
    (folder / "neg" / ".hidden").write_text("hidden")
    (folder / "urls_pos.txt").write_text("no text")
    return folder


def test_a_folder_for_each_label(reviews):
    corpus = read_labelled_folder(reviews)
    assert isinstance(corpus, LabelledFolders)
    expected = [("dull", "neg"), ("slow", "neg"), ("fine\nfilm", "pos"), ("good", "pos")]
    assert list(corpus) == list(corpus) == [Labelled(text, (label,)) for text, label in expected]
    assert [corpus.place(record) for record in corpus] == [
        f"{reviews}/{name}"
        for name in ("neg/0_7.txt", "neg/9.txt.gz", "pos/0_7.txt", "pos/1_7.txt")
    ]
    assert (corpus.name, corpus.source, corpus.synthetic) == ("train", str(reviews), False)
    assert corpus.description == "labelled text, 4 files in a folder for each label"
    assert corpus.warnings() == [
        f"{reviews}/unsup is left out: by its name its texts have no labels"
    ]


@pytest.fixture
def names(tmp_path):
    """A folder of names by language."""
    (tmp_path / "Dutch.txt").write_text("Prinsen\n\nDe Vries\n")
    (tmp_path / "Czech.txt").write_text("Novák\r\n\r\n")
    (tmp_path / ".Greek.txt").write_text("hidden\n")
    return tmp_path


def test_a_file_for_each_label(names):
    corpus = read_labelled_folder(names)
    assert isinstance(corpus, LabelledLines)
    expected = [("Novák", "Czech"), ("Prinsen", "Dutch"), ("De Vries", "Dutch")]
    assert list(corpus) == list(corpus) == [Labelled(text, (label,)) for text, label in expected]
    assert corpus.place(list(corpus)[2]) == f"{names}/Dutch.txt, line 3"
    assert (corpus.name, corpus.source, corpus.synthetic) == (names.name, str(names), False)
    assert corpus.description == "labelled text, a file for each of 2 labels"
    assert corpus.warnings() == []


def test_files_that_differ_by_their_endings_alone(tmp_path):
    (tmp_path / "reviews.pos").write_bytes(b"caf\xe9\n")
    (tmp_path / "reviews.neg").write_bytes(b"dull\n")
    labels = [record.labels[0] for record in read_labelled_folder(tmp_path, "latin-1")]
    assert labels == ["reviews.neg", "reviews.pos"]


def test_a_bad_file_is_named(reviews):
    (reviews / "pos" / "1_7.txt").write_bytes(b" \n")
    with pytest.raises(ValueError, match=r"train/pos/1_7\.txt: the text is empty; write one"):
        list(read_labelled_folder(reviews))
    (reviews / "neg" / "0_7.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(ValueError, match=r"neg/0_7\.txt, line 1: byte 0xE9 .* --encoding latin-1"):
        read_labelled_folder(reviews)


def test_folders_that_hold_no_labels(reviews, tmp_path):
    with pytest.raises(ValueError, match=r"holds train, which are no labels: give .*/train$"):
        read_labelled_folder(tmp_path)
    for name in ("pos", "neg"):
        for file in (reviews / name).iterdir():
            file.unlink()
    with pytest.raises(ValueError, match=r"train holds no labelled texts: give a sub-folder of te"):
        read_labelled_folder(reviews)
    with pytest.raises(ValueError, match="unknown encoding 'utf-9'"):
        LabelledFolders(reviews, (reviews / "urls_pos.txt",), encoding="utf-9")
