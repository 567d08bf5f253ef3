"""`evaluate` of translators: figures counted again, tables, gates, and bad input."""

import json
import math
import re

import pytest
import torch

from seqkit.corpora import dates
from seqkit.metrics.bleu import bleu
from seqkit.metrics.chrf import chrf
from seqkit.tasks import translating
from seqkit.tasks.translating import SearchSettings
from tests.cli.translators import train, write
from tests.tasks.translated import sentences


@pytest.fixture(scope="module")
def translator(tmp_path_factory):
    """A run that has learnt something, and not all."""
    return train(tmp_path_factory.mktemp("translators") / "own", epochs=15)


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """One that has seen a few dates."""
    with pytest.MonkeyPatch.context() as patch:
        for split in dates.SIZES:
            patch.setitem(dates.SIZES, split, 30)
        from seqkit.cli.main import run

        folder = tmp_path_factory.mktemp("translators") / "days"
        options = ["--hidden", "8", "--embed", "4", "--epochs", "1", "--quiet", "--threads", "1"]
        assert run(["train-translator", "dates", "--out", str(folder), *options]) == 0
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Pairs it was not trained on."""
    return write(tmp_path_factory.mktemp("data") / "new", 200, 280)


@pytest.fixture
def measure(seqkit, translator, files):
    def call(*options):
        return seqkit("evaluate", translator, files[0], "--target", files[1], *options)

    return call


@pytest.fixture(scope="module")
def written(translator):
    """What the library makes of the sources."""
    sources = [source for source, _ in sentences()[200:280]]
    return [found.text for found in translating.load(translator, "cpu").translate(sources)]


WANTED = [target for _, target in sentences()[200:280]]


def test_figures_are_those_of_the_translations(measure, written):
    result = measure("--json")
    assert (result.code, result.err) == (0, "")
    metrics = json.loads(result.out)
    assert 5 < metrics["bleu"] < 100
    assert metrics["bleu"] == pytest.approx(bleu(written, WANTED).score)
    assert metrics["chrf"] == pytest.approx(chrf(written, WANTED))
    same = sum(one == other for one, other in zip(written, WANTED, strict=True))
    assert metrics["exact_match"] == pytest.approx(same / 80)
    assert (metrics["pairs"], metrics["beam"], metrics["bleu_tokenize"]) == (80, 5, "13a")
    low, high = metrics["bleu_interval"]
    assert low < metrics["bleu"] < high
    assert sum(group["pairs"] for group in metrics["by_length"]) == 80
    assert metrics["perplexity"] == pytest.approx(math.exp(metrics["loss"]))


def test_the_loss_is_that_of_every_pair_alone(measure, translator):
    trained = translating.load(translator, "cpu")
    total, count = 0.0, 0
    for source, target in sentences()[200:280]:
        ids, wanted = trained.sides.source.ids(source), trained.sides.target.ids(target)
        memory, state = trained.model.start(torch.tensor([ids]))
        for before, word in zip([ids[-1], *wanted], wanted, strict=False):
            log_probs, state = trained.model.step(torch.tensor([before]), state, memory)
            total, count = total - float(log_probs[0, word]), count + 1
    assert json.loads(measure("--json").out)["loss"] == pytest.approx(total / count, abs=1e-4)


def test_the_width_of_the_beam_and_the_tokens_can_be_chosen(measure, translator):
    sources = [source for source, _ in sentences()[200:280]]
    found = translating.load(translator, "cpu").translate(sources, SearchSettings(beam=1))
    greedy = [one.text for one in found]
    metrics = json.loads(measure("--json", "--beam", 1, "--tokenize", "none").out)
    assert metrics["bleu"] == pytest.approx(bleu(greedy, WANTED, "none").score)
    assert metrics["bleu"] != pytest.approx(bleu(greedy, WANTED, "13a").score)
    assert (metrics["beam"], metrics["bleu_tokenize"]) == (1, "none")


def test_tables_show_the_same(measure):
    metrics = json.loads(measure("--json").out)
    result = measure()
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    low, high = metrics["bleu_interval"]
    between = f"(95 %: {low:.2f} to {high:.2f}, bootstrap over lines)"
    assert lines[0] == f"bleu               {metrics['bleu']:.2f}  {between}"
    assert lines[1].startswith(f"chrf               {metrics['chrf']:.2f}  (95 %: ")
    parts = " / ".join(f"{share:.1f}" for share in metrics["precisions"])
    assert lines[2] == f"precisions         {parts}  of 1- to 4-grams, tokenized as 13a does"
    shown = dict(re.findall(r"^(\w+) +([\d.,]+)", result.out, re.M))
    for name in ("brevity_penalty", "exact_match", "loss", "perplexity"):
        assert shown[name] == f"{metrics[name]:.4f}"
    assert (shown["pairs"], shown["beam"]) == ("80", "5")
    for group in metrics["by_length"]:
        first, last = group["from"], group["to"]
        span = f"{first}" if first == last else f"{first} to {last}"
        assert re.search(rf"^{span} +{group['pairs']} +{group['bleu']:.2f}$", result.out, re.M)
    assert metrics["worst"]
    for one in metrics["worst"]:
        assert f"{one['place']}: chrf {one['chrf']:.2f}\n  source       {one['source']}\n" in (
            result.out
        )
        assert f"  target       {one['target']}\n  translation  {one['translation']}" in result.out


def test_a_built_in_corpus_is_measured_on_its_test_part(seqkit, days, monkeypatch):
    monkeypatch.setitem(dates.SIZES, "test", 25)
    metrics = json.loads(seqkit("evaluate", days, "dates", "--json").out)
    assert metrics["pairs"] == 25
    test = list(dates.Dates("test"))
    found = translating.load(days, "cpu").translate([pair.source for pair in test])
    assert metrics["chrf"] == pytest.approx(chrf([f.text for f in found], [p.target for p in test]))


def test_a_single_pair_has_no_interval(seqkit, translator, tmp_path):
    write(tmp_path / "one", 0, 1)
    arguments = ("one/text.en", "--target", "one/text.xx")
    result = seqkit("evaluate", translator, *arguments)
    assert result.code == 0 and re.match(r"bleu +[\d.]+\n", result.out)


def test_gates(measure):
    assert measure("--min", "bleu=1", "--min", "exact_match=0.001", "--max", "loss=9").code == 0
    result = measure("--min", "bleu=99.9")
    assert result.code == 1 and "--min bleu=99.9: it is " in result.err
    assert "no metric 'ter'; there are: loss, perplexity, bleu" in measure("--min", "ter=1").err


def test_blank_lines_are_told(seqkit, translator, tmp_path):
    (tmp_path / "a.en").write_text("the cat sees the dog.\n\n")
    (tmp_path / "a.xx").write_text("la kato vidas la hundo.\nla\n")
    result = seqkit("evaluate", translator, "a.en", "--target", "a.xx", "--json")
    assert result.code == 0 and json.loads(result.out)["pairs"] == 1
    assert result.err.startswith("warning: a.en and a.xx: 1 line is blank")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.en"], "a.en is the source alone: name its translations with --target FILE"),
        (["a.en", "--target", "gone.xx"], "gone.xx: no such file"),
        (["a.en", "--target", "b.xx"], "a.en has 2 lines and b.xx 1 line"),
        (["dates", "--target", "b.xx"], "dates has both sides: leave b.xx out"),
        (["a.en", "--target", "a.en", "--beam", 0], "--beam must be 1 or more, got 0"),
        (["a.en", "--column", 1], "--column is for a tagger, and "),
        (["a.en", "--against", "x"], "--against is for a classifier, and "),
    ],
    ids=str,
)
def test_bad_input(seqkit, translator, tmp_path, arguments, message):
    (tmp_path / "a.en").write_text("the cat\nthe dog\n")
    (tmp_path / "b.xx").write_text("la kato\n")
    result = seqkit("evaluate", translator, *arguments)
    assert result.code == 2 and message in result.error


def test_options_of_translators_are_for_translators(seqkit, run_copy, text):
    for options in (["--target", text], ["--beam", 3], ["--tokenize", "none"]):
        result = seqkit("evaluate", run_copy, text, *options)
        assert result.code == 2 and f"{options[0]} is for a translator, and " in result.error
        result = seqkit("evaluate", run_copy, "--analogies", "a.txt", *options)
        assert result.code == 2 and f"{options[0]} is for a model of text" in result.error


def test_another_tokenization_is_a_usage_error(measure):
    assert "'intl' is not one of '13a', 'none'" in measure("--tokenize", "intl").usage_error
