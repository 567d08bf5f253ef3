"""`seqkit evaluate --cache --dynamic`: what it prints, and which text settings are chosen on."""

import hashlib
import json

import pytest

from seqkit.cli.origin import validation_text
from seqkit.corpora.catalogue import open_corpus
from seqkit.layers.cache import CacheSettings
from seqkit.tasks import language
from seqkit.tasks.language import adapting
from seqkit.tasks.runs import read_json
from seqkit.train.dynamic import DynamicSettings
from tests.tasks import texts

CACHE, DYNAMIC = "300,0.5,0.2", "0.003,0.01,5"


@pytest.fixture(scope="module")
def model(trained):
    return language.load(trained, "cpu")


@pytest.fixture
def data(tmp_path):
    """Another text than the run knows."""
    return texts.write(tmp_path / "data.txt", 40, seed=6)


@pytest.fixture
def evaluate(seqkit, trained, data):
    """Evaluate the run on that text: evaluate("--cache")."""

    def call(*arguments, run=trained):
        return seqkit("evaluate", run, data, "--no-baselines", *arguments)

    return call


def named(name, found):
    return {f"{name}_{key}": value for key, value in found.items()}


def test_given_settings_are_used(evaluate, trained, model, data):
    text, valid = open_corpus(str(data)), validation_text(str(trained))
    result = evaluate(
        *("--cache", "--cache-settings", CACHE, "--dynamic", "--dynamic-settings", DYNAMIC),
        "--json",
    )
    assert result.err == ""
    cached = adapting.evaluate_cached(model, text, CacheSettings(300, 0.5, 0.2))
    learnt = adapting.evaluate_dynamic(model, text, DynamicSettings(0.003, 0.01, 5), valid)
    cached["settings"] = {"size": 300, "theta": 0.5, "weight": 0.2}
    learnt["settings"] = {"rate": 0.003, "decay": 0.01, "window": 5, "gradients_of": valid.name}
    plain = model.evaluate(text)
    assert json.loads(result.out) == plain | named("cache", cached) | named("dynamic", learnt)


def test_settings_are_chosen_on_the_validation_text(evaluate, trained, model):
    before = {path: path.read_bytes() for path in trained.iterdir() if path.is_file()}
    result = evaluate("--cache", "--dynamic", "--json")
    valid = validation_text(str(trained))
    found, cache = json.loads(result.out), adapting.tune_cache(model, valid)
    assert found["cache_settings"] == {**vars(cache), "chosen_on": valid.name}
    told = {"gradients_of": valid.name, "chosen_on": valid.name}
    assert found["dynamic_settings"] == {**vars(adapting.tune_dynamic(model, valid)), **told}
    assert result.err.splitlines() == [
        f"choosing the settings of --cache on {valid.name}",
        f"choosing the settings of --dynamic on {valid.name}",
    ]
    assert before == {path: path.read_bytes() for path in trained.iterdir() if path.is_file()}


def test_or_on_the_text_that_is_named(evaluate, model, tmp_path):
    other = texts.write(tmp_path / "other.txt", 30, seed=9)
    found = json.loads(evaluate("--cache", "--tune-on", "other.txt", "--json").out)
    cache = adapting.tune_cache(model, open_corpus(str(other)))
    assert found["cache_settings"] == {**vars(cache), "chosen_on": "other.txt"}
    assert not [name for name in found if name.startswith("dynamic")]


def test_it_is_shown_below_the_plain_figures(evaluate, model, data):
    plain = evaluate().out.splitlines()
    out = evaluate("--cache", "--cache-settings", CACHE).out.splitlines()
    found = adapting.evaluate_cached(model, open_corpus(str(data)), CacheSettings(300, 0.5, 0.2))
    low, high = found["perplexity_interval"]
    least, most = found["gain_interval"]
    assert out == [
        *plain,
        f"cache_perplexity      {found['perplexity']:.4f}  (95 %: {low:.2f} to {high:.2f})",
        f"cache_bits_per_char   {found['bits_per_char']:.4f}",
        f"cache_gain            {found['gain']:.4f} nats a token  "
        f"(95 %: {least:.4f} to {most:.4f})",
        "cache_settings        size 300, theta 0.5, weight 0.2",
    ]
    out = evaluate("--dynamic", "--dynamic-settings", DYNAMIC).out.splitlines()
    assert out[-1].startswith(
        "dynamic_settings      rate 0.003, decay 0.01, window 5, gradients of "
    )


