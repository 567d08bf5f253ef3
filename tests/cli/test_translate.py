"""`translate`: lines in, lines out, n-best lists, alignments, samples, streams, and bad input."""

import gzip
import json
import re
import types

import pytest

from seqkit.cli import translate
from seqkit.cli.main import run
from seqkit.decode.filters import SamplingConfig
from seqkit.tasks import translating
from seqkit.tasks.translating import SearchSettings
from tests.cli.translators import StandIn, train
from tests.tasks.translated import sentences
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def attentive(tmp_path_factory):
    """A run with attention."""
    return train(tmp_path_factory.mktemp("translators") / "dot")


@pytest.fixture(scope="module")
def blind(tmp_path_factory):
    """One without."""
    options = ("--attention", "none")
    return train(tmp_path_factory.mktemp("translators") / "none", *options, epochs=1)


@pytest.fixture
def stand_in(monkeypatch):
    found = StandIn()
    monkeypatch.setattr(translating, "load", lambda path, device: found)
    return found


@pytest.fixture
def without(monkeypatch):
    """One that cannot look at the source."""
    found = StandIn(attentive=False)
    monkeypatch.setattr(translating, "load", lambda path, device: found)
    return found


def objects(result):
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


# Lines.


def test_line_k_answers_line_k(seqkit, stand_in, tmp_path):
    text = "\ufeffa b\n\n \t\n  c  d é\t"
    wanted = "b a\n\n\né d c\n"
    assert seqkit("translate", "RUN", stdin=text).out == wanted
    windows = text.replace("\n", "\r\n")
    (tmp_path / "some.txt").write_text(windows, newline="")
    (tmp_path / "some.gz").write_bytes(gzip.compress(windows.encode()))
    for file in ("some.txt", "some.gz"):
        assert seqkit("translate", "RUN", file).out == wanted
    latin = text.removeprefix("\ufeff").encode("latin-1")
    assert seqkit("translate", "RUN", "--encoding", "latin-1", stdin=latin).out == wanted
    assert seqkit("translate", "RUN", stdin="").out == ""


def test_a_terminal_gets_no_control_characters_and_a_file_the_text_as_it_is(
    seqkit, stand_in, monkeypatch
):
    import sys

    seqkit("translate", "RUN")
    assert seqkit("translate", "RUN", stdin="a\x07 \u200fb\n").out == "\u200fb a\x07\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    result = seqkit("translate", "RUN", "--align", stdin="a\x1b[2J \u200fb\n")
    monkeypatch.undo()
    assert result.out.startswith("\\u200fb a\\x1b[2J\n") and "\x1b" not in result.out


def test_options_of_the_search_reach_it(seqkit, stand_in):
    seqkit("translate", "RUN", stdin="a\n")
    assert stand_in.settings == SearchSettings()
    options = ["--beam", 7, "--nbest", 2, "--length-penalty", 0.5, "--coverage-penalty", 0.2]
    options += ["--max-tokens", 9, "--no-replace-unk", "--align"]
    seqkit("translate", "RUN", *options, stdin="a\n")
    assert stand_in.settings == SearchSettings(7, 2, 0.5, 0.2, 9, False, True)
    seqkit("translate", "RUN", "--greedy", stdin="a\n")
    assert stand_in.settings == SearchSettings(beam=1)


def test_many_translations_stand_in_blocks_with_their_scores(seqkit, stand_in):
    result = seqkit("translate", "RUN", "--nbest", 2, stdin="a b\n\nc\n")
    assert result.out == "-1.5000\tb a\n-2.5000\tB A\n\n-1.5000\t\n\n-1.5000\tc\n-2.5000\tC\n"
    one = seqkit("translate", "RUN", "--nbest", 1, stdin="a b\nc\n")
    assert one.out == "-1.5000\tb a\n\n-1.5000\tc\n"


def test_json_has_everything(seqkit, stand_in):
    first, second = objects(seqkit("translate", "RUN", "--nbest", 2, "--json", stdin="a b\n\n"))
    assert first == {
        "source": "a b",
        "tokens": ["a", "b"],
        "translations": [
            {"text": "b a", "score": -1.5, "log_prob": -3.0, "tokens": ["b", "a"]},
            {"text": "B A", "score": -2.5, "log_prob": -4.0, "tokens": ["b", "a"]},
        ],
    }
    assert (second["source"], len(second["translations"])) == ("", 1)
    (aligned,) = objects(seqkit("translate", "RUN", "--align", "--json", stdin="a b\n"))
    assert aligned["translations"][0]["alignment"] == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_an_alignment_is_a_table_below_the_translation(seqkit, stand_in, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = seqkit("translate", "RUN", "--align", stdin="see me\n\n")
    assert result.out.split("\n") == [
        "me see",
        "       see me <eos>",
        "   me  ·   ██ ·",
        "  see  ███ ·  ·",
        "<eos>  ·   ·  █████",
        "",
        "",
        "",
    ]
    monkeypatch.setenv("COLUMNS", "15")
    narrow = seqkit("translate", "RUN", "--align", stdin="see me\n").out.split("\n")
    assert narrow[3:6] == ["       s   o", "       e m s", "       e e >"]


def test_what_is_cut_is_told_once_with_its_line(seqkit, stand_in):
    result = seqkit("translate", "RUN", "--max-tokens", 2, stdin="a b\na b c d\n")
    assert result.out == "b a\nb a\n"
    assert result.err == "line 2: read up to token 2 of 4; --max-tokens N reads more\n"


# Streams.


def test_a_line_is_answered_before_the_next_one_comes(seqkit, stand_in, capsys, monkeypatch):
    given, printed = iter([b"a b\nc", b" d\n\ne\n", b"f", b""]), []

    class Pipe:
        def read1(self, size):
            printed.append(capsys.readouterr().out)
            return next(given)

    seqkit("translate", "RUN")  # imports
    stand_in.batches.clear()
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=Pipe()))
    assert run(["translate", "RUN", "--nbest", "1"]) == 0
    assert printed == ["", "-1.5000\tb a\n", "\n-1.5000\td c\n\n-1.5000\t\n\n-1.5000\te\n", ""]
    assert capsys.readouterr().out == "\n-1.5000\tf\n"
    assert stand_in.batches == [["a b"], ["c d", "", "e"], ["f"]]


