"""The run folder: what it holds, who may write to it, and what is refused when it is damaged."""

import json
import os
import pickle
import shutil
import struct

import pytest
import safetensors.torch
import torch
from torch import nn

from seqkit.tasks import language
from seqkit.tasks.runs import FILES, Run, read_json
from tests.tasks import texts


def edit(path, **changes):
    """Change some keys of a JSON file; None takes the key away."""
    value = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in value.items() if v is not None}))


def refusal(folder):
    """The message with which a run folder is refused, one line that names the folder."""
    with pytest.raises(ValueError) as caught:
        language.load(folder, "cpu")
    message = str(caught.value)
    assert str(folder) in message and "\n" not in message
    return message


PARTS = ("vocabulary", "tokenizer")  # of each side of a translator


def test_a_run_holds_what_is_needed_and_no_more(finished):
    found = {path.name for path in finished.iterdir()}
    others = {"tokenizer.json", "symbols.json"}  # of subwords, taggers and classifiers
    others |= {f"{side}.{part}.json" for side in ("source", "target") for part in PARTS}
    others |= {"ngrams.json", "linear.safetensors", "averaged.safetensors"}
    wanted = {*FILES} - others - {"README.md"}  # the commands write the card
    assert found == wanted
    config = read_json(finished / "config.json")
    assert (config["format"], config["version"], config["task"]) == ("seqkit-run", 1, "language")
    assert config["settings"]["seed"] == 0 and config["versions"]["torch"] == torch.__version__
    metrics = read_json(finished / "metrics.json")
    assert {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"} <= {*metrics}
    history = Run(finished).read_history()
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert min(r["valid"]["loss"] for r in history) == pytest.approx(metrics["valid"]["loss"])


def test_no_folder_and_a_folder_of_other_things_are_no_runs(tmp_path):
    assert "not a run folder (it has no config.json)" in refusal(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("hello")
    assert "not a run folder" in refusal(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b'"text"', b"\xff\xfe", b"{}", b'{"format": "other"}']
)
def test_a_config_that_is_none_is_refused(run_copy, content):
    (run_copy / "config.json").write_bytes(content)
    assert "config.json: " in refusal(run_copy)


def test_a_config_cut_short_is_refused(run_copy):
    path = run_copy / "config.json"
    path.write_bytes(path.read_bytes()[:-30])
    assert "damaged, not JSON" in refusal(run_copy)


def test_another_version_names_the_seqkit_that_made_it(run_copy):
    edit(run_copy / "config.json", version=99, seqkit="7.7")
    message = refusal(run_copy)
    assert "format version 99" in message and "7.7" in message


def test_a_run_of_another_task_is_refused(run_copy):
    edit(run_copy / "config.json", task="tagging")
    assert "'tagging', not 'language'" in refusal(run_copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": None},
        {"model": "large"},
        {"model": {"vocabulary_size": 20, "depth": 3}},
        {"model": {"vocabulary_size": 20, "hidden": 0}},
        {"model": {"vocabulary_size": 20, "hidden": "wide"}},
        {"model": {"vocabulary_size": 20, "hidden": 2.5}},
        {"settings": None},
        {"settings": 5},
        {"settings": {"tokenizer_name": "none such"}},
        {"settings": {"tokenizer_name": 3}},
        {"settings": {"tokenizer_name": "word"}},
        {"settings": {"tokenizer_name": "word", "direction": "up"}},
        {"settings": {"tokenizer_name": "word", "direction": "both"}},
    ],
    ids=str,
)
def test_a_config_without_sound_parts_is_refused(run_copy, changes):
    edit(run_copy / "config.json", **changes)
    assert "config.json" in refusal(run_copy)


@pytest.mark.parametrize("name", ["vocabulary.json", "model.safetensors"])
def test_a_missing_file_is_named(run_copy, name):
    (run_copy / name).unlink()
    message = refusal(run_copy)
    assert name in message and "incomplete" in message


@pytest.mark.parametrize("name", ["vocabulary.json", "model.safetensors"])
@pytest.mark.parametrize("keep", [0, 1, 7, 100, -1])
def test_a_file_cut_short_is_named(run_copy, name, keep):
    path = run_copy / name
    path.write_bytes(path.read_bytes().rstrip()[:keep])
    message = refusal(run_copy)
    assert name in message and "damaged" in message


def test_a_vocabulary_of_another_size_is_refused(run_copy):
    path = run_copy / "vocabulary.json"
    value = read_json(path)
    edit(path, types=value["types"][:-1], counts=value["counts"][:-1])
    message = refusal(run_copy)
    assert f"{len(value['types']) - 1} types" in message and str(len(value["types"])) in message


def test_weights_of_other_shapes_or_names_are_refused(run_copy):
    path = run_copy / "model.safetensors"
    good = safetensors.torch.load_file(path)
    safetensors.torch.save_file({**good, "output_bias": torch.zeros(3)}, path)
    assert "output_bias is of shape (3,), config.json says (" in refusal(run_copy)
    safetensors.torch.save_file({n: t for n, t in good.items() if n != "output_bias"}, path)
    assert "output_bias is missing" in refusal(run_copy)
    safetensors.torch.save_file({**good, "extra": torch.zeros(3)}, path)
    assert "holds extra, which config.json does not know" in refusal(run_copy)


