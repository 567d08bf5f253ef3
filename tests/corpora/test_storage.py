"""Where the cache lies, and files that are written whole or not at all."""

import pathlib

import pytest

from seqkit.corpora.storage import cache_folder, write_whole


def test_the_cache_lies_where_the_user_says(monkeypatch):
    for name in ("SEQKIT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("USERPROFILE", "/home/someone")
    assert cache_folder() == pathlib.Path("/home/someone/.cache/seqkit")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == pathlib.Path("/xdg/seqkit")
    monkeypatch.setenv("SEQKIT_CACHE", "/own")
    assert cache_folder() == pathlib.Path("/own")


def test_an_error_leaves_the_old_file(tmp_path):
    def failing():
        yield b"new"
        raise OSError("the disk is full")

    path = tmp_path / "deep" / "file"
    write_whole(path, [b"old ", b"text"])
    with pytest.raises(OSError, match="the disk is full"):
        write_whole(path, failing())
    assert path.read_bytes() == b"old text"
    assert list(path.parent.iterdir()) == [path]
