import html
import re

import pytest

from seqkit.report.card import Card, escape, model_card

FULL = Card(
    run="runs/small",
    corpus={
        "name": "smallworld",
        "sha256": "ab" * 32,
        "counts": {"tokens": 12345},
        "synthetic": True,
    },
    config={"model": {"cell": "lstm", "layers": {"shape": {"sizes": [2, 3]}}}, "seed": 7},
    metrics={
        "train": {"loss": 4.1, "perplexity": 60.34},
        "valid": {"loss": 4.4, "perplexity": 81.45, "bits_per_char": 1.23},
        "test": {"loss": 4.39, "perplexity": 80.64, "bits_per_char": None, "zeta": 0.5},
    },
    baselines={"trigram": {"loss": 5.0, "perplexity": 148.413}},
    entropy=3.9,
    parameters=1234567,
    epochs=10,
    seconds=1234.56,
    versions={"torch": "2.13"},
    sample="the cat sat\non the mat",
)


def cells(card, heading):
    """The rows of the table below a heading, unescaped."""
    section = model_card(card).split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[unescape(cell.strip()) for cell in row] for row in rows]


def unescape(markdown):
    """What a Markdown reader shows: backslashes off punctuation, entities resolved."""
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown))


def test_the_figures_of_splits_and_baselines_stand_in_one_table():
    assert cells(FULL, "Figures") == [
        ["", "loss", "perplexity", "bits_per_char", "zeta"],
        ["---"] * 5,
        ["train", "4.1000", "60.34", "–", "–"],
        ["valid", "4.4000", "81.45", "1.230", "–"],
        ["test", "4.3900", "80.64", "–", "0.5000"],
        ["trigram", "5.0000", "148.41", "–", "–"],
    ]


def test_the_loss_is_set_against_the_entropy():
    card = model_card(FULL)
    assert "entropy of 3.9000 nats a token" in card
    assert "The test loss is 0.4900 nats above it." in card
    valid = Card(run="r", metrics={"valid": {"loss": 4.0}}, entropy=3.9)
    assert "The validation loss is 0.1000 nats above it." in model_card(valid)
    assert "above it" not in model_card(Card(run="r", entropy=3.9))


def test_it_says_what_the_run_is_and_how_it_was_trained():
    first = model_card(FULL).split("\n\n")[:2]
    assert first == [
        "# runs/small",
        "A language model with 1,234,567 parameters, trained on the synthetic corpus smallworld.",
    ]
    assert dict(cells(FULL, "Training")[2:]) == {
        "corpus": "smallworld",
        "sha256": "ab" * 32,
        "tokens": "12,345",
        "epochs": "10",
        "seconds": "1,234.6",
        "torch": "2.13",
    }
    assert cells(FULL, "Configuration")[2:] == [
        ["model.cell", "lstm"],
        ["model.layers.shape.sizes", "[2, 3]"],
        ["seed", "7"],
    ]


def test_the_commands_can_be_copied():
    lines = model_card(Card(run="my runs/a;b")).splitlines()
    for command in ("sample {}", "score {} -", "evaluate {} FILE"):
        assert "seqkit " + command.format("'my runs/a;b'") in lines
    other = model_card(Card(run="r", commands=("seqkit tag RUN -",)))
    assert "seqkit tag r -" in other
    assert "seqkit sample" not in other


def test_what_is_unknown_is_not_mentioned():
    card = model_card(Card(run="r"))
    assert re.findall("^## (.*)", card, re.MULTILINE) == ["Use", "Limits"]
    assert "None" not in card
    assert "\n\n\n" not in card


def test_the_card_says_what_its_sample_is():
    written = model_card(Card(run="r", sample="x"))
    assert re.findall("^## (.*)", written, re.MULTILINE) == [
        "Use",
        "A sample of its text",
        "Limits",
    ]
    tagged = model_card(Card(run="r", sample="x", sample_title="A sentence\n# it_tagged"))
    assert re.findall("^##? (.*)", tagged, re.MULTILINE) == [
        "r",
        "Use",
        r"A sentence\\x0a\# it\_tagged",
        "Limits",
    ]


def test_a_sample_cannot_leave_its_block():
    sample = "x\n```\n# heading\n````\n<script>\x1b[31m"
    lines = model_card(Card(run="r", sample=sample)).splitlines()
    start = lines.index("`````text")
    assert lines[start + 1 : lines.index("`````")] == [
        "x",
        "```",
        "# heading",
        "````",
        "<script>\\x1b[31m",
    ]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "a|b", "*b* _i_ `c` [l](u) ![i](u)", "~~x~~ $y$", "&amp; \\*"],
)
def test_text_is_shown_as_it_is(text):
    escaped = escape(text)
    assert unescape(escaped) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]|~$<>]", escaped)
    card = Card(run="r", corpus={"name": text}, config={text: text}, metrics={text: {text: 1.0}})
    assert cells(card, "Training")[2] == ["corpus", text]
    assert cells(card, "Configuration")[2] == [text, text]
    assert cells(card, "Figures")[2][0] == text


def test_a_line_break_in_a_name_cannot_begin_a_new_line():
    card = model_card(Card(run="a\n# b\n```\n# c", corpus={"name": "d\n\n# e"}))
    outside = re.sub("^(````*).*?^\\1$", "", card, flags=re.MULTILINE | re.DOTALL)
    assert outside.count("\n## ") == 3
    assert len(re.findall("^# ", outside, re.MULTILINE)) == 1
    title, what = outside.split("\n\n")[:2]
    assert unescape(title) == "# a\\x0a# b\\x0a```\\x0a# c"
    assert unescape(what) == "A language model, trained on d\\x0a\\x0a# e."
