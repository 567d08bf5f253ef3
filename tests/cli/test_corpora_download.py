"""seqkit corpora download, list and show, of corpora that a server on this machine has."""

import json

import numpy as np
import pytest

from seqkit.cli.image_input import read_given
from seqkit.corpora import download_table
from seqkit.corpora.download_table import DOWNLOADS
from seqkit.corpora.idx import idx_blocks
from tests.corpora.serving import entry, server

QUESTIONS = b": pets\ncat cats dog dogs\n"


@pytest.fixture
def served(monkeypatch, tmp_path):
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "data"))
    for name in ("SEQKIT_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with server() as running:
        yield running


@pytest.fixture
def add(served, monkeypatch):
    """Put a corpus on the server and in the table."""

    def adding(kind, **files):
        monkeypatch.setitem(download_table.DOWNLOADS, "small", entry(served, kind, **files))

    return adding


def test_a_corpus_is_fetched_and_used_by_its_name(seqkit, add, tmp_path):
    add("text", a_txt=b"a cat sat .\nthe end .\n")
    before = json.loads(seqkit("corpora", "show", "small", "--json").out)
    assert before["here"] is False and before["examples"] == []
    assert before["fetch_it_with"] == "seqkit corpora download small"
    result = seqkit("corpora", "download", "small")
    assert (result.code, result.out) == (0, f"{tmp_path / 'data' / 'small'}\n")
    lines = result.err.splitlines()
    assert lines[0] == "small: 0.0 MB from here" and lines[1] == "licence: MIT"
    found = json.loads(seqkit("corpora", "show", "small", "--json").out)
    assert found["here"] is True and found["records_of_train"] == 2 and found["bytes"] == 22
    assert found["examples"] == ["a cat sat .", "the end ."]
    assert seqkit("vocab", "small").code == 0
    again = seqkit("corpora", "download", "small", "--quiet")
    assert (again.code, again.err) == (0, "")


def test_pairs_and_labels_are_shown(seqkit, add):
    add("parallel", a_en=b"a cat\n", a_de=b"eine Katze\n")
    seqkit("corpora", "download", "small")
    assert json.loads(seqkit("corpora", "show", "small", "--json").out)["examples"] == [
        "a cat -> eine Katze"
    ]


def test_labels_are_shown(seqkit, add):
    add("labelled", a_txt=b"good what a film\nbad how dull\n")
    seqkit("corpora", "download", "small")
    assert "  good: what a film\n" in seqkit("corpora", "show", "small").out


def test_images_are_shown_and_classified_by_name(seqkit, add):
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    arrays = (pixels, np.array([7, 7, 2], np.uint8))
    add("images", **{n: b"".join(idx_blocks(a)) for n, a in zip(names, arrays, strict=True)})
    seqkit("corpora", "download", "small")
    small = download_table.DOWNLOADS["small"]
    small.parts["train"] = names[:1]
    found = json.loads(seqkit("corpora", "show", "small", "--lines", 1, "--json").out)
    assert found["records_of_train"] == 3
    assert found["examples"] == ["7, mean brightness 2 of 255"]
    (images,) = read_given("small", (1, 2, 2), None)
    assert np.array_equal(images.pixels[..., 0], pixels)


def test_questions_are_asked_by_name(seqkit, add, tmp_path):
    from seqkit.cli.vector_files import questions_file

    add("questions", q_txt=QUESTIONS)
    missing = seqkit("train-word2vec", "--analogies", "small", "--dry-run")
    assert missing.code == 2 and "seqkit corpora download small" in missing.error
    seqkit("corpora", "download", "small")
    assert questions_file("small") == str(tmp_path / "data" / "small" / "q.txt")
    assert questions_file("other.txt") == "other.txt"
    (tmp_path / "v.txt").write_text("4 2\ncat 1 0\ncats 1 1\ndog -1 0\ndogs -1 1\n")
    result = seqkit("evaluate", "v.txt", "--analogies", "small", "--json")
    assert json.loads(result.out)["analogies_coverage"] == 1.0


def test_terms_are_told_before(seqkit, monkeypatch):
    monkeypatch.setenv("SEQKIT_OFFLINE", "1")
    result = seqkit("corpora", "download", "multi30k")
    assert result.code == 2 and result.out == ""
    said = result.err.splitlines()
    assert "non-commercial" in said[1] and said[2].startswith("Error: multi30k: SEQKIT_OFFLINE")


def test_errors_are_one_line_and_nothing_is_kept(seqkit, add, served, tmp_path):
    unknown = seqkit("corpora", "download", "mnits")
    assert unknown.code == 2 and "did you mean mnist?" in unknown.error
    add("text", a_txt=b"a cat sat .\n")
    served.answers["/a.txt"] = b"a dog sat .\n"
    result = seqkit("corpora", "download", "small", "--quiet")
    assert result.code == 1 and "not the file that it was" in result.error
    assert list((tmp_path / "data").iterdir()) == []


def test_list_tells_what_can_be_fetched(seqkit, served):
    found = {row["name"]: row for row in json.loads(seqkit("corpora", "list", "--json").out)}
    assert set(DOWNLOADS) < set(found) and found["mnist"]["here"] is False
    assert found["mnist"]["bytes"] == 11_594_722 and found["mnist"]["task"] == "image classifier"
    out = seqkit("corpora", "list").out
    (line,) = [line for line in out.splitlines() if line.startswith("multi30k ")]
    assert "1.3 MB" in line and " no " in line and "non-commercial" in line
