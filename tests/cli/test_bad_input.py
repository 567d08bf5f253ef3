"""Whatever is wrong with a file or an option: one line, exit code 2, and nothing left behind."""

import gzip
import math

import pytest

from seqkit.layers import CELLS
from tests.tasks import texts


@pytest.fixture
def refused(train, tmp_path):
    """Train in vain; returns the error after making sure that no folder was made."""

    def call(text, *arguments, **changes):
        result = train(text, "--out", tmp_path / "deep" / "run", *arguments, **changes)
        assert result.code == 2, result
        assert not (tmp_path / "deep" / "run").exists()
        return result.error

    return call


def file(folder, content):
    path = folder / "bad.txt"
    path.write_bytes(content)
    return path


def test_a_file_that_is_missing(refused, tmp_path):
    texts.write(tmp_path / "novel.txt")
    assert "nvoel.txt: no such file" in refused("nvoel.txt")
    assert "did you mean novel.txt" in refused("nvoel.txt")
    assert "did you mean smallworld" in refused("smalworld")


@pytest.mark.parametrize("content", [b"", b"\n\n \t\n", b"\xef\xbb\xbf"])
def test_a_file_that_is_empty(refused, tmp_path, content):
    assert "bad.txt is empty" in refused(file(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text\x00text\n" * 50, "line 1: a NUL byte"),
        (b"%PDF-1.7 " + bytes(range(256)), "not plain text but a .pdf"),
        (b"PK\x03\x04" + bytes(range(256)), "not plain text but a .zip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "byte 0x89"),
        (gzip.compress(b"some text " * 99)[:-20], "cut off"),
        (b"\x1f\x8b" + b"rubbish" * 9, "gzip"),
    ],
    ids=["nul", "pdf", "zip", "png", "short gzip", "no gzip"],
)
def test_a_file_that_is_no_text(refused, tmp_path, content, message):
    assert message in refused(file(tmp_path, content))


def test_a_wrong_encoding_names_the_byte_and_the_line(refused, train, tmp_path):
    sentences = [*texts.lines(60), "the caf\xe9 is old .", *texts.lines(60)]
    path = file(tmp_path, "\n".join(sentences).encode("latin-1"))
    message = refused(path)
    assert "bad.txt, line 61: byte 0xE9" in message and "--encoding latin-1" in message
    assert train(path, "--encoding", "latin-1", "--out", "run", epochs=1).code == 0
    assert "unknown encoding 'latin-9000'" in refused(path, "--encoding", "latin-9000")


def test_a_folder_without_text(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "holds no text files" in refused(tmp_path / "folder")


def test_a_file_for_the_other_tool_of_that_name(refused, tmp_path):
    (tmp_path / "reads.fasta").write_text(">one\nACGT\n")
    assert "FASTA" in refused(tmp_path / "reads.fasta")


def test_one_line_works_if_it_is_long_enough(refused, train, tmp_path):
    line = " ".join(texts.lines(120))
    assert train(file(tmp_path, line.encode()), "--out", "one", epochs=1).code == 0
    assert "--batch-size" in refused(file(tmp_path, b"a few words only on this one line"))
    assert "give --valid FILE" in refused(file(tmp_path, b"word\n"))


def test_a_gigantic_line_works_and_a_gigantic_word_is_refused(refused, train, tmp_path):
    line = " ".join(texts.lines(3000)).encode()
    options = {"epochs": 1, "batch_size": 64, "bptt": 50}
    assert train(file(tmp_path, line), "--out", "one", **options).code == 0
    word = file(tmp_path, b"ab cd " + b"x" * 200_000 + b" ef " + line)
    message = refused(word, "--tokenizer", "whitespace")
    assert "line 1: the word that begins with 'xxxx" in message


def test_too_little_text_for_the_batch_says_what_would_work(refused, train, tmp_path):
    path = texts.write(tmp_path / "short.txt", 30)
    message = refused(path, batch_size=500)
    assert "too few for windows of --batch-size 500 times --bptt 10; lower them" in message
    assert train(path, "--out", "run", batch_size=5, epochs=1).code == 0


NUMBERS = {
    "layers": [0],
    "hidden": [0, -5],
    "embed": [0],
    "vocab_size": [1, 0, -1],
    "min_count": [0],
    "dropout": [1.5, -0.1, 1, math.nan],
    "dropout_words": [1],
    "weight_drop": [1.2],
    "bptt": [0],
    "batch_size": [0],
    "lr": [-1, 0, math.nan, math.inf],
    "clip": [0, -1],
    "clip_value": [0, -1],
    "average": [1, -1],
    "weight_decay": [-1],
    "epochs": [0],
    "max_minutes": [0, -1],
    "patience": [-1],
    "seed": [-1],
    "threads": [0],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in NUMBERS.items() for v in vs])
def test_a_number_out_of_range_names_the_option_and_the_value(refused, text, name, value):
    message = refused(text, **{name: value})
    assert str(value) in message
    assert name in message.replace("-", "_") or "dropout" in message or "vocabulary" in message


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("cell", "gru9", f"there are: {', '.join(CELLS)}"),
        ("input", "bytes", "there are: embedding, one-hot"),
        ("direction", "up", "there are: forward, backward"),
        ("direction", "both", "the future would leak"),
        ("direction", "bidirectional", "train one forward and one backward"),
        ("device", "tpu", "there are: auto, cpu, cuda"),
        ("device", "cuda:77", "CUDA GPUs"),
        ("preset", "huge", "there are: tiny, small"),
        ("tokenizer", "words", "choose word, whitespace"),
        ("tokenizer", "nltk:none", "choose one of nltk:"),
        ("level", "letter", "there are: word, char, subword"),
        ("optimizer", "lion", "there are: adam"),
        ("schedule", "linear", "there are: constant, cosine"),
        ("precision", "fp8", "there are: auto, fp32, bf16"),
        ("valid", "0.9", "between 0 and 0.5"),
        ("valid", "nowhere.txt", "no such file"),
        ("test", "nowhere.txt", "no such file"),
    ],
)
def test_an_unknown_name_lists_the_known_ones(refused, text, option, value, hint):
    message = refused(text, **{option: value})
    assert value in message and hint in message


