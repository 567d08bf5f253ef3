"""Folders of vectors and run folders, opened as memory maps; and every kind of damage."""

import json
import os

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings

from seqkit.vectors import WordVectors, load, save
from seqkit.vectors.blocks import Stream, stream_of
from seqkit.vectors.folder import open_folder, save_folder
from seqkit.vectors.tensor_file import map_tensor
from tests.vectors.samples import drawn, same, word_vectors


@settings(max_examples=25, deadline=None)  # each writes to the disk
@given(word_vectors())
def test_any_vectors_come_back_to_the_bit(tmp_path_factory, vectors):
    folder = tmp_path_factory.mktemp("folder")
    save(vectors, folder)
    same(open_folder(folder), vectors)


def test_the_files_are_plain_json_and_safetensors(tmp_path):
    vectors = drawn()
    save(vectors, tmp_path / "v")
    assert json.loads((tmp_path / "v" / "vocabulary.json").read_text("utf-8")) == {
        "format": "seqkit vectors",
        "version": 1,
        "types": vectors.index_to_key,
        "counts": vectors.counts,
    }
    tensors = safetensors.numpy.load_file(tmp_path / "v" / "model.safetensors")
    assert list(tensors) == ["vectors"]
    assert tensors["vectors"].tobytes() == vectors.vectors.tobytes()
    found = sorted(path.name for path in (tmp_path / "v").iterdir())
    assert found == ["model.safetensors", "vocabulary.json"]


def test_vectors_are_mapped_not_read(tmp_path):
    save(drawn(), tmp_path / "v")
    opened = load(tmp_path / "v")
    with (tmp_path / "v" / "model.safetensors").open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(np.float32(77).tobytes())
    assert opened.vectors[-1, -1] == 77
    assert not opened.vectors.flags.writeable
    assert opened.vectors.ctypes.data % 64 == 0


@pytest.mark.parametrize("limit", [1, 39, 40, 41])
def test_only_the_first_words(limit, tmp_path):
    vectors = drawn()
    save(vectors, tmp_path / "v")
    found = load(tmp_path / "v", limit)
    same(found, WordVectors(vectors.index_to_key[:limit], vectors.vectors[:limit]))
    assert found.counts == vectors.counts[:limit]


def run_folder(path, task="word2vec", types=("<unk>", "<eos>", "the", "cat"), width=3):
    """A run folder, as a training leaves it: special tokens, then words."""
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"format": "seqkit-run", "task": task}))
    counts = [5, 9, *range(len(types), 2, -1)]
    value = {"format": "seqkit vocabulary", "version": 1, "types": types, "counts": counts}
    (path / "vocabulary.json").write_text(json.dumps(value))
    inputs = np.arange(len(types) * width, dtype=np.float32).reshape(-1, width) + 1
    name = "embedding.weight" if task == "language" else "inputs"
    tensors = {"outputs": -inputs, name: inputs}
    safetensors.numpy.save_file(tensors, path / "model.safetensors", {"format": "seqkit-run"})
    return inputs


def test_a_run_of_word2vec(tmp_path):
    inputs = run_folder(tmp_path / "run")
    found = load(tmp_path / "run")
    assert found.index_to_key == ["the", "cat"] and found.counts == [4, 3]
    assert (found.vectors == inputs[2:]).all()
    assert load(tmp_path / "run", 1).index_to_key == ["the"]


def test_a_run_of_special_tokens_alone(tmp_path):
    run_folder(tmp_path / "run", types=("<unk>", "<eos>"))
    with pytest.raises(ValueError, match=r"vocabulary\.json: holds no words"):
        load(tmp_path / "run")


@pytest.mark.parametrize("special", [("<unk>", "<eos>"), ("<unk>", "<eos>", "<pad>")])
def test_the_embedding_of_a_language_model(special, tmp_path):
    rows = run_folder(tmp_path / "run", "language", (*special, "the", "cat"))
    found = load(tmp_path / "run")
    assert found.index_to_key == ["the", "cat"]
    assert (found.vectors == rows[len(special) :]).all()
    assert load(tmp_path / "run", 1).index_to_key == ["the"]


@pytest.mark.parametrize("task", ["tagging", None, ["word2vec"]])
def test_a_run_of_another_task(task, tmp_path):
    run_folder(tmp_path / "run", task)
    with pytest.raises(ValueError, match=r"a run of the task .* holds no word vectors"):
        load(tmp_path / "run")


def test_words_of_another_kind_than_the_run(tmp_path):
    run_folder(tmp_path / "run")
    (tmp_path / "run" / "config.json").unlink()
    with pytest.raises(ValueError, match="of format 'seqkit vocabulary', version 1; this seqkit"):
        load(tmp_path / "run")


def test_an_unfinished_run(tmp_path):
    run_folder(tmp_path / "run")
    (tmp_path / "run" / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="no such file; finish the training with --resume"):
        load(tmp_path / "run")


