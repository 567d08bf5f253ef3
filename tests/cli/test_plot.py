"""Looking inside a run: pictures of its gates and of how far its gradients reach."""

import json

import numpy as np
import pytest
import torch

from seqkit.cli.main import run
from seqkit.layers.reach import fades_below, gradient_reach
from seqkit.tasks import language
from seqkit.tasks.language.inside import PASSAGES, WARMUP, measure_reach, read_sentence
from seqkit.tasks.runs import read_json
from tests.cli.conftest import flags
from tests.report.test_gates import texts

SENTENCE = "the red zebra sees"
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def model(trained):
    return language.load(trained, "cpu")


@pytest.fixture(scope="module")
def deep(tmp_path_factory, text):
    """A finished run with two layers of gated units, no bigger than the other."""
    folder = tmp_path_factory.mktemp("runs") / "gru"
    options = flags(layers=2, cell="gru", epochs=1)
    assert run(["train-lm", str(text), *options, "--out", str(folder), "--quiet"]) == 0
    return folder


def test_a_sentence_is_read_as_the_model_reads_it(deep):
    model = language.load(deep, "cpu")
    reading = read_sentence(model, SENTENCE)
    assert reading.tokens == ["<eos>", "the", "red", "<unk>", "sees"]
    ids = torch.tensor([[model.vocabulary.eos, *model.ids(SENTENCE)]])
    top, state = model.model(ids, model.model.initial(1))
    np.testing.assert_allclose(reading.values["output"], top[0].detach(), atol=1e-6)
    low = read_sentence(model, SENTENCE, 1)
    np.testing.assert_allclose(low.values["output"][-1], state[0][0].detach(), atol=1e-6)
    assert (reading.layer, low.layer) == (2, 1)
    assert list(low.gates) == ["reset", "update"]


def test_plot_draws_the_gates_of_a_sentence(seqkit, trained, tmp_path):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", trained, "--gates", SENTENCE, "--out", "gates.svg", "--units", 3)
    assert (result.code, result.out, result.err) == (0, "gates.svg\n", "")
    words = texts(tmp_path / "gates.svg")
    assert {"<eos>", "the", "red", "<unk>", "sees", "forget gate Γ$_f$"} <= set(words)
    assert f"{trained}: lstm, layer 1" in words


def test_pictures_lie_in_the_run_unless_told_otherwise(seqkit, run_copy):
    pytest.importorskip("matplotlib")
    for options, name in (
        ([], "learning-curves.png"),
        (["--gates", "a"], "gates.png"),
        (["--reach", "--farthest", 3], "reach.png"),
    ):
        result = seqkit("plot", run_copy, *options)
        assert (result.code, result.out) == (0, f"{run_copy / name}\n")
        assert (run_copy / name).read_bytes().startswith(PNG)


def test_plot_compares_runs_by_their_reach(seqkit, trained, deep, tmp_path):
    pytest.importorskip("matplotlib")
    options = ["--reach", "--farthest", 5, "--out", "reach.svg"]
    assert seqkit("plot", trained, deep, *options).code == 0
    assert {str(trained), str(deep)} <= set(texts(tmp_path / "reach.svg"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gates", "a", "--reach"], "draw one at a time"),
        (["--gates", ""], "the sentence is empty"),
        (["--gates", "a", "--layer", 2], "layer 2: the model has layers 1 to 1"),
        (["--gates", "a", "--layer", 0], "layer 0: the model has layers 1 to 1"),
        (["--gates", "a " * 99], "100 tokens do not fit"),
        (["--layer", 1], "--layer goes with --gates"),
        (["--units", 1, "--reach"], "--units goes with --gates"),
        (["--text", "x.txt"], "--text goes with --reach"),
        (["--farthest", 3, "--gates", "a"], "--farthest goes with --reach"),
        (["--reach", "--text", "nowhere.txt"], "nowhere.txt"),
        (["--reach", "--farthest", 99999], "too few to look 99999 back"),
    ],
)
def test_what_does_not_go_together(seqkit, trained, options, message):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", trained, *options, "--out", "picture.png")
    assert result.code == 2 and message in result.error


def test_only_reach_takes_several_runs(seqkit, trained):
    for options in ([], ["--gates", "a"]):
        result = seqkit("plot", trained, trained, *options)
        assert result.code == 2 and "2 runs: only --reach" in result.error


def test_reach_is_that_of_the_layers_on_passages_of_the_text(model, text):
    from seqkit.corpora.catalogue import open_corpus

    farthest = 30
    exact = model.in_float64()
    ids = torch.tensor(exact.ids(text.read_text()))
    last = len(ids) - WARMUP - farthest
    starts = [last * i // (PASSAGES - 1) for i in range(PASSAGES)]
    passages = torch.stack([ids[start : start + WARMUP + farthest] for start in starts])
    x = exact.model.embedding(passages)
    wanted = gradient_reach(exact.model.stack, x, farthest)
    found = measure_reach(model, open_corpus(str(text)), farthest)
    np.testing.assert_allclose(found, wanted.detach(), rtol=1e-9)


def test_inspect_tells_where_gradients_fade(seqkit, trained, model, text):
    own = json.loads(seqkit("inspect", trained, "--reach", "--farthest", 12, "--json").out)
    assert len(own["norms"]) == 13 and own["norms"][0] == pytest.approx(1, rel=1e-12)
    assert own["half_distance"] == fades_below(own["norms"], 0.5)
    options = ["--reach", "--farthest", 12, "--text", text]
    other = json.loads(seqkit("inspect", trained, *options, "--json").out)
    assert other["norms"] != own["norms"]
    lines = seqkit("inspect", trained, *options).out.splitlines()
    rows = [line.split() for line in lines[2:-3]]
    assert [int(k) for k, _ in rows] == [0, 1, 2, 3, 4, 5, 7, 10, 12]
    assert [norm for _, norm in rows] == [f"{other['norms'][int(k)]:.4g}" for k, _ in rows]
    hundredth = other["hundredth_distance"]
    assert lines[-1] == f"below 1/100 from {'beyond 12' if hundredth is None else hundredth}"


def test_a_validation_text_that_is_gone(seqkit, run_copy, tmp_path):
    config = read_json(run_copy / "config.json")
    (tmp_path / "other.txt").write_text("the red fox sees a wet owl .\n" * 50)
    for notes, message in (
        ({**config["notes"], "corpus": "gone.txt"}, "cannot be read again (gone.txt"),
        ({**config["notes"], "corpus": "-"}, "(it was not a file)"),
        ({**config["notes"], "corpus": "other.txt"}, "other.txt: no longer the text"),
        (None, "(it was not a file)"),
    ):
        (run_copy / "config.json").write_text(json.dumps({**config, "notes": notes}))
        result = seqkit("inspect", run_copy, "--reach")
        assert result.code == 2 and message in result.error and "--text" in result.error
    assert seqkit("inspect", run_copy, "--reach", "--text", "other.txt").code == 0
