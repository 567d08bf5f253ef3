"""Run folders made by somebody who means harm: one line says no, and nothing else happens."""

import json
import os
import pathlib
import pickle
import re

import pytest
import safetensors.torch
import torch

from seqkit.tasks.runs import Run
from tests.fuzz.option_targets import called
from tests.fuzz.run_targets import use
from tests.fuzz.sandbox import judge, sandbox
from tests.fuzz.small_runs import KINDS

SOME = ("language", "tagger", "linear", "tuned", "images", "words")
NETS = ("language", "subwords", "tagger", "wide", "tuned", "translator", "images", "siamese")
WEIGHTS = {"linear": "linear.safetensors", "averaged": "averaged.safetensors"}


@pytest.fixture
def refused(tmp_path):
    """refused(KIND, RUN): the line that says why; from the library and from the command line."""

    def call(kind, run):
        with sandbox():
            verdict = judge(lambda: use(kind, run), (run.name,))
        assert verdict.kind == "refused", verdict
        with pytest.raises(ValueError) as caught:
            called(["inspect", str(run)])
        line = str(caught.value)
        assert line.startswith("Error: ") and run.name in line, line
        return line

    return call


def weights_of(kind, run):
    """The file of a run with its numbers."""
    return run / WEIGHTS.get(kind, "model.safetensors")


def rewritten(path, change):
    """Write tensors of a file again, each changed by its name and value."""
    tensors = safetensors.torch.load_file(path)
    path.unlink()
    safetensors.torch.save_file({n: change(n, t).contiguous() for n, t in tensors.items()}, path)