def test_what_is_gained_can_be_a_gate(evaluate):
    options = ["--cache", "--cache-settings", CACHE]
    good = evaluate(*options, "--max", "cache_perplexity=1000", "--min", "cache_gain=-10")
    assert (good.code, good.err) == (0, "")
    bad = evaluate(*options, "--min", "cache_gain=10")
    assert bad.code == 1 and "--min cache_gain=10: it is " in bad.err
    assert "no metric 'dynamic_gain'" in evaluate(*options, "--min", "dynamic_gain=0").err


def test_without_a_validation_text(evaluate, run_copy, tmp_path):
    """A cache has defaults; gradients must be measured on some text."""
    config = read_json(run_copy / "config.json")
    (run_copy / "config.json").write_text(json.dumps({**config, "notes": None}))
    result = evaluate("--cache", "--json", run=run_copy)
    assert json.loads(result.out)["cache_settings"] == vars(CacheSettings())
    assert result.err.count("\n") == 1 and "default settings, --tune-on" in result.err
    refused = evaluate("--dynamic", "--dynamic-settings", DYNAMIC, run=run_copy)
    assert refused.code == 2 and "cannot be read again" in refused.error
    assert refused.error.endswith("name another text with --tune-on")
    texts.write(tmp_path / "other.txt", 30, seed=9)
    assert evaluate("--dynamic", "--tune-on", "other.txt", run=run_copy).code == 0


def test_nothing_is_fitted_to_the_text_that_is_measured(seqkit, evaluate, trained, tmp_path):
    refused = evaluate("--cache", "--tune-on", "data.txt")
    assert refused.code == 2 and "DATA is the text" in refused.error
    lines = [line.text for line in validation_text(str(trained))]
    (tmp_path / "valid.txt").write_text("\n".join(lines) + "\n")
    assert _sha256(tmp_path / "valid.txt") == read_json(trained / "config.json")["corpus"][
        "valid"
    ]["sha256"]  # fmt: skip
    refused = seqkit("evaluate", trained, "valid.txt", "--dynamic")
    assert refused.code == 2 and "DATA is the text" in refused.error
    allowed = seqkit("evaluate", trained, "valid.txt", "--cache", "--cache-settings", CACHE)
    assert allowed.code == 0


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cache-settings", CACHE], "--cache-settings goes with --cache"),
        (["--cache", "--dynamic-settings", DYNAMIC], "--dynamic-settings goes with --dynamic"),
        (["--tune-on", "x.txt"], "--tune-on goes with --dynamic"),
        (["--cache", "--cache-settings", CACHE, "--tune-on", "x.txt"], "--tune-on goes with"),
        (["--cache", "--cache-settings", "1,2"], "--cache-settings 1,2: write three numbers"),
        (["--cache", "--cache-settings", "9.5,0,0"], "write three numbers, such as 500,0.3,0.1"),
        (["--cache", "--cache-settings", "inf,0,0"], "write three numbers"),
        (["--cache", "--cache-settings", "9,0,1"], "settings 9,0,1: the weight of a cache must be"),
        (["--dynamic", "--dynamic-settings", "a,b,5"], "such as 0.0004,0.003,20"),
        (["--dynamic", "--dynamic-settings", "0,0,5"], "settings 0,0,5: the rate of dynamic"),
        (["--cache", "--tune-on", "gone.txt"], "gone.txt"),
    ],
)
def test_what_does_not_go_together_is_refused(evaluate, options, message):
    result = evaluate(*options)
    assert result.code == 2 and message in result.error
