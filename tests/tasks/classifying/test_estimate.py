"""The memory that is told before a classifier is trained."""

from seqkit.tasks.classifying import ClassifierSettings
from seqkit.tasks.classifying.estimate import memory_of, numbers_of_position
from seqkit.tasks.classifying.texts import LabelledTexts
from seqkit.tasks.estimates import FIXED


def test_the_linear_model_by_its_ngrams():
    """By hand: 0.155 n-grams of words of each length a character, 0.7 of letters; 63 bytes each."""
    texts = LabelledTexts("some", ["x" * 1000] * 20, [("a",)] * 20, ["here"] * 20, [])

    def memory(**changes):
        return memory_of(ClassifierSettings(model="linear", **changes), "fp32", texts, None) - FIXED

    assert memory() == 2 * 20_000 + round(20_000 * 2 * 0.155 * 63)
    assert memory(ngrams=3) == 2 * 20_000 + round(20_000 * 3 * 0.155 * 63)
    assert memory(level="char") == 2 * 20_000 + round(20_000 * 4 * 0.7 * 63)


def test_what_is_kept_of_a_position():
    """By hand: two layers both ways, of 5 numbers and then of 2 x 3; one at work is the upper."""
    own = ClassifierSettings(cell="rnn", layers=2, hidden=3, embed=5)
    kept, live = numbers_of_position(own)
    assert kept == 2 * (2 * 3 + 4 * 3 + 2 * 5) + 2 * (2 * 3 + 4 * 3 + 2 * 6) + 3 * 5 + 2 * 6
    assert live == 3 + 2 * 6 + 2 * 6 + 5