class Evil:
    """What a pickle of this does when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (pathlib.Path.touch, (self.path,))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pickle_is_no_weights(refused, stranger, tmp_path, kind):
    run, mark = stranger(kind), tmp_path / "executed"
    weights_of(kind, run).write_bytes(pickle.dumps(Evil(mark)))
    assert ".safetensors" in refused(kind, run)
    assert not mark.exists()
    pickle.loads(pickle.dumps(Evil(mark)))
    assert mark.exists()  # the pickle would have worked


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("shape", [[10**12, 10**6], [2**63], [-1, 4], [1] * 500, ["x"], 7, None])
def test_shapes_that_no_file_has(refused, stranger, kind, shape):
    run = stranger(kind)
    path = weights_of(kind, run)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    for name in set(header) - {"__metadata__"}:
        header[name]["shape"] = shape
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])
    refused(kind, run)


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize(
    "change",
    [
        lambda name, t: t.to(torch.int32),
        lambda name, t: t.to(torch.complex64) if t.is_floating_point() else t,
        lambda name, t: t.repeat(2, *[1] * (t.ndim - 1)) if t.ndim else t,
        lambda name, t: t.reshape(-1)[:1],
        lambda name, t: t.reshape(1, *t.shape),
    ],
    ids=["integers", "complex", "doubled", "one number", "a dimension more"],
)
def test_tensors_of_other_kinds_and_shapes(refused, stranger, kind, change):
    run = stranger(kind)
    rewritten(weights_of(kind, run), change)
    refused(kind, run)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "words"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(refused, stranger, kind, value):
    run = stranger(kind)
    rewritten(weights_of(kind, run), lambda _, t: t * value + value if t.is_floating_point() else t)
    refused(kind, run)


def every_number(value, number):
    """JSON with each whole number in it replaced."""
    if isinstance(value, dict):
        return {name: every_number(item, number) for name, item in value.items()}
    if isinstance(value, list):
        return [every_number(item, number) for item in value]
    return number if type(value) is int else value


@pytest.mark.parametrize("kind", NETS)
@pytest.mark.parametrize("number", [-5, 30_000, 10**12])
def test_sizes_that_no_memory_holds(refused, stranger, kind, number):
    run = stranger(kind)
    path = run / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "model": every_number(config["model"], number)}))
    refused(kind, run)


@pytest.mark.parametrize("kind", NETS)
@pytest.mark.parametrize("added", [{"__class__": "os.system"}, {"../x": 1}])
def test_a_configuration_with_what_it_has_not(refused, stranger, kind, added):
    run = stranger(kind)
    path = run / "config.json"
    config = json.loads(path.read_text())
    inner = "net" if "net" in config["model"] else None
    model = {
        **config["model"],
        **({inner: {**config["model"][inner], **added}} if inner else added),
    }
    path.write_text(json.dumps({**config, "model": model}))
    assert "config.json: damaged" in refused(kind, run)


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("inside", ["[" * 100_000, "NaN", "Infinity", "1" * 5000, '"\ud800"', ""])
def test_json_that_is_none(refused, stranger, kind, inside):
    run = stranger(kind)
    for path in run.glob("*.json"):
        if path.name == "metrics.json":
            continue
        whole = path.read_bytes()
        path.write_bytes(f'{{"a": {inside}}}'.encode(errors="surrogatepass"))
        assert path.name in refused(kind, run)
        path.write_bytes(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_links_out_of_the_folder(refused, stranger, tmp_path, kind):
    run = stranger(kind)
    for path in [*run.glob("*.json"), *run.glob("*.safetensors")]:
        if path.name == "metrics.json":
            continue
        outside = tmp_path / f"outside-{path.name}"
        path.rename(outside)
        path.symlink_to(outside)
        assert "is a link out of its folder" in refused(kind, run)
        path.unlink()
        outside.rename(path)


@pytest.mark.parametrize("kind", KINDS)
def test_pipes_and_devices_that_never_end(refused, stranger, kind):
    run = stranger(kind)
    for path in [*run.glob("*.json"), weights_of(kind, run)]:
        if path.name == "metrics.json":
            continue
        whole = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        assert "is no plain file" in refused(kind, run)
        path.unlink()
        path.symlink_to("/dev/zero")
        assert "is no plain file" in refused(kind, run)
        path.unlink()
        path.write_bytes(whole)


@pytest.mark.parametrize("kind", ["reader", "tuned"])
def test_language_models_that_lie_elsewhere(refused, stranger, tmp_path, kind):
    run = stranger(kind)
    (run / "encoders").rename(tmp_path / "elsewhere")
    (run / "encoders").symlink_to(tmp_path / "elsewhere")
    assert "is no folder of its own" in refused(kind, run)
    (run / "encoders").unlink()
    (run / "encoders").mkdir()
    (run / "encoders/1").symlink_to(tmp_path / "elsewhere/1")
    assert "is no folder of its own" in refused(kind, run)
    (run / "encoders/1").unlink()
    (run / "encoders/x").mkdir()
    assert "encoders/x: is no language model" in refused(kind, run)
    (run / "encoders/x").rmdir()
    assert "config.json says" in refused(kind, run)


@pytest.mark.parametrize("kind", ["language", "subwords", "tagger", "wide", "words"])
def test_words_that_stand_twice(refused, stranger, kind):
    run = stranger(kind)
    path = run / "vocabulary.json"
    words = json.loads(path.read_text())
    words["types"][-1] = words["types"][-2]
    path.write_text(json.dumps(words))
    assert "vocabulary.json" in refused(kind, run)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "nltk:../x", "nltk:os", "word\0"])
def test_names_that_are_paths(refused, stranger, name):
    run = stranger("language")
    path = run / "config.json"
    config = json.loads(path.read_text())
    settings = {**config["settings"], "tokenizer": name, "tokenizer_name": name}
    path.write_text(json.dumps({**config, "settings": settings}))
    assert "there is no tokenizer" in refused("language", run)


def test_words_that_a_terminal_would_obey_are_shown_harmless(stranger):
    run = stranger("language")
    path = run / "vocabulary.json"
    words = json.loads(path.read_text())
    evil = [f"\x1b[2J\u202e{k}\x9b" for k in range(len(words["types"]) - 2)]
    words["types"][2:] = sorted(evil)
    words["counts"][2:] = [1] * len(evil)
    path.write_text(json.dumps(words))
    shown = called(["inspect", str(run)])
    assert "\\x1b[2J\\u202e0\\x9b" in shown and not re.search("[\x1b\u202e\x9b]", shown)


def test_clearing_a_run_does_not_follow_its_links(stranger, tmp_path):
    run, outside = stranger("reader"), tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    (run / "encoders").rename(tmp_path / "old")
    (run / "encoders").symlink_to(outside)
    (run / "README.md").unlink()
    (run / "README.md").symlink_to(outside / "kept.txt")
    Run(run).checkpoint.mkdir(exist_ok=True)
    Run(run).clear()
    assert (outside / "kept.txt").read_text() == "kept"
    assert not (run / "encoders").is_symlink() and not (run / "README.md").exists()
