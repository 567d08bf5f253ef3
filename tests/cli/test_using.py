"""Commands that use or look into a run or a corpus: exactly what they print."""

import hashlib
import json
import math

import pytest

from seqkit.layers import CELLS
from seqkit.tasks import language
from seqkit.tasks.runs import read_json

LINES = ["the red fox sees a wet owl .", "owl owl owl", "", "the zebra sees a wet owl ."]
TEXT = "".join(line + "\n" for line in LINES)
TINY = "b a b\nc b \x1b[2J\n"


@pytest.fixture(scope="module")
def model(trained):
    return language.load(trained, "cpu")


def test_score_prints_log_p_perplexity_and_line(seqkit, trained, model):
    wanted = [f"{s.log_prob:.4f}\t{s.perplexity:.2f}\t{s.line}" for s in model.score(LINES)]
    result = seqkit("score", trained, stdin=TEXT)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == wanted
    ranked = seqkit("score", trained, "-", "--rank", stdin=TEXT).out.splitlines()
    assert ranked == sorted(wanted, key=lambda line: -float(line.split("\t")[0]))
    assert ranked != wanted


def test_score_prints_every_token(seqkit, trained, model):
    (score,) = model.score([LINES[0]])
    out = seqkit("score", trained, "--per-token", stdin=LINES[0]).out.splitlines()
    pairs = zip(score.log_probs, score.tokens, strict=True)
    assert out[1:] == [f"\t{log_prob:.4f}\t{token}" for log_prob, token in pairs]
    assert out[-1].endswith("\t<eos>")


def test_score_in_json(seqkit, trained, model):
    out = seqkit("score", trained, "--json", "--per-token", stdin=TEXT).out.splitlines()
    for line, score in zip(out, model.score(LINES), strict=True):
        assert json.loads(line) == {
            "text": score.line,
            "log_prob": score.log_prob,
            "perplexity": score.perplexity,
            "tokens": len(score.tokens),
            "per_token": [list(p) for p in zip(score.tokens, score.log_probs, strict=True)],
        }


def test_score_reads_a_file(seqkit, trained, tmp_path):
    (tmp_path / "lines.txt").write_text(TEXT)
    assert seqkit("score", trained, "lines.txt").out == seqkit("score", trained, stdin=TEXT).out


def test_vocab_prints_counts_and_the_likeliest_types(seqkit, tmp_path):
    (tmp_path / "tiny.txt").write_text(TINY)
    result = seqkit("vocab", "tiny.txt", "--tokenizer", "whitespace", "--vocab-size", 4)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "tokens         8\n"
        "types          5\n"
        "vocabulary     4\n"
        "unknown_share  0.2500\n"
        "lines          2\n"
        "characters     15\n"
        f"sha256         {_sha256(TINY)}\n"
        "\n"
        "id  type     count\n"
        "--  -------  -----\n"
        " 0  <unk>        2\n"
        " 1  <eos>        2\n"
        " 2  b            3\n"
        " 3  \\x1b[2J      1\n"
    )


def _sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_vocab_in_json_and_in_a_file(seqkit, tmp_path):
    (tmp_path / "tiny.txt").write_text(TINY)
    result = seqkit("vocab", "tiny.txt", "--level", "char", "--json", "--top", 3, "--out", "v.json")
    found = json.loads(result.out)
    assert (found["tokens"], found["lines"], found["characters"]) == (15, 2, 15)
    assert found["top"] == [["<unk>", 0], ["<eos>", 2], [" ", 4]]
    assert len(read_json(tmp_path / "v.json")["types"]) == found["vocabulary"]