def test_lines_of_a_file_go_together_in_bounded_memory(seqkit, stand_in, tmp_path, monkeypatch):
    monkeypatch.setattr(translate, "LINES", 3)
    (tmp_path / "some.txt").write_text("a\n" * 7)
    assert seqkit("translate", "RUN", "some.txt").out == "a\n" * 7
    assert stand_in.batches == [["a"] * 3, ["a"] * 3, ["a"]]


# Samples.


def test_options_of_sampling_reach_it_and_no_draw_is_made_twice(
    seqkit, stand_in, tmp_path, monkeypatch
):
    monkeypatch.setattr(translate, "LINES", 2)
    (tmp_path / "some.txt").write_text("a b\n" * 5)
    result = seqkit("translate", "RUN", "some.txt", "--sample")
    assert result.out == "b a\n" * 5 and stand_in.settings == SamplingConfig(max_tokens=1000)
    assert stand_in.firsts == [0, 2, 4]
    options = ["--temperature", 0.7, "--top-k", 9, "--top-p", 0.9, "--min-p", 0.1, "--seed", 3]
    result = seqkit("translate", "RUN", "--sample", "--num", 2, *options, stdin="a b\n")
    assert result.out == "-1.5000\tb a\n-2.5000\tB A\n"
    assert stand_in.settings == SamplingConfig(0.7, 9, 0.9, 0.1, max_tokens=1000, seed=3)


def test_draws_depend_on_the_seed_alone_and_are_never_unknown(seqkit, attentive, tmp_path):
    lines = "".join(f"{source}\n" for source, _ in sentences()[250:256])
    options = ["--sample", "--temperature", 3, "--num", 4]
    first = seqkit("translate", attentive, *options, stdin=lines)
    assert first.code == 0 and "<unk>" not in first.out
    (tmp_path / "some.txt").write_text(lines)
    assert seqkit("translate", attentive, "some.txt", *options).out == first.out
    assert seqkit("translate", attentive, *options, "--seed", 1, stdin=lines).out != first.out
    blocks = [block.splitlines() for block in first.out.rstrip("\n").split("\n\n")]
    assert [len(block) for block in blocks] == [4] * 6
    assert all(len(set(block)) > 1 for block in blocks)


# The real translator.


def test_what_is_printed_is_what_the_translator_says(seqkit, attentive):
    lines = [source for source, _ in sentences()[240:260]] + ["", "the zebra sees the old cat."]
    found = objects(seqkit("translate", attentive, "--nbest", 3, "--json", stdin="\n".join(lines)))
    wanted = list(translating.load(attentive, "cpu").translate(lines, SearchSettings(nbest=3)))
    assert [one["source"] for one in found] == lines
    for one, other in zip(found, wanted, strict=True):
        assert [t["text"] for t in one["translations"]] == [c.text for c in other.candidates]
        scores = [t["score"] for t in one["translations"]]
        assert scores == pytest.approx([c.score for c in other.candidates], abs=1e-5)
        assert scores == sorted(scores, reverse=True)
    plain = seqkit("translate", attentive, stdin="\n".join(lines) + "\n")
    assert plain.out.splitlines() == [one["translations"][0]["text"] for one in found]
    greedy = objects(seqkit("translate", attentive, "--greedy", "--json", stdin="\n".join(lines)))
    assert len(greedy[0]["translations"]) == 1


