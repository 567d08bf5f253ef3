"""Sentences out of documentation, on documentation written for the purpose."""

import pytest

from seqkit.corpora.prose import sentences, split_sentences, unmarked

DOCUMENTATION = """Count the apples in a basket.

    The basket is given as a list.  It may be empty, e.g. after
    breakfast; is it full?  Then nothing is counted at all!

    >>> count(["apple"])
    1

    Arguments:

    basket -- the list of all the fruit there is.

    ============  ===============
    Fruit         Meaning of it
    ============  ===============

    * An apple is a fruit in this list of points.

    The loop is written like this::

        for fruit in basket:
            total += 1

       Only this indented paragraph is prose again,
       although it lies below some code.

    Raises what :func:`sum` raises, and `more <https://example.org>`_ of *the same* ``Error``.

    Basket | Count | Names of columns.
    The value a[i] = b[j] + 1 is code {and} not prose.
    """


def test_prose_is_kept_and_the_rest_left_out():
    assert list(sentences(DOCUMENTATION)) == [
        "Count the apples in a basket.",
        "The basket is given as a list.",
        "It may be empty, e.g. after breakfast; is it full?",
        "Then nothing is counted at all!",
        "Only this indented paragraph is prose again, although it lies below some code.",
        "Raises what sum raises, and more of the same Error.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Too short.",
        "no capital stands at the start of this.",
        "No mark stands at the end of this",
        "This one trails off into nothing...",
        "It has (one bracket open at its end.",
        'It has one quote "open at its end.',
        "Most x1 y2 z_3 of a.b it c.d is e_f code.",
        "One " + "more " * 60 + "word is too many.",
    ],
)
def test_what_is_no_sentence(text):
    assert list(sentences(text)) == []


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("``code`` and `name` and `old'", "code and name and old"),
        (":class:`~a.B` or :py:meth:`c`", "~a.B or c"),
        ("see `the list`_ or `this <there>`__.", "see the list or this."),
        ("*one* and **two words** but 2*3*4", "one and two words but 2*3*4"),
        (
            "a target_ here, __init__ and snake_case stay",
            "a target here, __init__ and snake_case stay",
        ),
        (r"\fBbold\fR and 3\-4", "bold and 34"),
    ],
)
def test_marks_are_taken_off(marked, plain):
    assert unmarked(marked) == plain


@pytest.mark.parametrize(
    "parts",
    [
        ["One ends here.", "Two begins here."],
        ["Is it so?", '"Yes!"', "(It is.)", "So be it."],
        ["See Fig. Two and e.g. Rome, or Dr. No, or J. Smith."],
        ["So do I.", "And the version is 3.11 of it."],
        [],
    ],
)
def test_splitting_undoes_joining(parts):
    assert list(split_sentences(" ".join(parts))) == parts
