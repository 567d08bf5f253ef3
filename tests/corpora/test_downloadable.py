"""The table of downloads, and downloaded corpora opened by name wherever a name can stand."""

import gzip
import hashlib
import os
import pathlib
import re
from urllib.parse import urlsplit

import numpy as np
import pytest

from seqkit.corpora import download_table, downloadable
from seqkit.corpora.catalogue import names, open_corpus, open_splits
from seqkit.corpora.download_records import TASKS, Download, RemoteFile, data_folder
from seqkit.corpora.download_table import DOWNLOADS
from seqkit.corpora.idx import idx_blocks
from seqkit.corpora.image_catalogue import open_image_splits, open_images
from seqkit.corpora.labelled_catalogue import open_labelled, open_labelled_splits
from seqkit.corpora.parallel_catalogue import open_parallel, open_parallel_splits
from seqkit.corpora.tagged_catalogue import open_tagged

SAME_BYTES = {
    "tinyshakespeare.txt": "char/tinyshakespeare.txt",
    "questions-words.txt": "word2vec/questions-words.txt",
    "sst2.train.txt": "sst/sst2.train.txt",
    "sst2.valid.txt": "sst/sst2.dev.txt",
    "sst2.test.txt": "sst/sst2.test.txt",
    **{f"train.{side}.gz": f"multi30k/raw/train.{side}.gz" for side in ("en", "de")},
    **{f"valid.{side}.gz": f"multi30k/raw/val.{side}.gz" for side in ("en", "de")},
    **{f"test.{side}.gz": f"multi30k/raw/test_2016_flickr.{side}.gz" for side in ("en", "de")},
}
"""Files of the table by their names in the folder of real data."""


@pytest.mark.parametrize("name", DOWNLOADS)
def test_what_the_table_says_can_be_true(name):
    entry = DOWNLOADS[name]
    assert entry.name == name and name not in names() and entry.kind in TASKS
    assert entry.licence and entry.source and entry.description
    for file in entry.files:
        url = urlsplit(file.url)
        assert url.scheme == "https" and url.netloc and not url.query
        assert re.fullmatch("[0-9a-f]{64}", file.sha256) and 0 < file.size < 20_000_000
        assert re.fullmatch(r"[\w.-]+", file.name) and not file.name.startswith(".")
        if "github" in url.netloc:  # a commit, so that the bytes cannot change
            assert re.fullmatch("[0-9a-f]{40}", url.path.split("/")[3])
    known = [file.name for file in entry.files]
    assert len(set(known)) == len(known)
    assert {part for parts in entry.parts.values() for part in parts} <= set(known)


def test_no_terms_are_left_out():
    assert [name for name, entry in DOWNLOADS.items() if entry.terms] == ["sst2", "multi30k"]


@pytest.mark.parametrize("name", SAME_BYTES)
def test_sizes_and_sums_are_those_of_the_files(name):
    folder = os.environ.get("SEQKIT_TEST_DATA")
    if not folder:
        pytest.skip("SEQKIT_TEST_DATA names no folder")
    path = pathlib.Path(folder, SAME_BYTES[name])
    if not path.exists():
        pytest.skip(f"no {path}")
    (file,) = [f for entry in DOWNLOADS.values() for f in entry.files if f.name == name]
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)


def test_where_downloads_are_kept(monkeypatch, tmp_path):
    monkeypatch.delenv("SEQKIT_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SEQKIT_DATA", raising=False)
    assert data_folder() == tmp_path / ".cache" / "seqkit"
    monkeypatch.setenv("SEQKIT_DATA", "/elsewhere")
    assert data_folder() == pathlib.Path("/elsewhere")


def here(home, kind, parts):
    """A corpus "small" that lies where downloads do: parts of (file name, bytes) each."""
    files = []
    for name, data in [file for part in parts.values() for file in part]:
        path = home / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        files.append(RemoteFile(name, f"https://nowhere.invalid/{name}", len(data), "0" * 64))
    named = {split: tuple(name for name, _ in part) for split, part in parts.items()}
    return Download("small", kind, "made", "here", "MIT", "", tuple(files), named)


