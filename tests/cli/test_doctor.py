"""What doctor says of the compiled paths, with numba and without."""

import importlib.metadata
import json
import sys


def test_compiled_paths_are_named(seqkit):
    found = json.loads(seqkit("doctor", "--json").out)
    assert found["text scanner"] == found["word2vec on cpu"] == "compiled"
    assert found["numba"] == importlib.metadata.version("numba")


def test_what_runs_where_numba_cannot_be_imported(seqkit, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    result = seqkit("doctor", "--json")
    found = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert found["text scanner"].startswith("plain Python, slower; numba cannot be imported (")
    assert found["word2vec on cpu"] == "torch, slower"


def test_a_library_that_is_missing_is_named(seqkit, monkeypatch):
    version = importlib.metadata.version

    def without_numba(library):
        if library == "numba":
            raise importlib.metadata.PackageNotFoundError(library)
        return version(library)

    monkeypatch.setattr(importlib.metadata, "version", without_numba)
    found = json.loads(seqkit("doctor", "--json").out)
    assert found["numba"] == "missing: pip install numba"
    assert found["numpy"] == version("numpy")