def test_corpora_lists_shows_and_makes(seqkit, tmp_path):
    listed = seqkit("corpora", "list")
    assert listed.code == 0
    rows = json.loads(seqkit("corpora", "list", "--json").out)
    assert [row["name"] for row in rows][:3] == ["smallworld", "smallworld-2", "pydocs"]
    assert "smallworld" in listed.out and "pydocs" in listed.out
    (tmp_path / "tiny.txt").write_text(TINY)
    out = seqkit("corpora", "show", "tiny.txt", "--lines", 1).out.splitlines()
    facts = dict(line.split(maxsplit=1) for line in out[:-1])
    assert (facts["lines"], facts["words"], facts["characters"]) == ("2", "6", "15")
    assert facts["sha256"] == _sha256(TINY) and out[-1] == "  b a b"
    made = seqkit("corpora", "make", "smallworld", "data", "--sentences", 20, "--seed", 1)
    assert made.code == 0
    splits = ("train", "valid", "test")
    kinds = ("tagged.conll", "reviews.tsv", "source", "target")
    labelled = [f"data/{split}.{kind}" for split in splits for kind in kinds]
    texts = [f"data/{name}.txt" for name in (*splits, "analogies")]
    assert sorted(made.out.splitlines()) == sorted([*texts, *labelled])
    assert len((tmp_path / "data" / "train.txt").read_text().splitlines()) == 20
    shown = seqkit("corpora", "show", "data/train.txt", "--json", "--lines", 2)
    assert len(json.loads(shown.out)["examples"]) == 2
    again = seqkit("corpora", "make", "smallworld", "data")
    assert again.code == 2 and "is there already" in again.error


def test_inspect_shows_settings_parameters_types_and_history(seqkit, trained, model):
    found = json.loads(seqkit("inspect", trained, "--json", "--types", 3).out)
    assert found["config"] == read_json(trained / "config.json")
    assert found["vocabulary_size"] == len(model.vocabulary)
    pairs = zip(model.vocabulary.types, model.vocabulary.counts, strict=True)
    assert found["types"] == [list(pair) for pair in pairs][:3]
    shapes = {name: list(p.shape) for name, p in model.model.named_parameters()}
    assert found["parameters"] == shapes
    assert [record["epoch"] for record in found["history"]] == [1, 2, 3]
    out = seqkit("inspect", trained).out
    total = sum(math.prod(shape) for shape in shapes.values())
    assert f"{total:,}" in out and "hidden" in out and "<unk>" in out and "valid loss" in out


def test_evaluate_prints_the_metrics_of_the_model(seqkit, trained, model, text):
    from seqkit.corpora.catalogue import open_corpus

    wanted = model.evaluate(open_corpus(str(text)))
    result = seqkit("evaluate", trained, text, "--json")
    found = json.loads(result.out)
    baselines = found.pop("baselines")
    assert found == wanted
    assert 1 < baselines["trigram"] < baselines["unigram"]
    low, high = wanted["perplexity_interval"]
    assert seqkit("evaluate", trained, text).out.splitlines() == [
        f"perplexity      {wanted['perplexity']:.4f}  (95 %: {low:.2f} to {high:.2f}, "
        "bootstrap over lines)",
        f"loss            {wanted['loss']:.6f} nats a token",
        f"bits_per_char   {wanted['bits_per_char']:.4f}",
        f"unknown_share   {wanted['unknown_share']:.4f}",
        f"tokens          {wanted['tokens']:,}",
        f"unigram         {baselines['unigram']:.2f} perplexity",
        f"trigram         {baselines['trigram']:.2f} perplexity",
    ]
    assert "unigram" not in seqkit("evaluate", trained, text, "--no-baselines").out


def test_evaluate_is_a_gate(seqkit, trained, text):
    good = seqkit("evaluate", trained, text, "--max", "perplexity=1000", "--min", "loss=0.1")
    assert (good.code, good.err) == (0, "")
    bad = seqkit("evaluate", trained, text, "--max", "perplexity=1.5", "--max", "loss=0.5")
    assert bad.code == 1 and bad.out == good.out
    assert bad.err.count("\n") == 2 and "--max perplexity=1.5: it is " in bad.err
    for gate in ("perplexity", "perplexity=low", "=3"):
        assert gate in seqkit("evaluate", trained, text, "--max", gate).err
        assert seqkit("evaluate", trained, text, "--max", gate).code == 2
    assert "no metric 'accuracy'" in seqkit("evaluate", trained, text, "--min", "accuracy=1").err


