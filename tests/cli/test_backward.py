"""What the commands show of a run that reads and writes each line from its end."""

import json
import sys

import pytest

from seqkit.cli.main import run
from seqkit.tasks import language
from tests.cli.conftest import flags

LINE = "the red fox sees a wet owl ."


@pytest.fixture(scope="module")
def backward(tmp_path_factory, text):
    """The folder of a finished backward run; tests must not change it."""
    folder = tmp_path_factory.mktemp("runs") / "backward"
    options = flags(direction="backward", input="one-hot", epochs=8)
    assert run(["train-lm", str(text), *options, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def model(backward):
    return language.load(backward, "cpu")


def test_training_says_so_and_shows_text_in_reading_order(train, text, tmp_path):
    result = train(text, "--out", "run", direction="backward", input="one-hot", epochs=8)
    assert "model       1 x 8 lstm, tied, one-hot input, backward: " in result.err
    shown = [line.strip() for line in result.err.splitlines() if line.startswith(" " * 12)]
    assert len(shown) == 8 and shown[-1].startswith("the ") and shown[-1].endswith(".")
    card = (tmp_path / "run" / "README.md").read_text()
    assert "A language model from right to left with " in card and shown[-1] in card
    assert "| direction | backward |" in card


def test_a_dry_run_names_direction_and_input(train, text):
    out = train(text, "--dry-run", "--json", direction="backward", input="one-hot").out
    assert (json.loads(out)["direction"], json.loads(out)["input"]) == ("backward", "one-hot")


def test_inspect_shows_the_direction(seqkit, backward):
    rows = [line.split() for line in seqkit("inspect", backward).out.splitlines()]
    assert ["direction", "backward"] in rows and ["input", "one-hot"] in rows


def test_score_lists_the_tokens_in_reading_order(seqkit, backward, model):
    (score,) = model.score([LINE])
    out = seqkit("score", backward, "--per-token", stdin=LINE).out.splitlines()
    assert [line.split("\t")[2] for line in out[1:]] == ["<eos>", *LINE.split()]
    assert [line.split("\t")[1] for line in out[1:]] == [f"{x:.4f}" for x in score.log_probs]
    turned = " ".join(reversed(LINE.split()))
    ranked = seqkit("score", backward, "--rank", stdin=f"{turned}\n{LINE}\n").out.splitlines()
    assert ranked[0].endswith(f"\t{LINE}")


def test_samples_read_from_left_to_right(seqkit, backward):
    out = seqkit("sample", backward, "--num", 20).out.splitlines()
    assert len(out) == 20
    assert sum(line.startswith("the ") and line.endswith(".") for line in out) > 10


def test_the_prompt_is_the_end_of_the_line(seqkit, backward):
    result = seqkit("sample", backward, "--prompt", "a wet owl.", "--num", 5)
    lines = result.out.splitlines()
    assert len(lines) == 5 and all(line.endswith(" a wet owl.") for line in lines)
    result = seqkit("sample", backward, "--prompt", "a wet xylophone")
    assert "words the model does not know" in result.err
    assert result.out.endswith(" a wet xylophone\n")
    found = json.loads(seqkit("sample", backward, "--prompt", "a wet owl.", "--json").out)
    assert found["text"].endswith(" a wet owl.") and found["finished"] is True


def test_a_prompt_of_several_lines_is_completed_in_its_last_line(seqkit, backward):
    out = seqkit("sample", backward, "--prompt", "The End\na wet owl.", "--lines", 2).out
    first, second, third = out.splitlines()
    assert first == "The End" and second.endswith(" a wet owl.") and third


def test_a_stop_text_ends_the_sample_on_its_left(seqkit, backward):
    plain = seqkit("sample", backward, "--num", 20).out.splitlines()
    stopped = seqkit("sample", backward, "--num", 20, "--stop", " a ").out.splitlines()
    for line, short in zip(plain, stopped, strict=True):
        assert short == line.rpartition(" a ")[2]
    assert plain != stopped
    refused = seqkit("sample", backward, "--stop", "a\nb")
    assert refused.code == 2 and "must lie within a line" in refused.error


def test_beam_and_greedy_agree_and_novelty_is_told(seqkit, backward):
    greedy = seqkit("sample", backward, "--greedy", "--prompt", "a wet owl.").out
    assert seqkit("sample", backward, "--beam", 1, "--prompt", "a wet owl.").out == greedy
    assert greedy.endswith(" a wet owl.\n")
    told = seqkit("sample", backward, "--num", 20, "--novelty", "--json").out.splitlines()
    novelty = json.loads(told[-1])["novelty"]
    assert novelty["copied_4grams"] > 0
    words = novelty["longest_text"].split("\n")[0].replace(".", " .").split()
    assert len(words) >= 4 and "the" not in words[1:]


def test_evaluate_gives_the_figures_of_the_training(seqkit, backward, text):
    metrics = json.loads((backward / "metrics.json").read_text())
    found = json.loads(seqkit("evaluate", backward, text, "--json").out)
    assert found["perplexity"] == pytest.approx(metrics["test"]["perplexity"], rel=0.2)
    assert found["perplexity"] < found["baselines"]["unigram"]


@pytest.mark.parametrize("lines", [1, 3])
def test_on_a_terminal_whole_lines_appear_and_the_text_is_the_same(
    seqkit, backward, monkeypatch, lines
):
    command = ["sample", backward, "--lines", lines, "--prompt", "Top\na wet owl."]
    plain = seqkit(*command).out
    pieces = []
    write = sys.stdout.write
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "write", lambda text: pieces.append(text) or write(text))
    assert seqkit(*command).out == plain
    assert "".join(pieces) == plain
    shown = [piece for piece in pieces if piece.strip()]
    assert len(shown) == lines and shown[0].startswith("Top\n")
    assert all(piece.endswith(".") for piece in shown)


def test_on_a_terminal_a_line_cut_short_is_shown_as_well(seqkit, backward, monkeypatch):
    command = ["sample", backward, "--max-tokens", 3]
    plain = seqkit(*command).out
    assert len(plain.replace(".", " .").split()) == 3
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert seqkit(*command).out == plain
