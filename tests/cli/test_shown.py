"""What commands print is safe to display: escaped on a terminal, every byte in a pipe."""

import io
import re
import sys
import types

import pytest

from seqkit.cli import options
from seqkit.cli.main import run
from seqkit.report.entities_html import Mark, entity_page
from seqkit.report.explanation_html import explanation_page

EVIL = "a\x1b[2J\x9b31m\u202eb\u2066\x07\x7f\r\udcff"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_text_is_escaped_on_a_terminal_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert options.shown(EVIL) == EVIL
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert not OBEYED.search(options.shown(EVIL + "\n\t", keep="\n\t"))
    assert options.shown("a\n\tb", keep="\n\t") == "a\n\tb"
    assert options.shown("naïve 言葉") == "naïve 言葉"


def test_notes_are_escaped(capsys):
    options.note(f"warning: {EVIL}\n\tx")
    told = capsys.readouterr().err
    assert not OBEYED.search(told) and "\\x1b[2J\\x9b31m\\u202eb" in told and "\n\tx" in told
    options.note("x", quiet=True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["vocab", f"{EVIL}.txt"],
        ["inspect", f"{EVIL}/run"],
        ["train-lm", "--config", f"{EVIL}.toml"],
        [f"co{EVIL}rpora"],
        ["vocab", "x", f"--{EVIL}"],
        ["vocab", "x", "--top", EVIL],
        ["--debug", "inspect", f"{EVIL}/run"],
    ],
)
def test_names_of_files_and_options_in_errors_are_escaped(capsys, arguments):
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and not OBEYED.search(said.err) and "\\x1b[2J" in said.err


def test_samples_in_a_pipe_have_every_byte(monkeypatch, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("x\x1b" * 600 + "\n")
    small = ["--hidden", "4", "--embed", "4", "--layers", "1", "--batch-size", "2", "--bptt", "8"]
    train = ["train-lm", str(text), "--valid", str(text), "--level", "char", *small]
    pace = ["--epochs", "1", "--threads", "1", "--device", "cpu", "--quiet"]
    assert run([*train, *pace, "--out", str(tmp_path / "run")]) == 0
    sample = ["sample", str(tmp_path / "run"), "--quiet", "--max-tokens", "30", "--device", "cpu"]
    said = []
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr(sys, "stdout", stream)
        assert run(sample) == 0
        said.append(stream.getvalue())
    assert "\x1b" in said[0] and "\\x1b" not in said[0]
    assert "\\x1b" in said[1] and "\x1b" not in said[1]


HTML = "<script>alert(1)</script>\"'&<b onload=x>\u202e\u2066]]>--!>\x00"


def test_pages_hold_text_and_nothing_else(tmp_path):
    text = HTML + " y"
    with entity_page(tmp_path / "a.html", [HTML], HTML) as page:
        page.add(text, [Mark(0, len(HTML), HTML, 0.4)])
    piece = types.SimpleNamespace(start=0, stop=len(HTML), share=0.5)
    explained = types.SimpleNamespace(
        text=text, label=HTML, probability=0.5, score=1.0, bias=0.5, pieces=(piece,), method=HTML
    )
    with explanation_page(tmp_path / "b.html", HTML) as page:
        page.add(explained)
    for name in ("a.html", "b.html"):
        found = (tmp_path / name).read_text("utf-8")
        assert "<script" not in found and "<b onload" not in found and "alert" in found
        assert "default-src 'none'" in found
        head, body = found.split("</head>")
        names = head.split("<title>")[1].split("</title>")[0], *re.findall('="([^"]*)"', body)
        assert not any(set("<'\u202e\u2066") & set(name) for name in names)
