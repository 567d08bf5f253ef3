import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.report.explanation_terminal import (
    AGAINST,
    FOR,
    explanation_text,
    legend,
    wants_colour,
)
from tests.report.explained import Explained, Piece, explained

SGR = re.compile(r"\x1b\[[0-9;]*m")
FILM = explained("I loved a dull film", 0.0, 2.0, 0.1, -1.0, -0.26)
HEAD = "good 93.2%  (score +1.25: tokens +0.75, rest +0.50; occlusion)\n"


def test_tokens_are_coloured_by_their_share():
    loved, dull, film = FOR[3], AGAINST[1], AGAINST[0]
    assert explanation_text(FILM, colour=True) == (
        HEAD + f"I \x1b[38;5;16;48;5;{loved}mloved\x1b[0m a "
        f"\x1b[38;5;16;48;5;{dull};4mdull\x1b[0m \x1b[38;5;16;48;5;{film};4mfilm\x1b[0m\n"
    )


def test_without_colours_there_is_a_line_for_each_token():
    assert explanation_text(FILM, colour=False) == (
        HEAD + "   +0.00  I\n   +2.00  loved\n   +0.10  a\n   -1.00  dull\n   -0.26  film\n"
    )


def test_a_text_without_tokens():
    for text in ("", " \n "):
        assert explanation_text(Explained(text, ()), colour=True) == HEAD + "(no text)\n"
        assert explanation_text(Explained(text, ()), colour=False) == HEAD + "(no token)\n"


def test_lines_of_the_text_stay_lines_but_not_inside_a_token():
    text = Explained("one\ntwo\nthree", (Piece(4, 13, 1.0),))
    coloured = SGR.sub("", explanation_text(text, colour=True))
    assert coloured == HEAD + "one\ntwo three\n"
    assert explanation_text(text, colour=False) == HEAD + "   +1.00  two three\n"


@given(
    st.text(st.one_of(st.characters(exclude_categories=[]), st.sampled_from("\x1b\u202e\ud800"))),
    st.booleans(),
)
def test_nothing_in_a_text_can_command_a_terminal(text, colour):
    pieces = tuple(Piece(k, k + 1, 1.0) for k in range(0, len(text), 2))
    shown = explanation_text(Explained(text, pieces, label=text), colour)
    shown.encode()
    rest = SGR.sub("", shown) if colour else shown
    assert not any((ord(c) < 32 and c not in "\n\t") or c in "\x7f\x9b\u202e" for c in rest)
    ours = re.compile(r"\x1b\[(0|38;5;16;48;5;\d+(;4)?)m")
    assert all(ours.fullmatch(code) for code in SGR.findall(shown))


def luminance(colour):
    """That of a colour of the 256, as WCAG 2 has it: 16..231 are a cube of 6 levels."""
    levels = [0, 95, 135, 175, 215, 255]
    red, green, blue = (levels[(colour - 16) // base % 6] / 255 for base in (36, 6, 1))
    linear = [
        ((c + 0.055) / 1.055) ** 2.4 if c > 0.04045 else c / 12.92 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*FOR, *AGAINST])
def test_black_letters_can_be_read_on_every_background(colour):
    assert (luminance(colour) + 0.05) / (luminance(16) + 0.05) >= 4.5


@pytest.mark.parametrize("scale", [FOR, AGAINST])
def test_the_stronger_the_more_colourful(scale):
    levels = [0, 95, 135, 175, 215, 255]
    spread = []
    for colour in scale:
        parts = [levels[(colour - 16) // base % 6] for base in (36, 6, 1)]
        spread.append(max(parts) - min(parts))
    assert spread == sorted(set(spread))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert wants_colour(Terminal()) and not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())


def test_the_legend_goes_from_against_to_for():
    line = legend(colour=True)
    assert [int(code) for code in re.findall(r"48;5;(\d+)", line)] == [*AGAINST[::-1], *FOR]
    assert SGR.sub("", line).split()[0] == "against"
    assert "\x1b" not in legend(colour=False) and "\n" not in legend(colour=False)
