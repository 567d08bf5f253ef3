"""Measuring a classifier on labelled texts: accuracy, each label, errors, calibration (O8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.metrics.averages import label_scores, macro, micro, specificity, weighted_error
from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.classification import confusion
from seqkit.metrics.comparison import accuracy_interval
from seqkit.metrics.reliability import reliability_table
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.texts import LabelledTexts

Bools = npt.NDArray[np.bool_]
Answers = Sequence[tuple[str, ...]]

WORST = 10
"""The most confident errors that are listed."""
CONFUSIONS = 20
"""The most frequent pairs of labels that are listed."""
TABLE = 50
"""Up to so many labels the whole confusion matrix is kept."""
SHOWN = 300
"""Characters of a listed text."""
LEAST = float(np.finfo(np.float64).eps)
"""No label is taken to be less likely: a sigmoid near 1 is not told more finely."""


def quick_scores(labels: Labels, probabilities: Array, texts: LabelledTexts) -> dict[str, float]:
    """What is looked at after each epoch: loss, accuracy and macro F1."""
    found = labels.decide(probabilities)
    return {
        "loss": mean_loss(labels, probabilities, texts),
        "accuracy": share_of(are_right(texts.labels, found)),
        "f1": macro(label_scores(texts.labels, found).values())["f1"],
    }


def evaluate_texts(
    labels: Labels,
    probabilities: Array,
    texts: LabelledTexts,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """All there is to say of P (N, K) on N texts, in plain numbers fit for JSON.

    An answer is right where a text gets its label, of many labels exactly its own. A label that
    training never saw cannot be found and counts as wrong; "unknown_labels" tells how many texts
    have one. Precision, recall and F1 are means over all labels that stand in the texts or in the
    answers. `weights` by label (1 for those not named) add the "weighted_error", in which a text
    counts as its dearest label. ValueError where no text has a known label.
    """
    found = labels.decide(probabilities)
    right = are_right(texts.labels, found)
    scores = label_scores(texts.labels, found)
    sure, hit = _confidences(labels, probabilities, texts, right)
    metrics: dict[str, Any] = {
        "loss": mean_loss(labels, probabilities, texts),
        "accuracy": share_of(right),
        "accuracy_interval": list(accuracy_interval(sum(right), len(right))),
        **macro(scores.values()),
        "texts": len(texts),
        "unknown_labels": int((~have_known_labels(labels, texts.labels)).sum()),
        "calibration_error": calibration_error(sure, hit),
        "reliability": [bin_.to_dict() for bin_ in reliability_table(sure, hit)],
        "by_label": {
            name: {**score.to_dict(), "specificity": specificity(score, len(texts))}
            for name, score in scores.items()
        },
        "worst": _worst(labels, probabilities, texts, found, right),
    }
    if labels.many:
        metrics["micro_f1"] = micro(scores.values()).f1
    else:
        metrics |= _confusions(texts.labels, found)
    if weights:
        dear = [max((weights.get(name, 1.0) for name in own), default=1.0) for own in texts.labels]
        metrics["weighted_error"] = weighted_error([not one for one in right], dear)
    return metrics


def mean_loss(labels: Labels, probabilities: Array, texts: LabelledTexts) -> float:
    """-log P of the labels in nats a text, over the texts whose labels training has seen.

    Where many, that is the sum of the binary cross-entropies of all labels. ValueError where no
    text has a known label.
    """
    known = have_known_labels(labels, texts.labels)  # (N,)
    if not known.any():
        strange = sorted({name for own in texts.labels for name in own})
        raise ValueError(
            f"{texts.name}: no text has a label of the training text: here they are "
            f"{_few(strange)}, there {_few(labels.names)}; look at --label-column"
        )
    gold = labels.targets(
        [own for own, is_known in zip(texts.labels, known, strict=True) if is_known]
    )
    shares = probabilities[known]
    if labels.many:
        of_gold = np.where(gold == 1, shares, 1 - shares)  # (N, K)
    else:
        of_gold = shares[np.arange(len(gold)), gold]  # (N,)
    return float(-np.log(np.maximum(of_gold, LEAST)).sum() / len(gold))


def have_known_labels(labels: Labels, gold: Answers) -> Bools:
    """Which texts have labels that training has seen, and no other number than a text can have."""
    names = set(labels.names)
    return np.array(
        [names.issuperset(own) and (labels.many or len(own) == 1) for own in gold], bool
    )


def are_right(gold: Answers, found: Answers) -> list[bool]:
    """Which answers are right: all labels of the text and no other."""
    return [set(a) == set(b) for a, b in zip(gold, found, strict=True)]


def share_of(right: Sequence[bool]) -> float:
    """How many of the answers are right, as a share."""
    return sum(right) / len(right)


def _confidences(
    labels: Labels, probabilities: Array, texts: LabelledTexts, right: Sequence[bool]
) -> tuple[list[float], list[bool]]:
    """What is said to be so likely, and whether it is so: each answer; where many, each label."""
    if labels.many:
        return probabilities.ravel().tolist(), (labels.targets(texts.labels) == 1).ravel().tolist()
    return probabilities.max(1).tolist(), list(right)


def _confusions(gold: Answers, found: Answers) -> dict[str, Any]:
    """Which label was taken for which: the most frequent mistakes, and the table if it is small."""
    true, said = ([", ".join(own) or "(none)" for own in answers] for answers in (gold, found))
    mistakes = Counter(pair for pair in zip(true, said, strict=True) if pair[0] != pair[1])
    order = sorted(mistakes, key=lambda pair: (-mistakes[pair], pair))[:CONFUSIONS]
    metrics: dict[str, Any] = {"confusions": [[*pair, mistakes[pair]] for pair in order]}
    if len({*true, *said}) <= TABLE:
        whole = confusion(true, said)
        metrics["confusion_matrix"] = {
            "labels": list(whole.classes),
            "counts": whole.table.tolist(),
        }
    return metrics


def _worst(
    labels: Labels,
    probabilities: Array,
    texts: LabelledTexts,
    found: Answers,
    right: Sequence[bool],
) -> list[dict[str, Any]]:
    """The wrong answers that were said with most confidence, where many of all labels together."""
    sure = probabilities.max(1)
    if labels.many:
        sure = np.maximum(probabilities, 1 - probabilities).prod(1)  # P of the whole answer
    wrong = np.flatnonzero(np.logical_not(right))
    return [
        {
            "place": texts.places[n],
            "text": texts.texts[n][:SHOWN],
            "gold": list(texts.labels[n]),
            "predicted": list(found[n]),
            "confidence": float(sure[n]),
        }
        for n in wrong[np.argsort(-sure[wrong], kind="stable")][:WORST].tolist()
    ]


def _few(names: Sequence[str]) -> str:
    return ", ".join(name[:20] for name in names[:5]) + ", ..." * (len(names) > 5)
