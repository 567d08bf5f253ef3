"""The built-in English: its size, its splits, its cache, and doing without parts of Python."""

import hashlib
import logging
import os
import pathlib
import subprocess
import sys

import pytest

import seqkit
from seqkit.corpora import pydocs
from seqkit.corpora.corpus import measure

SPLITS = ("train", "valid", "test")


@pytest.fixture(scope="module")
def collected():
    return pydocs.collect()


def test_there_is_enough_of_it_and_no_sentence_twice(collected):
    lines = [line for split in SPLITS for line in collected[split].decode().splitlines()]
    words = {split: len(collected[split].split()) for split in SPLITS}
    assert sum(words.values()) >= 150_000
    assert len(lines) == len(set(lines)) >= 10_000
    for split in ("valid", "test"):
        assert 0.05 < words[split] / sum(words.values()) < 0.07


def test_every_line_is_a_sentence(collected):
    for split in SPLITS:
        text = collected[split].decode()
        assert text.endswith("\n")
        assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}
        assert all(4 <= len(line.split()) <= 60 for line in text.splitlines())
        assert not any(mark in text for mark in (">>>", "`", "::=", "  "))


def test_it_is_the_same_in_every_process(monkeypatch):
    some = pydocs._sources()[:60]
    monkeypatch.setattr(pydocs, "_sources", lambda: some)
    code = (
        "import hashlib; from seqkit.corpora import pydocs; some = pydocs._sources()[:60];"
        "pydocs._sources = lambda: some; texts = pydocs.collect();"
        "print(*(hashlib.sha256(texts[s]).hexdigest() for s in ('train', 'valid', 'test')))"
    )
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=pathlib.Path(seqkit.__file__).parent.parent,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    texts = pydocs.collect()
    assert found.stdout.split() == [hashlib.sha256(texts[s]).hexdigest() for s in SPLITS]


def test_modules_go_to_one_split_whole(monkeypatch):
    groups = {
        f"module{n}": [f"Line {m} of module{n}\n".strip() for m in range(n)] for n in range(90)
    }
    groups["huge"] = ["A line that is one of very many in huge"] * 2000
    monkeypatch.setattr(pydocs, "_sentences_by_group", lambda: groups)
    monkeypatch.setattr(pydocs, "_MINIMUM", 1)
    texts = {split: text.decode() for split, text in pydocs.collect().items()}
    modules = {s: {line.split()[-1] for line in texts[s].splitlines()} for s in SPLITS}
    assert sum(map(len, modules.values())) == len(set.union(*modules.values())) == 90
    assert "huge" in modules["train"]
    total = sum(len(text.split()) for text in texts.values())
    for split in ("valid", "test"):
        assert 0.05 < len(texts[split].split()) / total <= 0.06


def test_the_corpus_and_its_hash(tiny_pydocs):
    for split in SPLITS:
        corpus = pydocs.Pydocs(split)
        assert b"".join(corpus.blocks()) == tiny_pydocs[split]
        assert [f"{line.text}\n" for line in corpus] == (
            tiny_pydocs[split].decode().splitlines(keepends=True)
        )
        assert corpus.sha256 == measure(corpus).sha256
    with pytest.raises(ValueError, match="no split 'dev': use train, valid or test"):
        pydocs.Pydocs("dev")


def test_it_is_collected_once(tiny_pydocs, pydocs_cache, monkeypatch):
    list(pydocs.Pydocs())
    (kept,) = pydocs_cache.iterdir()
    assert kept.name.startswith("pydocs-1-3.")
    pydocs._texts.cache_clear()
    monkeypatch.setattr(pydocs, "collect", lambda: pytest.fail("collected again"))
    assert b"".join(pydocs.Pydocs().blocks()) == tiny_pydocs["train"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-5],
        lambda data: data.replace(b"lock", b"look"),
        lambda data: b"[1, 2]",
        lambda data: b'{"texts": 3, "sha256": ""}',
        lambda data: b'{"texts": {}, "sha256": "e3b0"}',
        lambda data: b"\xff\xfe",
    ],
)
def test_a_damaged_cache_is_made_anew(tiny_pydocs, pydocs_cache, damage):
    list(pydocs.Pydocs())
    (kept,) = pydocs_cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    pydocs._texts.cache_clear()
    assert b"".join(pydocs.Pydocs().blocks()) == tiny_pydocs["train"]
    assert kept.read_bytes() == whole
    assert list(pydocs_cache.iterdir()) == [kept]


def test_a_cache_that_cannot_be_written_is_not_fatal(tiny_pydocs, pydocs_cache, caplog):
    pydocs_cache.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert b"".join(pydocs.Pydocs().blocks()) == tiny_pydocs["train"]
    assert "pydocs is not kept for the next time" in caplog.text


def test_doing_without_topics_and_with_broken_sources(tmp_path, monkeypatch):
    (tmp_path / "pack" / "test").mkdir(parents=True)
    (tmp_path / "good.py").write_text('"""Say what is good and what is not."""\n')
    (tmp_path / "pack" / "deep.py").write_text('def f():\n    """Dig until nothing is left."""\n')
    (tmp_path / "pack" / "broken.py").write_text('"""This one is never closed.')
    (tmp_path / "pack" / "latin.py").write_bytes(
        b'# -*- coding: latin-1 -*-\n"""The caf\xe9 is open all day."""'
    )
    (tmp_path / "pack" / "test" / "left_out.py").write_text('"""Tests are left out of it."""\n')
    monkeypatch.setattr(pydocs, "_library", lambda: tmp_path)
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    assert list(pydocs._documentation()) == [
        ("module good", "Say what is good and what is not."),
        ("module pack", "Dig until nothing is left."),
        ("module pack", "The café is open all day."),
    ]
    with pytest.raises(
        RuntimeError, match=r"hardly any documentation .* use the corpus smallworld"
    ):
        pydocs.collect()
