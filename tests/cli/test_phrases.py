"""seqkit phrases: what it writes, prints and refuses."""

import json

import pytest

LINES = [
    *["she left new york at noon .", "new york , new york !", ""] * 4,
    *["a new hat for the old york road", "york is old", "the hat is new"] * 2,
]
OPTIONS = ("--out", "joined.txt", "--min-count", 2, "--threshold", 1.5)


@pytest.fixture
def text(tmp_path):
    """A text in which new york belongs together."""
    (tmp_path / "my.txt").write_text("".join(line + "\n" for line in LINES))
    return "my.txt"


def test_the_text_is_written_with_its_phrases_joined(seqkit, text, tmp_path):
    result = seqkit("phrases", text, *OPTIONS)
    assert (result.code, result.err) == (0, "")
    joined = (tmp_path / "joined.txt").read_text()
    assert joined.splitlines()[:3] == [
        "she_left new_york at_noon .",
        "new_york , new_york !",
        "",
    ]
    assert joined.replace("_", " ") == (tmp_path / text).read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"my.txt", "joined.txt"}


def test_what_was_found_is_printed_the_best_first(seqkit, text):
    out = seqkit("phrases", text, *OPTIONS, "--top", 2).out.splitlines()
    shown = dict(line.split() for line in out[:3])
    words = sum(len(line.split()) for line in LINES)
    assert shown["tokens"] == str(words + len(LINES))
    assert out[4].split() == ["phrase", "count", "score"]
    assert len(out) == 8
    found = json.loads(seqkit("phrases", text, *OPTIONS, "--json", "--top", 99).out)
    assert found["tokens"] == words + len(LINES)
    assert found["phrases"] == len(found["top"]) == int(shown["phrases"])
    scores = {phrase: (count, score) for phrase, count, score in found["top"]}
    news, yorks = 16, 16
    assert scores["new_york"] == (12, pytest.approx((12 - 2) / (news * yorks) * words))
    rated = [score for _, _, score in found["top"]]
    assert rated == sorted(rated, reverse=True)


def test_npmi_has_a_threshold_of_its_own(seqkit, text, tmp_path):
    found = json.loads(seqkit("phrases", text, "--out", "a", "--score", "npmi", "--json").out)
    assert [phrase for phrase, _, _ in found["top"]]
    assert all(0.5 < score <= 1 for _, _, score in found["top"])
    above = seqkit("phrases", text, "--out", "b", "--score", "npmi", "--threshold", 1)
    assert "phrases        0" in above.out
    assert (tmp_path / "b").read_text() == (tmp_path / text).read_text()


def test_two_passes_join_longer_phrases(seqkit, text, tmp_path):
    seqkit("phrases", text, *OPTIONS, "--passes", 2)
    assert "she_left_new_york" in (tmp_path / "joined.txt").read_text()


def test_a_tokenizer_sets_the_words_apart(seqkit, tmp_path):
    (tmp_path / "raw.txt").write_text("Old York, old York.\n")
    seqkit("phrases", "raw.txt", "--out", "words.txt", "--tokenizer", "word")
    assert (tmp_path / "words.txt").read_text() == "Old York , old York .\n"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--score", "pmi"], "unknown --score 'pmi'; there are: default, npmi"),
        (["--threshold", "0"], "--threshold must be above 0, got 0.0"),
        (["--threshold", "nan"], "--threshold must be above 0, got nan"),
        (["--score", "npmi", "--threshold", "2"], "--threshold must be from -1 to 1 for npmi"),
        (["--min-count", "0"], "--min-count must be 1 or more, got 0"),
        (["--tokenizer", "char"], "--tokenizer char: phrases are of words"),
        (["--tokenizer", "x"], "there is no tokenizer 'x'"),
        (["--out", "nowhere/joined.txt"], "nowhere: there is no such folder"),
    ],
)
def test_what_cannot_be_is_refused(seqkit, text, tmp_path, options, part):
    result = seqkit("phrases", text, "--out", "joined.txt", *options)
    assert result.code == 2 and part in result.error
    assert [path.name for path in tmp_path.iterdir()] == [text]


def test_a_text_without_words_is_refused(seqkit, tmp_path):
    result = seqkit("phrases", "-", "--out", "joined.txt", stdin=" \n\n")
    assert result.code == 2 and "standard input is empty" in result.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--passes", "0"], ["--top", "-1"]], ids=" ".join)
def test_usage_errors(seqkit, text, options):
    assert seqkit("phrases", text, "--out", "joined.txt", *options).usage_error
    assert seqkit("phrases", text).usage_error
