"""Looking inside a translator: pictures, `inspect`, `diagnose`."""

import json

import pytest

from seqkit.corpora.parallel_catalogue import open_parallel_splits
from seqkit.tasks import translating
from seqkit.tasks.runs import read_json
from tests.cli.translators import train
from tests.report.test_gates import texts
from tests.unsealed import unsealed

TEXT = "the red cat sees the old fish."


@pytest.fixture(scope="module")
def translator(tmp_path_factory):
    """A run with attention."""
    return train(tmp_path_factory.mktemp("translators") / "dot")


@pytest.fixture(scope="module")
def blind(tmp_path_factory):
    """One without attention, with no test text."""
    folder = tmp_path_factory.mktemp("translators") / "none"
    files = (folder / "text.en", folder / "text.xx")
    return train(folder, "--attention", "none", "--valid", *files, epochs=2)


def test_the_alignment_of_a_sentence(seqkit, translator, tmp_path):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", translator, "--align", f" {TEXT}\n", "--out", "a.svg")
    assert (result.code, result.out, result.err) == (0, "a.svg\n", "")
    words = texts(tmp_path / "a.svg")
    (found,) = translating.load(translator, "cpu").translate([TEXT])
    for word in (*found.tokens, *found.candidates[0].tokens, "<eos>", f"{translator}: attention"):
        assert word in words


def test_bleu_by_length_of_several_runs(seqkit, translator, blind, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    from seqkit.report import by_length

    drawn, draw = [], by_length.bleu_by_length
    monkeypatch.setattr(by_length, "bleu_by_length", lambda *a: (drawn.append(a), draw(*a)))
    assert seqkit("plot", translator, "--by-length", "--out", "one.svg").code == 0
    assert seqkit("plot", translator, blind, "--by-length", "--out", "two.svg").code == 0
    own = read_json(translator / "metrics.json")
    points = {
        name: [(group["mean_length"], group["bleu"]) for group in own[name]["by_length"]]
        for name in ("valid", "test")
    }
    assert drawn[0][0] == {str(translator): points["test"]}
    assert drawn[1][0][str(translator)] == points["valid"]  # the other has no test text
    assert "BLEU by source length, test text" in texts(tmp_path / "one.svg")
    words = texts(tmp_path / "two.svg")
    assert {str(translator), str(blind), "BLEU by source length, validation text"} <= set(words)


def test_learning_curves_show_bleu_as_a_share(seqkit, translator, tmp_path):
    pytest.importorskip("matplotlib")
    assert seqkit("plot", translator, "--out", "a.svg").code == 0
    words = texts(tmp_path / "a.svg")
    history = [json.loads(line) for line in (translator / "history.jsonl").read_text().splitlines()]
    kept = [record for record in history if record["best"]][-1]
    assert f"best epoch {kept['epoch']:g}: BLEU {kept['valid']['bleu'] / 100:.4g}" in words
    assert {"valid bleu", "valid exact_match"} <= set(words)
    baselines = read_json(translator / "metrics.json")["valid"]["baselines"]
    assert f"copied {baselines['copy_bleu'] / 100:.4g}" in words


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--align", " "], "--align: the sentence is empty"),
        (["--align", "cat " * 90], "the source has 91 tokens, which do not fit"),
        (["--align", "a", "--by-length"], "--align and --by-length are different pictures"),
        (["--align", "a", "--text", "b"], "--text goes with --reach"),
        (["--gates", "the cat"], "a run of the task 'translating'"),
    ],
    ids=str,
)
def test_pictures_that_cannot_be(seqkit, translator, options, message):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", translator, *options, "--out", "a.png")
    assert result.code == 2 and message in result.error


def test_pictures_of_other_runs(seqkit, translator, blind, run_copy, tmp_path):
    result = seqkit("plot", blind, "--align", TEXT)
    assert result.code == 2 and "was trained with --attention none" in result.error
    result = seqkit("plot", translator, blind, "--align", TEXT)
    assert result.code == 2 and "2 runs: only --reach and --by-length" in result.error
    result = seqkit("plot", run_copy, "--by-length")
    assert result.code == 2 and "a run of the task 'language'" in result.error
    copy = unsealed(translator, tmp_path / "damaged")
    (copy / "metrics.json").write_text('{"valid": {}}')
    assert "metrics.json: damaged" in seqkit("plot", copy, "--by-length").error
    (copy / "metrics.json").unlink()
    assert "the run is not finished" in seqkit("plot", copy, "--by-length").error


def test_inspect_shows_both_languages(seqkit, translator):
    found = json.loads(seqkit("inspect", translator, "--json").out)
    trained = translating.load(translator, "cpu")
    source, target = trained.sides.source.vocabulary, trained.sides.target.vocabulary
    assert (found["source_size"], found["target_size"]) == (len(source), len(target))
    assert found["vocabulary_size"] == len(target)
    assert [type_ for type_, _ in found["types"]] == list(target.types[:10])
    assert found["longest"] == list(trained.longest)
    shapes = {name: list(p.shape) for name, p in trained.model.named_parameters()}
    assert found["parameters"] == shapes and len(found["history"]) == 4
    shown = seqkit("inspect", translator).out
    assert "source_tokens   word\n" in shown and "valid bleu " in shown


# diagnose


def test_diagnose_measures_the_training_text_anew(seqkit, translator):
    found = json.loads(seqkit("diagnose", translator, "--human", 0.01, "--json").out)
    files = [str(translator.parent / name) for name in ("text.en", "text.xx")]
    trained = translating.load(translator, "cpu")
    wanted = trained.evaluate(open_parallel_splits(*files).train)
    assert found["errors"]["train"] == pytest.approx(wanted["loss"], rel=1e-5)
    metrics = read_json(translator / "metrics.json")
    assert found["errors"]["dev"] == metrics["valid"]["loss"]
    assert found["errors"]["train"] != metrics["train"]["loss"]
    assert [gap["name"] for gap in found["gaps"]] == [
        *("avoidable bias", "variance", "over-fitting to dev"),
    ]


def test_diagnose_goes_on_where_the_training_text_is_gone(seqkit, translator, tmp_path):
    run = unsealed(translator, tmp_path / "copy")
    config = read_json(run / "config.json")
    config["notes"]["source"] = str(tmp_path / "gone.en")
    (run / "config.json").write_text(json.dumps(config))
    result = seqkit("diagnose", run)
    assert result.code == 0 and "cannot be read again" in result.err
    assert "smoothed labels" in result.out
    config["notes"] |= {"source": str(translator.parent / "text.xx")}
    (run / "config.json").write_text(json.dumps(config))
    assert "no longer the text that" in seqkit("diagnose", run).err
    refused = seqkit("diagnose", run, "--train-dev", "x.en")
    assert refused.code == 2 and "a tagger or a language model, and" in refused.error
