"""Loading, saving and converting between all forms, in bounded memory."""

import itertools
import tracemalloc

import numpy as np
import pytest

from seqkit.vectors import WordVectors, binary_files, blocks, convert, load, save, text_files
from tests.vectors.samples import drawn, same

FORMS = ["folder", "v.bin", "v.bin.gz", "v.vec", "v.txt.gz", "v.glove.txt"]


@pytest.mark.parametrize(("one", "other"), list(itertools.product(FORMS, FORMS)))
def test_every_form_becomes_every_other(one, other, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    vectors = drawn()
    save(vectors, tmp_path / "in" / one)
    convert(tmp_path / "in" / one, tmp_path / "out" / other)
    found = load(str(tmp_path / "out" / other))
    same(found, vectors)
    assert found.counts == (vectors.counts if one == other == "folder" else None)


def test_a_run_folder_gives_a_file_of_its_words(tmp_path):
    from tests.vectors.test_folder import run_folder

    run_folder(tmp_path / "run")
    convert(tmp_path / "run", tmp_path / "v.txt")
    assert (tmp_path / "v.txt").read_text() == "2 3\nthe 7 8 9\ncat 10 11 12\n"


@pytest.mark.parametrize("target", ["v.bin", "./v.bin", "sub/../v.bin", "link.bin"])
def test_the_source_is_no_target(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    save(drawn(), "v.bin")
    (tmp_path / "link.bin").symlink_to("v.bin")
    with pytest.raises(ValueError, match=r"bin: is the source itself; name another target"):
        convert("v.bin", target)
    same(load("v.bin"), drawn())


@pytest.mark.parametrize("target", ["v.csv", "v.npy", "v.0", "v.bin.zip", "v.gz"])
def test_endings_that_say_nothing(target, tmp_path):
    save(drawn(), tmp_path / "v.bin")
    for write in (
        lambda path: convert(tmp_path / "v.bin", path),
        lambda path: save(drawn(), path),
    ):
        with pytest.raises(ValueError, match=r"the ending says no form of vectors; end in \.bin"):
            write(tmp_path / target)
    assert [path.name for path in tmp_path.iterdir()] == ["v.bin"]


def test_a_target_is_looked_at_before_the_source(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(ValueError, match="holds other files"):
        convert(tmp_path / "missing.bin", tmp_path / "full")


def test_a_source_that_is_not_there(tmp_path):
    for target in ("v.txt", "folder"):
        with pytest.raises(FileNotFoundError):
            convert(tmp_path / "missing.bin", tmp_path / target)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.vec")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["v.txt", "v.bin", "folder"])
def test_a_damaged_source_leaves_no_target(target, tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK", 8)
    (tmp_path / "bad.vec").write_text("3 2\na 1 2\nb 1 2\nc 1 x\n")
    with pytest.raises(ValueError, match=r"bad\.vec: line 4 has 'x'"):
        convert(tmp_path / "bad.vec", tmp_path / target)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.vec"]


@pytest.mark.parametrize("path", ["v.bin", "v.vec", "folder"])
def test_a_limit_below_one(path, tmp_path):
    save(drawn(), tmp_path / path)
    with pytest.raises(ValueError, match="limit must be 1 or more, got 0"):
        load(tmp_path / path, 0)


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.permutations(["folder", "v.bin", "v.vec"], 2))
)
def test_memory_does_not_grow_with_the_vectors(one, other, tmp_path, monkeypatch):
    """The vectors are 1.2 MB; a block of them is less than a tenth."""
    monkeypatch.setattr(text_files, "CHUNK", 1 << 13)
    monkeypatch.setattr(binary_files, "CHUNK", 1 << 13)
    monkeypatch.setattr(blocks, "NUMBERS", 1 << 12)
    matrix = np.random.default_rng(0).normal(size=(1000, 300)).astype(np.float32)
    vectors = WordVectors([f"w{i}" for i in range(1000)], matrix)
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    save(vectors, tmp_path / "in" / one)
    tracemalloc.start()
    convert(tmp_path / "in" / one, tmp_path / "out" / other)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 600_000
    same(load(tmp_path / "out" / other), vectors)
