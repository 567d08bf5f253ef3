"""Fixtures of the corpora: pydocs made small, and its cache kept out of the user's."""

import pathlib
from collections.abc import Iterator

import pytest

from seqkit.corpora import pydocs

TINY = {
    "train": b"The lock is free again.\nClose the file when you are done.\n",
    "valid": b"Nothing is returned in that case.\n",
    "test": b"The second value is left out.\n",
}


@pytest.fixture
def pydocs_cache(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pathlib.Path]:
    """Return an empty cache folder that pydocs uses, nothing remembered from other tests."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SEQKIT_CACHE", str(folder))
    pydocs._texts.cache_clear()
    yield folder
    pydocs._texts.cache_clear()


@pytest.fixture
def tiny_pydocs(pydocs_cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Make pydocs hold four sentences instead of collecting them."""
    monkeypatch.setattr(pydocs, "collect", lambda: dict(TINY))
    return TINY
