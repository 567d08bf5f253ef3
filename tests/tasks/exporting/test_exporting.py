"""From run folders to files: what is written, what is refused, and that nothing is left behind."""

import dataclasses
import json
import sys

import numpy as np
import onnx
import pytest

import seqkit
from seqkit.tasks.exporting import export, exporting
from seqkit.tasks.exporting.checking import SHAPES, TOLERANCE, check, run
from seqkit.tasks.exporting.exporting import open_subject
from seqkit.tasks.exporting.graph import IR, OPSET, Graph
from seqkit.tasks.runs import Run


def test_a_file_tells_what_it_is(finished, trained, tmp_path):
    found = export(finished, tmp_path / "lm.onnx")
    data = (tmp_path / "lm.onnx").read_bytes()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, [(o.domain, o.version) for o in model.opset_import]) == (
        IR,
        [("", OPSET)],
    )
    props = {entry.key: entry.value for entry in model.metadata_props}
    assert props["format"] == "seqkit-onnx" and props["seqkit"] == seqkit.__version__
    assert props["task"] == found.task == "language" and props["tokenizer"] == "word"
    assert json.loads(props["vocabulary"]) == list(trained.vocabulary.types)
    assert (found.path, found.size, found.opset) == (str(tmp_path / "lm.onnx"), len(data), OPSET)
    sizes = [one.shape[1] for one in trained.model.initial(1)]
    states = [("batch", size) for size in sizes]
    assert [value.shape for value in found.inputs] == [("batch", "positions"), *states]
    assert [value.shape for value in found.outputs[1:]] == states
    assert 0 <= found.difference < 1e-5
    assert str(found.inputs[0]) == "ids int64 (batch, positions)"


def test_the_same_run_gives_the_same_bytes(finished, tmp_path):
    for name in ("a", "b"):
        export(finished, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_is_there_is_kept_unless_told(finished, tmp_path):
    path = tmp_path / "lm.onnx"
    path.write_text("mine")
    with pytest.raises(ValueError, match=r"lm\.onnx: is there already; .* --force"):
        export(finished, path)
    assert path.read_text() == "mine"
    assert export(finished, path, replace=True).size == len(path.read_bytes())


class Wrong:
    """A subject whose own model tells something else, at one of the shapes."""

    def __init__(self, subject, shape, apart):
        self.subject, self.shape, self.apart = subject, shape, apart

    def __getattr__(self, name):
        return getattr(self.subject, name)

    def outputs(self, feeds):
        first, *rest = self.subject.outputs(feeds)
        wrong = first.copy()
        if feeds["ids"].shape == self.shape:
            wrong[0, 0, 0] = wrong[0, 0, 0] * (1 + self.apart)
        return [wrong, *rest]


@pytest.mark.parametrize("apart", [3 * TOLERANCE, np.nan, np.inf])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_difference_is_an_error_and_leaves_nothing(finished, tmp_path, monkeypatch, shape, apart):
    subject = Wrong(open_subject(finished), shape, apart)
    monkeypatch.setattr(exporting, "open_subject", lambda path: subject)
    with pytest.raises(RuntimeError, match=r"other numbers than seqkit, .* nothing was written"):
        export(finished, tmp_path / "lm.onnx")
    assert list(tmp_path.iterdir()) == []


def test_rounding_is_no_difference(finished):
    subject = open_subject(finished)
    graph = Graph()
    subject.write(graph)
    data = graph.model({}).SerializeToString()
    assert check(data, Wrong(subject, SHAPES[0], TOLERANCE / 10)) < TOLERANCE


def test_what_onnxruntime_refuses_is_one_line(finished):
    subject = open_subject(finished)
    with pytest.raises(RuntimeError, match="onnxruntime does not run the file"):
        run(b"no model", subject.example(1, 1, 0))


def test_more_than_a_file_holds(finished, tmp_path, monkeypatch):
    monkeypatch.setattr("seqkit.tasks.exporting.graph.LARGEST", 500)
    with pytest.raises(ValueError, match=r"the model has .* GB, and a file of ONNX holds 2"):
        export(finished, tmp_path / "lm.onnx")
    assert list(tmp_path.iterdir()) == []


def test_metadata_count_too(monkeypatch):
    monkeypatch.setattr("seqkit.tasks.exporting.graph.LARGEST", 500)
    graph = Graph()
    graph.output(graph.ints(1, 2), "x", "int64", 2)
    assert graph.model({"labels": "x" * 400}).graph.output[0].name == "x"
    with pytest.raises(ValueError, match="holds 2"):
        graph.model({"labels": "x" * 600})


def test_bad_places(finished, tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        export(finished, tmp_path / "nowhere" / "lm.onnx")
    with pytest.raises(ValueError, match="not a run folder"):
        export(tmp_path, tmp_path / "lm.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("translating", "'translating' cannot be exported; language models, taggers"),
        ("word2vec", "a table, not a net; seqkit vectors convert .* OUT"),
    ],
)
def test_other_tasks_are_refused_with_a_remedy(run_copy, tmp_path, task, message):
    path = Run(run_copy).path / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "task": task}))
    with pytest.raises(ValueError, match=message):
        export(run_copy, tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()


@pytest.mark.parametrize("library", ["onnx", "onnxruntime"])
def test_a_missing_library_names_the_extra(finished, tmp_path, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(RuntimeError, match=r'onnx and onnxruntime: pip install "seqkit\[export\]"'):
        export(finished, tmp_path / "lm.onnx")
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_as_json(finished, tmp_path):
    told = dataclasses.asdict(export(finished, tmp_path / "lm.onnx"))
    assert json.loads(json.dumps(told))["inputs"][0]["shape"] == ["batch", "positions"]
