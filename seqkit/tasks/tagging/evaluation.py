"""Measuring a tagger on a text: entities as conlleval counts them, kinds of errors, calibration."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.classification import confusion
from seqkit.metrics.entities import conlleval_report, count_entities, intervals, token_accuracy
from seqkit.metrics.span_errors import (
    count_outcomes,
    count_types,
    familiarity,
    score_groups,
    surfaces,
)
from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.encoding import Encoded
from seqkit.tasks.tagging.prediction import Prediction, mean_loss, predict
from seqkit.tasks.tagging.sentences import TaggedText
from seqkit.tasks.tagging.symbols import Symbols

WORST = 10
"""Sentences with most errors that are listed."""
CONFUSIONS = 20
"""The most frequent pairs of classes that are listed."""


def quick_scores(
    model: Tagger, symbols: Symbols, text: TaggedText, encoded: Encoded
) -> dict[str, float]:
    """What is looked at after each epoch: loss, accuracy, and with entities P, R and F1."""
    found = predict(model, symbols, encoded)
    scores = {
        "loss": mean_loss(model, symbols, encoded),
        "accuracy": token_accuracy(_gold(text), _tags(found, symbols)).precision,
    }
    if symbols.scheme != "plain":
        overall = count_entities(text.spans(), [one.entities for one in found]).overall
        scores |= {name: getattr(overall, name) for name in ("precision", "recall", "f1")}
    return scores


def evaluate_text(
    model: Tagger, symbols: Symbols, text: TaggedText, encoded: Encoded, train: TaggedText | None
) -> dict[str, Any]:
    """All there is to say of a tagger on a text; `train`, the training text, tells what is new."""
    begin = time.perf_counter()
    found = predict(model, symbols, encoded)
    seconds = time.perf_counter() - begin
    gold, tags = _gold(text), _tags(found, symbols)
    metrics: dict[str, Any] = {
        "loss": mean_loss(model, symbols, encoded),
        "accuracy": token_accuracy(gold, tags).precision,
        "sentences": len(encoded),
        "tokens": text.tokens,
        "tokens_per_second": text.tokens / max(seconds, 1e-9),
        "unknown_share": float((encoded.words == symbols.words.unk).mean()),
    }
    about = _of_classes if symbols.scheme == "plain" else _of_entities
    return {**metrics, **about(text, encoded, found, tags, train)}


def _of_entities(
    text: TaggedText,
    encoded: Encoded,
    found: Sequence[Prediction],
    tags: Sequence[Sequence[str]],
    train: TaggedText | None,
) -> dict[str, Any]:
    """P, R, F1 with intervals, per type; what kinds of errors; how honest the confidences are."""
    gold, spans = text.spans(), [one.entities for one in found]
    counts = count_entities(gold, spans)
    overall = counts.overall
    metrics: dict[str, Any] = {n: getattr(overall, n) for n in ("precision", "recall", "f1")}
    metrics["entities"] = overall.gold
    if len(gold) > 1:
        metrics |= {f"{name}_interval": list(ends) for name, ends in intervals(counts).items()}
    right = [span in set(true) for true, one in zip(gold, spans, strict=True) for span in one]
    sure = [share for one in found for share in one.entity_confidences]
    metrics |= {
        "calibration_error": calibration_error(sure, right),
        "by_type": {kind: score.to_dict() for kind, score in counts.by_type().items()},
        "outcomes": count_outcomes(gold, spans),
        "confusions": [[*pair, n] for pair, n in count_types(gold, spans).items()],
        "conlleval": conlleval_report(counts, token_accuracy(_gold(text), tags)),
        "worst": [
            {
                **_where(text, number, int(counts.errors[number])),
                "gold": [list(span) for span in gold[number]],
                "predicted": [list(span) for span in spans[number]],
            }
            for number in counts.worst(WORST)
        ],
    }
    if train is not None:
        group = _newness(train)
        tokens = [sentence.tokens for sentence in text.sentences]
        groups = score_groups(tokens, gold, spans, group)
        metrics["familiarity"] = {name: score.to_dict() for name, score in groups.items()}
    return metrics


def _of_classes(
    text: TaggedText,
    encoded: Encoded,
    found: Sequence[Prediction],
    tags: Sequence[Sequence[str]],
    train: TaggedText | None,
) -> dict[str, Any]:
    """Accuracy with its interval, per class, on unknown words; the commonest mistakes."""
    gold = _gold(text)
    right = [[a == b for a, b in zip(*pair, strict=True)] for pair in zip(gold, tags, strict=True)]
    flat = np.concatenate([np.array(one) for one in right])  # (N,)
    sure = [share for one in found for share in one.confidences]
    table = confusion([t for one in gold for t in one], [t for one in tags for t in one])
    unknown = encoded.words == 0  # (N,)
    errors = np.array([len(one) - sum(one) for one in right])
    worst = [int(n) for n in np.argsort(-errors, kind="stable")[:WORST] if errors[n]]
    return {
        "accuracy_interval": _accuracy_interval(right),
        "calibration_error": calibration_error(sure, flat.tolist()),
        "unknown_accuracy": float(flat[unknown].mean()) if unknown.any() else 1.0,
        "by_tag": {kind: score.to_dict() for kind, score in table.by_class().items()},
        "confusions": [list(row) for row in table.worst(CONFUSIONS)],
        "worst": [
            {**_where(text, n, int(errors[n])), "gold": list(gold[n]), "predicted": list(tags[n])}
            for n in worst
        ],
    }


def _accuracy_interval(right: Sequence[Sequence[bool]], samples: int = 1000) -> list[float]:
    """The bootstrap interval of 95 %: whole sentences are drawn with replacement."""
    generator = np.random.default_rng(0)
    table = np.array([(sum(one), len(one)) for one in right], np.float64)  # (S, 2)
    times = generator.multinomial(len(table), np.full(len(table), 1 / len(table)), size=samples)
    drawn = times @ table  # (samples, 2)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return [float(low), float(high)]


def _newness(train: TaggedText) -> Any:
    """Which entities and words training had."""
    pairs = zip(train.sentences, train.spans(), strict=True)
    entities = {surface for one, spans in pairs for surface in surfaces(one.tokens, spans)}
    return familiarity(entities, {token for one in train.sentences for token in one.tokens})


def _where(text: TaggedText, number: int, errors: int) -> dict[str, Any]:
    sentence = text.sentences[number]
    return {"place": sentence.place, "errors": errors, "tokens": list(sentence.tokens)}


def _gold(text: TaggedText) -> list[tuple[str, ...]]:
    return [sentence.tags for sentence in text.sentences]


def _tags(found: Sequence[Prediction], symbols: Symbols) -> list[list[str]]:
    return [[symbols.tags[tag] for tag in one.tags] for one in found]