def test_evaluate_without_the_training_text_says_so(seqkit, run_copy, text, tmp_path):
    config = read_json(run_copy / "config.json")
    for notes, message in (
        ({**config["notes"], "corpus": "gone.txt"}, "no baselines: gone.txt"),
        ({**config["notes"], "corpus": "-"}, "cannot be read again"),
        (None, "no baselines"),
    ):
        (run_copy / "config.json").write_text(json.dumps({**config, "notes": notes}))
        result = seqkit("evaluate", run_copy, text)
        assert result.code == 0 and message in result.err and "unigram" not in result.out


def test_sample_prints_one_text_a_line_and_no_unknown_words(seqkit, trained):
    result = seqkit("sample", trained, "--num", 70, "--max-tokens", 30)
    assert (result.code, result.err) == (0, "")
    assert len(result.out.splitlines()) == 70 and "<unk>" not in result.out
    assert seqkit("sample", trained, "--num", 70, "--max-tokens", 30).out == result.out
    one = seqkit("sample", trained, "--max-tokens", 30).out
    assert one == result.out.splitlines()[0] + "\n"
    assert seqkit("sample", trained, "--seed", 1, "--num", 5).out != "".join(
        line + "\n" for line in result.out.splitlines()[:5]
    )


def test_sample_goes_on_from_a_prompt_and_stops_where_told(seqkit, trained):
    out = seqkit("sample", trained, "--prompt", "the red", "--num", 5).out.splitlines()
    assert all(line.startswith("the red") for line in out)
    result = seqkit("sample", trained, "--prompt", "the xylophone")
    assert "words the model does not know" in result.err
    assert result.out.startswith("the xylophone")
    stopped = seqkit("sample", trained, "--num", 5, "--stop", " a ").out
    assert " a " not in stopped
    assert len(seqkit("sample", trained, "--lines", 3, "--max-tokens", 200).out.splitlines()) == 3


def test_sample_in_json(seqkit, trained):
    out = seqkit("sample", trained, "--num", 3, "--json", "--novelty").out.splitlines()
    *samples, last = map(json.loads, out)
    assert [{*s} for s in samples] == [{"text", "tokens", "log_prob", "finished"}] * 3
    assert {"copied_4grams", "longest_copy", "longest_text"} <= {*last["novelty"]}


def test_greedy_beam_and_novelty(seqkit, trained):
    greedy = seqkit("sample", trained, "--greedy", "--num", 2).out.splitlines()
    assert greedy[0] == greedy[1]
    assert seqkit("sample", trained, "--beam", 1).out.splitlines() == greedy[:1]
    many = seqkit("sample", trained, "--beam", 4, "--num", 3, "--json").out.splitlines()
    log_probs = [json.loads(line)["log_prob"] for line in many]
    assert len(many) == 3 and log_probs == sorted(log_probs, reverse=True)
    told = seqkit("sample", trained, "--num", 5, "--novelty")
    assert "novelty: " in told.err and "longest copy: " in told.err and "novelty" not in told.out


def test_on_a_terminal_the_text_is_typed_and_is_the_same(seqkit, trained, monkeypatch):
    import sys

    plain = seqkit("sample", trained, "--max-tokens", 40).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert seqkit("sample", trained, "--max-tokens", 40).out == plain


def test_plot_draws_a_picture(seqkit, trained, tmp_path):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", trained, "--out", "curves.svg")
    assert (result.code, result.out) == (0, "curves.svg\n")
    assert (tmp_path / "curves.svg").read_text().lstrip().startswith("<?xml")


def test_doctor_and_completion(seqkit):
    found = json.loads(seqkit("doctor", "--json").out)
    assert {"seqkit", "python", "torch"} <= {*found}
    assert {*CELLS} <= {name.split(" on ")[0] for name in found}
    for shell in ("bash", "zsh", "fish"):
        assert "_SEQKIT_COMPLETE" in seqkit("completion", shell).out
