"""`seqkit export`: what it prints, and what is refused in one line."""

import json
import signal
import sys

import pytest

from tests.cli import words

resource = pytest.importorskip("resource")


def test_what_it_prints(seqkit, trained, tmp_path):
    result = seqkit("export", trained, "--onnx", "lm.onnx")
    assert (result.code, result.err) == (0, "")
    first, *values, last = result.out.splitlines()
    size = (tmp_path / "lm.onnx").stat().st_size
    assert first == f"lm.onnx  {size:,} bytes, opset 18"
    assert values[0] == "input   ids int64 (batch, positions)"
    assert values[3].startswith("output  log_probs float32 (batch, positions, ")
    assert len(values) == 6 and last.startswith("checked in onnxruntime: greatest difference ")


def test_json(seqkit, trained, tmp_path):
    result = seqkit("export", trained, "--onnx", "lm.onnx", "--threads", "1", "--json")
    found = json.loads(result.out)
    assert found["path"] == "lm.onnx" and found["size"] == (tmp_path / "lm.onnx").stat().st_size
    assert found["inputs"][0] == {"name": "ids", "kind": "int64", "shape": ["batch", "positions"]}
    assert 0 <= found["difference"] < 1e-4


def test_an_existing_file(seqkit, trained, tmp_path):
    (tmp_path / "lm.onnx").write_text("mine")
    result = seqkit("export", trained, "--onnx", "lm.onnx")
    assert result.code == 2 and result.error.startswith("lm.onnx: is there already")
    assert (tmp_path / "lm.onnx").read_text() == "mine"
    assert seqkit("export", trained, "--onnx", "lm.onnx", "--force").code == 0
    (tmp_path / "folder").mkdir()
    assert seqkit("export", trained, "--onnx", "folder", "--force").code == 2


def test_bad_input(seqkit, trained, tmp_path):
    vectors = words.write_run(tmp_path / "vectors")
    cases = {
        ("nosuch", "--onnx", "x"): "nosuch: not a run folder",
        (vectors, "--onnx", "x"): "seqkit vectors convert",
        (trained, "--onnx", "nowhere/x"): "nowhere: there is no such folder",
    }
    for arguments, message in cases.items():
        result = seqkit("export", *arguments)
        assert result.code == 2 and message in result.error
    assert "--onnx" in seqkit("export", trained).usage_error
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]


def test_a_full_disk_leaves_nothing(seqkit, trained, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        result = seqkit("export", trained, "--onnx", "lm.onnx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert result.code == 1 and result.error.startswith("lm.onnx: File too large")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra(seqkit, trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = seqkit("export", trained, "--onnx", "lm.onnx")
    assert result.code == 1 and 'pip install "seqkit[export]"' in result.error