@pytest.mark.parametrize(("option", "value"), [("layers", "two"), ("lr", "fast"), ("seed", "1.5")])
def test_a_word_where_a_number_belongs(train, text, tmp_path, option, value):
    message = train(text, "--out", "run", **{option: value}).usage_error
    assert f"'--{option}'" in message and value in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"layers = ", "not TOML"),
        (b"\xff\xfe\x00", "not TOML"),
        (b"layrs = 2", "unknown key 'layrs'; did you mean layers?"),
        (b"[model]\nlayers = 2", "unknown key 'model'"),
        (b"config = 'other.toml'", "unknown key 'config'"),
    ],
)
def test_a_bad_configuration_file(refused, text, tmp_path, content, message):
    (tmp_path / "my.toml").write_bytes(content)
    found = refused(text, "--config", "my.toml")
    assert "--config my.toml" in found and message in found


def test_a_configuration_file_that_is_missing_or_of_wrong_types(train, text, tmp_path):
    assert "nope.toml" in train(text, "--config", "nope.toml").usage_error
    (tmp_path / "my.toml").write_text('patience = "many"')
    assert "patience" in train(text, "--config", "my.toml").usage_error


def test_out_that_cannot_be(refused, train, text, tmp_path):
    (tmp_path / "file").write_text("x")
    result = train(text, "--out", "file")
    assert result.code == 2 and "file" in result.error
    result = train(text, "--out", "file/run")
    assert result.code == 2 and "file" in result.error
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    result = train(text, "--out", "mine")
    assert result.code == 2 and "holds other files" in result.error
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--top-p", "2"], "--top-p must be in (0, 1], got 2.0"),
        (["--temperature", "0"], "--temperature must be above 0, got 0.0"),
        (["--temperature", "nan"], "--temperature"),
        (["--top-k", "-1"], "--top-k must be 0 or more"),
        (["--min-p", "1.5"], "--min-p must be in [0, 1]"),
        (["--max-tokens", "0"], "--max-tokens must be 1 or more"),
        (["--beam", "0"], "--beam must be 1 or more"),
        (["--beam", "2", "--num", "3"], "--num must be at most --beam"),
        (["--no-repeat-ngram", "-1"], "--no-repeat-ngram must be 0 or more"),
        (["--seed", "-1"], "--seed must be 0 or more"),
        (["--threads", "0"], "--threads must be 1 or more"),
        (["--device", "tpu"], "unknown --device 'tpu'"),
    ],
)
def test_sampling_options_out_of_range(seqkit, trained, arguments, part):
    result = seqkit("sample", trained, *arguments)
    assert result.code == 2 and part in result.error


@pytest.mark.parametrize(
    "arguments",
    [
        ["sample", "RUN", "--num", "0"],
        ["sample", "RUN", "--lines", "0"],
        ["evaluate", "RUN", "TEXT", "--batch-size", "0"],
        ["inspect", "RUN", "--types", "-1"],
        ["vocab", "TEXT", "--top", "-1"],
        ["corpora", "show", "TEXT", "--lines", "-1"],
        ["sample"],
        ["score"],
        ["evaluate", "RUN"],
        ["corpora", "lst"],
        ["completion", "tcsh"],
    ],
    ids=" ".join,
)
def test_usage_errors(seqkit, trained, text, arguments):
    known = {"RUN": trained, "TEXT": text}
    assert seqkit(*(known.get(word, word) for word in arguments)).usage_error


def test_text_that_cannot_be_scored_or_measured(seqkit, trained, tmp_path):
    for arguments in (["score", trained], ["evaluate", trained]):
        result = seqkit(*arguments, "nowhere.txt")
        assert result.code == 2 and "nowhere.txt: no such file" in result.error
        result = seqkit(*arguments, "-", stdin="")
        assert result.code == 2 and "standard input is empty" in result.error
        result = seqkit(*arguments, "-", stdin=b"caf\xe9\n")
        assert result.code == 2 and "standard input, line 1: byte 0xE9" in result.error


def test_words_for_the_vocabulary_command(seqkit, text):
    for arguments in (["--level", "sentence"], ["--vocab-size", "1"], ["--min-count", "0"]):
        result = seqkit("vocab", text, *arguments)
        assert result.code == 2 and result.error
    result = seqkit("vocab", text, "--out", "nowhere/v.json")
    assert result.code == 2 and "nowhere" in result.error


def test_debug_shows_where_an_error_comes_from(seqkit):
    result = seqkit("--debug", "score", "nowhere")
    assert result.code == 2
    assert "Traceback" in result.err and result.err.splitlines()[-1].startswith("Error: nowhere")
