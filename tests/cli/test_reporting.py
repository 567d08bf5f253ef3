"""What all trainings show: the bar on a terminal, the line of an epoch."""

import io
import sys

import pytest

from seqkit.cli.reporting import Bar, corpus_line, epoch_line, tell_epoch


class Terminal(io.StringIO):
    """Takes what is written, and says that it is a terminal."""

    def isatty(self):
        return True


def test_the_bar_shows_epoch_loss_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    bar = Bar(quiet=False, unit="steps")
    bar.show(3, 1, 8, None)
    bar.show(3, 4, 8, 0.12345)
    assert bar._bar is not None and (bar._bar.n, bar._bar.total) == (4, 8)
    bar._bar.refresh()
    shown = sys.stderr.getvalue()
    assert "epoch 3:" in shown and "4/8" in shown and "loss=0.123" in shown and "steps" in shown
    bar.close()
    bar.close()
    bar.show(4, 2, 8, 0.1)  # a new one, that begins where the epoch is
    assert bar._bar.n == 2 and "epoch 4:" in sys.stderr.getvalue()
    bar.close()


@pytest.mark.parametrize("terminal", [False, True])
def test_there_is_no_bar_in_a_file_nor_with_quiet(terminal, monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal() if terminal else io.StringIO())
    bar = Bar(quiet=terminal, unit="steps")
    bar.show(1, 1, 2, 0.5)
    bar.close()
    assert sys.stderr.getvalue() == ""


def test_the_line_of_an_epoch_tells_the_time_gone_and_left(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    line = epoch_line({"epoch": 2.0, "seconds": 90}, ["f1 0.5"], "7 tok/s", 0.5)
    assert line == "epoch     2  f1 0.5  7 tok/s  1:30 gone, 1:30 left"
    begun = epoch_line({"epoch": 0.25, "seconds": 3601}, [], "7 tok/s", 1.0)
    assert begun == "epoch  0.25  7 tok/s  60:01 gone, 0:00 left"
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert epoch_line({"epoch": 1.0, "seconds": 1}, [], "", 1.0)[2:3] == ":"  # the time of day


def test_an_epoch_is_told_with_a_sample_below_it(monkeypatch, capsys):
    record = {"epoch": 1, "seconds": 60, "tokens_per_second": 1234.5, "train": {"loss": 0.5}}
    record |= {"valid": {"loss": 0.25, "f1": 0.125}, "best": True}
    monkeypatch.setattr(
        "seqkit.cli.reporting.epoch_line", lambda _, *told: "|".join(map(str, told))
    )
    tell_epoch(record, "f1", "tok", 0.5, "a \x1b[31mb")
    tell_epoch({**record, "best": False}, "f1", "tok", 0.5, "a")
    parts = ["train 0.5000", "valid 0.2500"]
    first, sample, second, _ = capsys.readouterr().err.splitlines()
    assert first == f"{[*parts, 'f1 0.1250*']}|1,234 tok/s|0.5"
    assert second == f"{[*parts, 'f1 0.1250 ']}|1,234 tok/s|0.5"
    assert sample == r"            a \x1b[31mb"


def test_the_line_of_a_corpus_tells_who_made_it():
    corpus = {"name": "a\x07", "valid": {"texts": 9}, "train": {"texts": 1234}}
    config = {"corpus": corpus, "notes": {"synthetic": True}}
    assert corpus_line(config, "texts") == r"a\x07 (synthetic): texts train 1,234, valid 9"
    assert corpus_line({"corpus": corpus}, "texts") == r"a\x07: texts train 1,234, valid 9"
