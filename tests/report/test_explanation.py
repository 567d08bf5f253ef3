import pytest

from seqkit.report.explanation import runs, steps
from tests.report.explained import Explained, Piece, explained


def test_the_largest_share_is_coloured_most_and_small_ones_not_at_all():
    shares = (2.0, -2.0, 1.0, -0.5, 0.2, -0.2, 0.0)
    assert steps(explained("a b c d e f g", *shares).pieces) == [4, -4, 2, -1, 0, 0, 0]


def test_a_text_without_any_influence_stays_pale():
    assert steps(explained("a b", 0.05, -0.001).pieces) == [2, 0]
    assert steps([]) == []


def test_the_runs_are_all_of_the_text():
    pieces = (Piece(1, 3, 1.0), Piece(3, 4, -1.0), Piece(5, 6, 0.0))
    found = list(runs(Explained("abcdefg", pieces)))
    assert found == [
        ("a", None, 0),
        ("bc", pieces[0], 4),
        ("d", pieces[1], -4),
        ("e", None, 0),
        ("f", pieces[2], 0),
        ("g", None, 0),
    ]
    assert list(runs(Explained("", ()))) == []


@pytest.mark.parametrize("wrong", [(1, 1), (0, 2), (2, 9)])
def test_pieces_that_cannot_be_shown(wrong):
    pieces = (Piece(0, 1, 1.0), Piece(*wrong, 1.0))
    with pytest.raises(ValueError, match=rf"piece {wrong[0]}\.\.{wrong[1]} .* text of 5 char"):
        list(runs(Explained("abcde", pieces)))
