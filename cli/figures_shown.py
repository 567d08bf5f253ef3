"""The figures of a training as people read them: of each text, of each label, on its card."""

from collections.abc import Mapping, Sequence
from typing import Any

import seqkit
from seqkit.report.card import Card
from seqkit.report.terminal import table
from seqkit.tasks.runs import Run


def splits_of(parts: Mapping[str, Any]) -> list[str]:
    """Which of the texts of a training are there, in their order."""
    return [name for name in ("train", "valid", "test") if name in parts]


def with_interval(split: Mapping[str, Any], name: str, beside: str = "") -> str:
    """A figure, in brackets the bounds it lies between and what is to be told beside them."""
    told = [beside] if beside else []
    if f"{name}_interval" in split:
        low, high = split[f"{name}_interval"]
        told = [f"95 %: {low:.4f} to {high:.4f}", *told]
    return f"{name} {split[name]:.4f}" + (f" ({'; '.join(told)})" if told else "")


def by_kind(title: str, kinds: Mapping[str, Mapping[str, Any]]) -> str:
    """A table of the figures of each type or label."""
    columns = ("precision", "recall", "f1", "gold", "predicted")
    rows = [(kind, *map(_cell, map(of.get, columns))) for kind, of in kinds.items()]
    return table(rows, (title, *columns))


def _cell(value: Any) -> Any:
    return f"{value:.4f}" if isinstance(value, float) else value


def card_figures(
    metrics: Mapping[str, Any], kinds: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The figures of each text and, of the last one, those of each type or label, for the card."""
    splits = splits_of(metrics)
    rows = {name: metrics[name] for name in splits}
    rows |= {f"{splits[-1]}, {kind}": of for kind, of in kinds.items()}
    shown = ("loss", "accuracy", "precision", "recall", "f1")
    return {name: {key: of[key] for key in shown if key in of} for name, of in rows.items()}


def card_of(
    run: Run, config: Mapping[str, Any], metrics: Mapping[str, Any], counts: Sequence[str]
) -> Card:
    """What the cards of all tasks say; `counts` names the sizes of the training data to show."""
    corpus = config["corpus"]
    return Card(
        run=str(run.path),
        corpus={
            "name": corpus["name"],
            "sha256": corpus["train"]["sha256"],
            "counts": {name: corpus["train"][name] for name in counts},
            "synthetic": bool((config.get("notes") or {}).get("synthetic")),
        },
        config=config["settings"],
        epochs=int(metrics["epochs"]),
        seconds=metrics["seconds"],
        versions={"seqkit": seqkit.__version__, **config["versions"]},
    )