def test_rows_of_an_alignment_sum_to_one(seqkit, attentive):
    text = "the red cat sees the fish."
    (found,) = objects(seqkit("translate", attentive, "--align", "--json", stdin=text))
    (best,) = found["translations"]
    assert len(best["alignment"]) == len(best["tokens"]) + 1
    for row in best["alignment"]:
        assert len(row) == len(found["tokens"]) + 1
        assert sum(row) == pytest.approx(1, abs=1e-5)


def test_an_unknown_word_never_comes_out_as_unk(seqkit, attentive):
    text = "the zebra sees the zebra.\nquux quux quux\n§\n"
    for options in ([], ["--no-replace-unk"], ["--nbest", 5]):
        result = seqkit("translate", attentive, *options, stdin=text)
        assert result.code == 0 and "<unk>" not in result.out


# What cannot be done.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--beam", 0], "--beam must be 1 or more, got 0"),
        (["--beam", -1], "--beam must be 1 or more, got -1"),
        (["--nbest", 0], "--nbest must be 1 or more, got 0"),
        (["--nbest", 6], "--nbest must be at most --beam (5), got 6"),
        (["--greedy", "--nbest", 2], "--nbest must be at most --beam (1), got 2"),
        (["--greedy", "--beam", 3], "--greedy is a beam of 1: leave --beam out, or --greedy"),
        (["--max-tokens", 0], "--max-tokens must be 1 or more"),
        (["--length-penalty", -1], "--length-penalty must be 0 or more"),
        (["--coverage-penalty", "nan"], "--coverage-penalty must be 0 or more"),
        (["--sample", "--beam", 5], "--beam is for a search: leave it out with --sample"),
        (["--sample", "--align"], "--align is for a search"),
        (["--sample", "--temperature", 0], "--temperature must be above 0"),
        (["--sample", "--top-p", 0], "--top-p must be in (0, 1]"),
        (["--temperature", 2], "--temperature goes with --sample"),
        (["--num", 2], "--num goes with --sample"),
        (["--seed", 2], "--seed goes with --sample"),
        (["--encoding", "utf-9"], "unknown encoding 'utf-9'"),
        (["gone.txt"], "gone.txt cannot be read"),
        (["."], "cannot be read"),
    ],
    ids=str,
)
def test_options_that_cannot_be(seqkit, attentive, options, message):
    result = seqkit("translate", attentive, *options, stdin="the cat sees the dog.\n")
    assert result.code == 2 and message in result.error


@pytest.mark.parametrize("option", ["--align", "--replace-unk", "--coverage-penalty=0.1"])
def test_what_needs_attention_is_refused_without_it(seqkit, blind, option):
    result = seqkit("translate", blind, option, stdin="the cat\n")
    assert result.code == 2 and f"leave {option.split('=')[0]} out" in result.error
    assert "was trained with --attention none" in result.error


def test_without_attention_all_else_goes(seqkit, blind, without):
    for options in ([], ["--no-replace-unk"], ["--coverage-penalty", 0]):
        assert seqkit("translate", blind, *options, stdin="a b\n").out == "b a\n"


def test_other_bytes_name_the_line(seqkit, attentive):
    result = seqkit("translate", attentive, stdin=b"the cat\ncaf\xe9\n")
    assert result.code == 2 and "line 2: byte 0xE9" in result.err


def test_runs_that_are_no_translators(seqkit, run_copy):
    result = seqkit("translate", run_copy, stdin="a")
    assert result.code == 2 and "a run of the task 'language'" in result.error
    assert "nowhere: not a run folder" in seqkit("translate", "nowhere", stdin="").error


def test_other_commands_refuse_a_translator(seqkit, attentive):
    for command in ("sample", "score", "tag", "classify"):
        result = seqkit(command, attentive, stdin="a\n")
        assert result.code == 2 and "a run of the task 'translating'" in result.error


@pytest.mark.parametrize(
    "name",
    ["config.json", "model.safetensors", "source.vocabulary.json", "target.vocabulary.json"],
)
def test_damaged_runs(seqkit, attentive, tmp_path, name):
    copy = unsealed(attentive, tmp_path / "copy")
    whole = (copy / name).read_bytes()
    for damage in (whole[: len(whole) // 2], b"", b"{}", None):
        (copy / name).unlink()
        if damage is not None:
            (copy / name).write_bytes(damage)
        result = seqkit("translate", copy, stdin="a")
        assert result.code == 2, (damage, result)
        assert name in result.error or str(copy) in result.error
        (copy / name).write_bytes(whole)
    assert re.fullmatch(r".*\n", seqkit("translate", copy, stdin="a").out)