def test_a_header_that_promises_too_much_is_refused(run_copy):
    path = run_copy / "model.safetensors"
    path.write_bytes(struct.pack("<Q", 1 << 60) + path.read_bytes()[8:])
    assert "model.safetensors: damaged" in refusal(run_copy)


class Trap:
    """Unpickling this makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_in_disguise_is_refused_and_not_run(run_copy, tmp_path):
    sprung = tmp_path / "sprung"
    path = run_copy / "model.safetensors"
    path.write_bytes(pickle.dumps(Trap(sprung)))
    assert "model.safetensors: damaged" in refusal(run_copy)
    torch.save({"weight": Trap(sprung)}, path)
    assert "model.safetensors: damaged" in refusal(run_copy)
    assert not sprung.exists()


def test_a_damaged_history_is_named(run_copy):
    assert len(Run(run_copy).read_history()) == 3
    (run_copy / "history.jsonl").write_text('{"epoch": 1}\n{"epo')
    with pytest.raises(ValueError, match=r"history\.jsonl: damaged"):
        Run(run_copy).read_history()
    (run_copy / "history.jsonl").unlink()
    assert Run(run_copy).read_history() == []


def test_weights_come_back_to_the_bit(tmp_path):
    model, other = nn.Linear(3, 2), nn.Linear(3, 2)
    Run(tmp_path).write_weights(model)
    Run(tmp_path).read_weights(other)
    assert torch.equal(model.weight, other.weight) and torch.equal(model.bias, other.bias)


def test_two_trainings_cannot_hold_one_folder(tmp_path):
    run = Run(tmp_path / "run")
    with run.locked():
        with pytest.raises(ValueError, match="another training is using this folder"):
            Run(tmp_path / "run").locked().__enter__()
        assert run.checkpoint.exists()
    with Run(tmp_path / "run").locked():
        pass


@pytest.mark.parametrize("force", [False, True])
def test_a_training_that_is_refused_leaves_the_other_one_alone(tmp_path, sources, force):
    """The first one still encodes its texts, so it has no config.json yet."""
    run = Run(tmp_path / "run")
    with run.locked():
        (run.checkpoint / "train.tokens").write_bytes(b"being written")
        with pytest.raises(ValueError, match="another training"):
            language.training(texts.settings(), sources, run.path, force).__enter__()
        assert (run.checkpoint / "train.tokens").read_bytes() == b"being written"


def test_a_finished_run_is_not_overwritten(run_copy, sources):
    before = (run_copy / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match=r"holds a finished run; .* add --force"):
        language.train(texts.settings(), sources, run_copy)
    assert (run_copy / "model.safetensors").read_bytes() == before


def test_an_unfinished_run_is_not_overwritten(run_copy, sources):
    (run_copy / "metrics.json").unlink()
    with pytest.raises(ValueError, match="holds an unfinished run; add --resume"):
        language.train(texts.settings(), sources, run_copy)


def test_a_folder_of_other_files_and_a_file_are_left_alone(tmp_path, sources):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="holds other files"):
        language.train(texts.settings(), sources, tmp_path)
    with pytest.raises(ValueError, match=r"thesis\.txt: is a file"):
        language.train(texts.settings(), sources, tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_what_a_killed_writer_left_does_not_block_a_new_training(tmp_path, sources):
    (tmp_path / ".vocabulary.json.x1y2").write_text("half")
    language.train(texts.settings(epochs=1), sources, tmp_path)
    assert Run(tmp_path).finished


@pytest.mark.parametrize("name", ["config.json", "metrics.json", "model.safetensors"])
def test_a_file_that_has_changed_is_refused(finished, tmp_path, name):
    copy = shutil.copytree(finished, tmp_path / "copy")
    data = bytearray((copy / name).read_bytes())
    data[-2] ^= 1 << 5  # white space of JSON, or the last number: nothing else would tell
    (copy / name).write_bytes(data)
    assert f"{name}: damaged" in refusal(copy)
    (copy / "README.md").write_text("mine")
    (copy / name).write_bytes((finished / name).read_bytes())
    language.load(copy, "cpu")


def test_what_an_unfinished_run_began_with_must_not_change(tmp_path):
    run = Run(tmp_path / "run")
    run.checkpoint.mkdir(parents=True)
    (run.checkpoint / "train.tokens").write_bytes(b"ids")
    parts = {"task": "x", "settings": {}, "model": {}, "corpus": {}, "precision": "fp32"}
    run.create(parts)
    (run.checkpoint / "state.safetensors").write_bytes(b"comes and goes")
    assert run.read_config()["task"] == "x"
    (run.checkpoint / "train.tokens").write_bytes(b"odd")
    os.utime(run.checkpoint / "train.tokens", ns=(1, 1))
    with pytest.raises(ValueError, match=r"train\.tokens: damaged"):
        run.read_config()
