"""Two classifiers on the same texts: who is right where, and whether it may be chance (O8)."""

from collections.abc import Sequence
from typing import Any

from seqkit.metrics.comparison import accuracy_interval, mcnemar
from seqkit.tasks.classifying.evaluation import SHOWN, Answers, are_right, share_of
from seqkit.tasks.classifying.texts import LabelledTexts, Source, read_texts
from seqkit.tasks.classifying.trained import TrainedClassifier

EXAMPLES = 10
"""Texts that are listed of those that only one of the two had right."""


def compare(first: TrainedClassifier, second: TrainedClassifier, source: Source) -> dict[str, Any]:
    """Ask both about the same labelled texts; see `compare_answers`."""
    texts = read_texts(source)
    answers = ([one.labels for one in each.classify(texts.texts)] for each in (first, second))
    return compare_answers(texts, *answers)


def compare_answers(texts: LabelledTexts, first: Answers, second: Answers) -> dict[str, Any]:
    """What two runs have right, in plain numbers fit for JSON.

    The accuracy of each with its interval of 95 %; how many texts "both", "only_first",
    "only_second" and "neither" have right; the "p_value" of McNemar's test: how likely a split at
    least as uneven is if both are equally good; and "differing", texts that only one has right.
    """
    right = {
        "first": are_right(texts.labels, first),
        "second": are_right(texts.labels, second),
    }
    found = mcnemar(right["first"], right["second"])
    return {
        "texts": len(texts),
        **{
            name: {
                "accuracy": share_of(own),
                "accuracy_interval": list(accuracy_interval(sum(own), len(own))),
            }
            for name, own in right.items()
        },
        **{n: getattr(found, n) for n in ("both", "only_first", "only_second", "neither")},
        "p_value": found.p_value,
        "differing": [
            _example(texts, n, first, second)
            for one, other in (("first", "second"), ("second", "first"))
            for n in _only(right[one], right[other])[:EXAMPLES]
        ],
    }


def _only(own: Sequence[bool], other: Sequence[bool]) -> list[int]:
    """The numbers of what one has right and the other has not."""
    pairs = zip(own, other, strict=True)
    return [n for n, (mine, yours) in enumerate(pairs) if mine and not yours]


def _example(texts: LabelledTexts, n: int, first: Answers, second: Answers) -> dict[str, Any]:
    return {
        "place": texts.places[n],
        "text": texts.texts[n][:SHOWN],
        "gold": list(texts.labels[n]),
        "first": list(first[n]),
        "second": list(second[n]),
    }