@pytest.fixture
def add(monkeypatch, tmp_path):
    """Put a corpus where downloads lie and in the table."""
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def adding(kind, **parts):
        entry = here(tmp_path / "data", kind, parts)
        monkeypatch.setitem(download_table.DOWNLOADS, "small", entry)
        return entry

    return adding


def test_running_text(add):
    add("text", train=[("small.txt", b"a cat sat .\n" * 50)])
    assert open_corpus("small").name == "small.txt"
    assert len(list(open_corpus("small", split="test"))) == 50  # it has no other part
    splits = open_splits("small")
    assert 30 < len(list(splits.train)) < 50 and splits.test is not None


def test_labelled_text_with_parts_of_its_own(add):
    parts = {
        split: [(f"{split}.txt", b"0 a cat sat\n1 a dog ran\n" * count)]
        for split, count in (("train", 5), ("valid", 3), ("test", 2))
    }
    add("labelled", **parts)
    splits = open_labelled_splits("small")
    sizes = [len(list(part)) for part in (splits.train, splits.valid, splits.test)]
    assert sizes == [10, 6, 4] and len(list(open_labelled("small", split="test"))) == 4
    mine = open_labelled_splits("small", valid="0.2", test="0.2")
    assert sum(len(list(part)) for part in (mine.train, mine.valid, mine.test)) == 10


def test_pairs(add):
    parts = {
        split: [(f"{split}.en", b"a cat\n" * count), (f"{split}.de.gz", packed)]
        for split, count in (("train", 5), ("valid", 3), ("test", 2))
        if (packed := gzip.compress(b"eine Katze\n" * count))
    }
    add("parallel", **parts)
    splits = open_parallel_splits("small")
    sizes = [len(list(part)) for part in (splits.train, splits.valid, splits.test)]
    assert sizes == [5, 3, 2]
    assert next(iter(splits.test)).target == "eine Katze"
    with pytest.raises(ValueError, match=r"small has both sides: leave other\.txt out"):
        open_parallel("small", "other.txt")


def test_images_whose_validation_part_is_held_out(add):
    def idx(count):
        pixels = np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2)
        labels = np.arange(count, dtype=np.uint8) % 2
        return b"".join(idx_blocks(pixels)), b"".join(idx_blocks(labels))

    (train, of_train), (test, of_test) = idx(40), idx(6)
    entry = add(
        "images",
        train=[("train-images-idx3-ubyte", train), ("train-labels-idx1-ubyte", of_train)],
        test=[("t10k-images-idx3-ubyte", test), ("t10k-labels-idx1-ubyte", of_test)],
    )
    entry.parts.update({split: names_[:1] for split, names_ in entry.parts.items()})
    splits = open_image_splits("small")
    assert len(splits.train) + len(splits.valid) == 40 and len(splits.test) == 6
    assert len(splits.valid) == 4 and len(open_images("small", split="test")) == 6


def test_what_is_of_another_kind_or_not_here(add, tmp_path):
    entry = add("text", train=[("small.txt", b"a cat sat .\n")])
    message = "small has running text and no texts with labels: it is for language model"
    with pytest.raises(ValueError, match=message):
        open_labelled("small")
    with pytest.raises(ValueError, match="and no images"):
        open_images("small")
    with pytest.raises(ValueError, match="and no pairs for translators"):
        open_parallel("small")
    with pytest.raises(ValueError, match="small has no tags"):
        open_tagged("small")
    (entry.folder / "small.txt").unlink()
    with pytest.raises(FileNotFoundError, match="fetch it with seqkit corpora download small"):
        open_corpus("small")


def test_a_path_of_that_name_comes_first(add, tmp_path):
    add("text", train=[("small.txt", b"a cat sat .\n")])
    (tmp_path / "small").write_text("my own text\n")
    assert next(iter(open_corpus("small"))).text == "my own text"
    assert not downloadable.has_part("small", "train")


def test_a_name_that_is_nearly_right():
    with pytest.raises(FileNotFoundError, match="did you mean tinyshakespeare"):
        open_corpus("tinyshakespear")