def test_what_is_no_folder_of_vectors(tmp_path):
    with pytest.raises(
        ValueError, match=r"vocabulary\.json: no such file; .* is no folder of word"
    ):
        load(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "of format 'x', version 1"),
        ({"format": ["x"]}, "of format "),
        ({"version": 2}, "version 2; this seqkit reads"),
        ({"types": None}, "'types' is not a list of words"),
        ({"types": ["a", 3]}, "'types' is not a list of words"),
        ({"types": ["a", ""]}, "'types' is not a list of words"),
        ({"types": ["a", "a"], "counts": None}, "'a' stands twice"),
        ({"types": ["a"]}, "has 1 types, model.safetensors 2 rows"),
        ({"counts": [1]}, "2 words, but 1 counts"),
        ({"counts": [1, -1]}, "'counts' is no list of counts"),
        ({"counts": [1, True]}, "'counts' is no list of counts"),
        ({"counts": 7}, "'counts' is no list of counts"),
    ],
)
def test_damaged_words(change, message, tmp_path):
    save(WordVectors(["a", "b"], np.ones((2, 2))), tmp_path / "v")
    path = tmp_path / "v" / "vocabulary.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=message) as error:
        load(tmp_path / "v")
    assert str(error.value).startswith(str(tmp_path / "v"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("name", ["vocabulary.json", "config.json"])
def test_words_that_are_no_json(text, name, tmp_path):
    save(WordVectors(["a", "b"], np.ones((2, 2))), tmp_path / "v")
    (tmp_path / "v" / name).write_bytes(text)
    with pytest.raises(ValueError, match=rf"{name}: damaged .* convert or train"):
        load(tmp_path / "v")


def with_header(header, data=b"\0" * 24):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(**change):
    return {"vectors": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]} | change}


def test_a_sound_file_of_a_plain_writer(tmp_path):
    (tmp_path / "m").write_bytes(with_header(entry()))
    assert map_tensor(tmp_path / "m", "vectors").tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "damaged or cut short; convert"),
        (b"\x01\0\0", "damaged or cut short"),
        (b"\xff" * 8 + b"{}", "damaged or cut short"),
        ((1000).to_bytes(8, "little") + b"{}", "damaged or cut short"),
        (with_header(b"{"), "not a safetensors file"),
        (with_header(b"[" * 100_000), "not a safetensors file"),
        (with_header(b"\xff"), "not a safetensors file"),
        (with_header([]), "no object in its header"),
        (with_header({}), "holds no tensor 'vectors', so no word vectors"),
        (with_header({"vectors": 3}), "is not a float32 matrix"),
        (with_header(entry(dtype="F16")), "is not a float32 matrix"),
        (with_header(entry(shape=[6])), "is not a float32 matrix"),
        (with_header(entry(shape=[-2, -3])), "is not a float32 matrix"),
        (with_header(entry(shape=[2.0, 3])), "is not a float32 matrix"),
        (with_header(entry(data_offsets=None)), "is not a float32 matrix"),
        (with_header(entry(shape=[0, 3], data_offsets=[0, 0])), "damaged: 'vectors' of shape"),
        (with_header(entry(shape=[3, 3])), "damaged: 'vectors' of shape"),
        (with_header(entry(data_offsets=[24, 0])), "damaged: 'vectors' of shape"),
        (with_header(entry(shape=[10**9, 10**9], data_offsets=[0, 4 * 10**18])), "cut short at"),
        (with_header(entry(), b"\0" * 23), "cut short at byte"),
    ],
)
def test_damaged_numbers(data, message, tmp_path):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(ValueError, match=message) as error:
        map_tensor(tmp_path / "m", "vectors")
    assert str(error.value).startswith(str(tmp_path / "m"))


def test_a_folder_is_replaced_but_nothing_else(tmp_path):
    save(drawn(seed=1), tmp_path / "v")
    save(drawn(seed=2), tmp_path / "v")
    same(load(tmp_path / "v"), drawn(seed=2))
    for make in (lambda p: run_folder(p), lambda p: p.mkdir() or (p / "notes").write_text("x")):
        path = tmp_path / "other"
        make(path)
        before = {p.name: p.read_bytes() for p in path.iterdir()}
        with pytest.raises(ValueError, match="holds other files; name a new or empty folder"):
            save(drawn(), path)
        assert {p.name: p.read_bytes() for p in path.iterdir()} == before
        for file in path.iterdir():
            file.unlink()
        path.rmdir()


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "v").write_text("x")
    with pytest.raises(ValueError, match="is a file, not a folder"):
        save(drawn(), tmp_path / "v")


def failing(stream):
    def blocks():
        yield from stream.blocks
        raise ValueError("line 7 is bad")

    return Stream(stream.count + 1, stream.width, blocks())


def test_a_failure_leaves_nothing_or_what_was_there(tmp_path):
    vectors = drawn()
    stream = stream_of(vectors.index_to_key, vectors.vectors, None)
    with pytest.raises(ValueError, match="line 7 is bad"):
        save_folder(tmp_path / "v", failing(stream))
    assert not (tmp_path / "v").exists()
    save(drawn(seed=5), tmp_path / "v")
    stream = stream_of(vectors.index_to_key, vectors.vectors, None)
    with pytest.raises(ValueError, match="line 7 is bad"):
        save_folder(tmp_path / "v", failing(stream))
    same(load(tmp_path / "v"), drawn(seed=5))


def test_what_a_killed_writer_left_does_no_harm(tmp_path):
    save(drawn(), tmp_path / "v")
    (tmp_path / "v" / ".model.safetensors.abc").write_text("half")
    save(drawn(seed=3), tmp_path / "v")
    same(load(tmp_path / "v"), drawn(seed=3))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_stream_keeps_its_promise(change, tmp_path):
    vectors = drawn()
    stream = stream_of(vectors.index_to_key, vectors.vectors, None)
    with pytest.raises(ValueError, match=r"40 words and vectors|1 of 41 words are missing"):
        save_folder(tmp_path / "v", Stream(stream.count + change, stream.width, stream.blocks))
    assert not (tmp_path / "v").exists()
