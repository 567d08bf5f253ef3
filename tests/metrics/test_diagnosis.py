"""The gaps between errors, against cases worked out by hand and what must hold for all."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.metrics.diagnosis import REMEDIES, Errors, Gap, diagnose, widest

SHARES = st.floats(0, 1)


def sizes(errors):
    return {gap.name: pytest.approx(gap.size) for gap in diagnose(errors)}


def test_all_five_errors_by_hand():
    found = diagnose(Errors(human=0.01, train=0.07, train_dev=0.10, dev=0.06, test=0.065))
    wanted = [
        ("avoidable bias", 0.06, "human", "train"),
        ("variance", 0.03, "train", "train-dev"),
        ("data mismatch", -0.04, "train-dev", "dev"),
        ("over-fitting to dev", 0.005, "dev", "test"),
    ]
    assert [(g.name, pytest.approx(g.size), g.lower, g.upper) for g in found] == wanted


def test_without_train_dev_all_the_rest_is_variance():
    found = sizes(Errors(train=0.01, dev=0.11))
    assert found == {"avoidable bias": 0.01, "variance": 0.10}
    assert "data mismatch" not in sizes(Errors(train=0.01, dev=0.11, test=0.2))


@pytest.mark.parametrize(
    ("errors", "name"),
    [
        (Errors(train=0.08, train_dev=0.09, dev=0.10, human=0.0), "avoidable bias"),
        (Errors(train=0.08, train_dev=0.09, dev=0.13, human=0.075), "data mismatch"),
        (Errors(train=0.01, train_dev=0.09, dev=0.10), "variance"),
        (Errors(train=0.01, train_dev=0.02, dev=0.03, test=0.2), "over-fitting to dev"),
    ],
)
def test_the_widest_gap_comes_first_and_says_what_to_try(errors, name):
    found = widest(diagnose(errors))
    assert found.name == name
    assert found.remedies == REMEDIES[name] and all(found.remedies)


def test_better_than_a_human_and_no_worse_on_new_text_is_nothing_to_mend():
    gaps = diagnose(Errors(human=0.05, train=0.04, train_dev=0.04, dev=0.03, test=0.03))
    assert widest(gaps) is None
    assert [gap.remedies for gap in gaps] == [(), (), (), ()]
    assert widest([]) is None


def test_what_was_not_measured_is_left_out():
    assert sizes(Errors(None, 0.1, test=0.12)) == {
        "avoidable bias and variance": 0.1,
        "over-fitting to dev": 0.02,
    }
    assert sizes(Errors(None, 0.1, train_dev=0.08)) == {
        "avoidable bias and variance": 0.08,
        "data mismatch": 0.02,
    }
    assert sizes(Errors(2.5, 3.0, test=3.5, human=None)) == {
        "variance": 0.5,
        "over-fitting to dev": 0.5,
    }
    assert diagnose(Errors(None, 0.1, human=None)) == []
    assert all(gap.remedies for gap in diagnose(Errors(None, 0.1)))


def test_of_equal_gaps_the_first_is_the_widest():
    gaps = [Gap("variance", 0.1, "train", "dev"), Gap("over-fitting to dev", 0.1, "dev", "test")]
    assert widest(gaps) is gaps[0]


@given(*[SHARES | st.none()] * 2, SHARES, *[SHARES | st.none()] * 2)
def test_the_gaps_add_up_from_the_first_error_to_the_last(human, train, dev, train_dev, test):
    gaps = diagnose(Errors(train, dev, train_dev, test, human))
    texts = [error for error in (human, train, train_dev, dev, test) if error is not None]
    assert sum(gap.size for gap in gaps) == pytest.approx(texts[-1] - texts[0], abs=1e-12)
    assert len(gaps) == len(texts) - 1
    assert all(one.upper == two.lower for one, two in pairwise(gaps))


@pytest.mark.parametrize("name", ["train", "dev", "train_dev", "test", "human"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_what_is_no_error_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"the error of {name} is {value}; .* number from 0 up"):
        Errors(**{"train": 0.1, "dev": 0.1, name: value})
