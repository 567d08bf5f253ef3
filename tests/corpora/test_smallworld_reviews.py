"""The reviews of smallworld: the same ones always, their labels by the words, exact chances."""

import hashlib
import math
import re
from collections import Counter

import pytest

from seqkit.corpora.labelled import read_labelled
from seqkit.corpora.smallworld.reviews import LABELS, SIZES, Reviews, posterior


@pytest.fixture(scope="module")
def train():
    return list(Reviews("train"))


def test_the_same_reviews_always():
    corpus = Reviews("train", 100, seed=3)
    assert len(corpus) == 100
    assert list(corpus) == list(corpus) == list(Reviews("train", 150, seed=3))[:100]
    assert len({tuple(Reviews(split, 5, seed)) for split in SIZES for seed in (0, 1)}) == 6


def test_the_version_stays_what_it_is():
    """Whoever changes the reviews must give them another version."""
    digest = hashlib.sha256(b"".join(Reviews("train", 500).blocks())).hexdigest()
    assert (Reviews.version, digest) == (
        "smallworld-reviews-1",
        "89a883513a6f680636707105d8eebe0bf82e266db41d8cfa9123685c8479f032",
    )


def test_labels_are_drawn_alike(train):
    counts = Counter(record.labels for record in train)
    expected, spread = len(train) / 5, math.sqrt(len(train) * 0.2 * 0.8)
    assert set(counts) == {(label,) for label in LABELS}
    assert all(abs(count - expected) < 4 * spread for count in counts.values())


def test_the_file_is_read_again(tmp_path):
    corpus = Reviews("valid", 50)
    path = tmp_path / "valid.tsv"
    path.write_bytes(b"".join(corpus.blocks()))
    again = read_labelled(path)
    assert list(again) == list(corpus)
    assert [record.line for record in again] == [record.line for record in corpus]
    assert corpus.place(list(again)[3]) == f"{corpus.source}, line 5"


def test_the_posterior_by_hand():
    """One clause: the weights of the bodies, 16 for most stars and 19 for 2 and 4, by levels."""
    joint = {"5": 4 / 16 * 0.2, "4": 4 / 19 * 0.8, "3": 4 / 16 * 0.1}
    expected = {label: joint.get(label, 0.0) / sum(joint.values()) for label in LABELS}
    assert posterior("the plot was funny .") == pytest.approx(expected)
    assert posterior("the plot was not dull .") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("the plot was dull , but the cast was funny .", "4"),
        ("the plot was funny , but the cast was dull .", "2"),
        ("the cast was funny , although the plot was dull .", "4"),
        ("although the cast was funny , the plot was dull .", "2"),
        ("the cast was not at all dull , although the plot was not at all funny .", "4"),
        ("nobody could call the bean soup stale .", "4"),
        ("nobody could call the tea fresh .", "2"),
        ("the plot was dull , but the cast was anything but boring .", "5"),
    ],
)
def test_what_only_one_label_says(text, stars):
    assert posterior(text) == pytest.approx({label: float(label == stars) for label in LABELS})


def test_what_is_no_review():
    with pytest.raises(ValueError, match="smallworld has no review 'the plot was green"):
        posterior("the plot was green .")


@pytest.fixture(scope="module")
def judged():
    """Drawn reviews, each with the chances of its labels."""
    return [(record, posterior(record.text)) for record in Reviews("test", 300)]


def test_chances_come_true(judged):
    """Of the labels given a chance, as many as the chances add up to are the right ones."""
    for label in LABELS:
        chances = [chance[label] for _, chance in judged]
        spread = math.sqrt(sum(p * (1 - p) for p in chances))
        right = sum(record.labels[0] == label for record, _ in judged)
        assert 0 < spread < 5
        assert abs(right - sum(chances)) < 4 * spread
    assert all(sum(chance.values()) == pytest.approx(1.0) for _, chance in judged)


def test_the_best_possible_accuracy(judged):
    """What the best classifier reaches on drawn reviews, beside what it expects to reach."""
    guesses = [max(chance, key=lambda label: chance[label]) for _, chance in judged]
    right = [guess == record.labels[0] for guess, (record, _) in zip(guesses, judged, strict=True)]
    expected = sum(chance[guess] for guess, (_, chance) in zip(guesses, judged, strict=True)) / 300
    assert 0.9 < expected < 0.97
    assert abs(sum(right) / 300 - expected) < 4 * math.sqrt(expected * (1 - expected) / 300)
    assert Reviews("test", 300).best_possible() == pytest.approx(expected)


def test_words_alone_do_not_tell(train):
    """The clauses of a contrast the other way round: the same words, and the other label."""
    other, tried = {"2": "4", "4": "2"}, 0
    for record in train[:1000]:
        match = re.fullmatch(r"(the [^.]+) , but (the [^.]+) \.", record.text)
        if match and record.labels[0] in other:
            tried += 1
            turned = posterior(f"{match[2]} , but {match[1]} .")
            assert turned[other[record.labels[0]]] == pytest.approx(1.0)
    assert tried >= 10


def test_reviews_hold_what_they_are_for(train):
    text = "\n".join(record.text for record in train)
    for pattern in (" but ", "although", " not very ", " not at all ", " never again"):
        assert len(re.findall(pattern, text)) >= 20


def test_overlap(train):
    test = Reviews("test", 300)
    texts = [record.text for record in train]
    assert test.overlap() == sum(record.text in texts for record in test) / 300
    assert Reviews("train", 300).overlap() == 1.0


def test_sizes_and_refusals():
    assert [len(Reviews(split)) for split in SIZES] == [4000, 1000, 1000]
    with pytest.raises(ValueError, match="no split 'dev'"):
        Reviews("dev")
    with pytest.raises(ValueError, match="cannot have 0"):
        Reviews(reviews=0)
