"""`seqkit evaluate` of word vectors: analogy questions, and similarities that people gave."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options
from seqkit.cli.vector_files import open_vectors, questions_file

if TYPE_CHECKING:
    from seqkit.vectors import WordVectors
    from seqkit.vectors.evaluation import Answered

TAKES = ("analogies", "similarity", "restrict_vocab")
"""The options of the command that are for word vectors."""


def measure(
    path: str, analogies: str | None, similarity: Sequence[str], restrict_vocab: int
) -> dict[str, Any]:
    """The metrics of vectors: `analogies`, the share answered right, and `spearman`.

    Analogies are asked of the first `restrict_vocab` words, 0: of all. Of several files of pairs
    `spearman` is the mean. What nobody asked for is missing; what cannot be told is None.
    """
    vectors = open_vectors(path)
    metrics: dict[str, Any] = {"words": len(vectors), "dimension": vectors.vector_size}
    if analogies is not None:
        metrics |= _answer(vectors, analogies, min(restrict_vocab or len(vectors), len(vectors)))
    if similarity:
        metrics |= _judge(vectors, similarity)
    return metrics


def _answer(vectors: "WordVectors", path: str, first: int) -> dict[str, Any]:
    from seqkit.vectors.evaluation import answer_analogies, read_analogies, totals

    answered = answer_analogies(vectors, read_analogies(questions_file(path)), first)
    *kinds, total = totals(answered)
    if not total.known:
        options.note(f"{path}: no question has all its four words among the first {first:,}")
    return {
        "analogies": total.accuracy,
        **{kind.name: kind.accuracy for kind in kinds},
        "analogies_coverage": total.coverage,
        "restrict_vocab": first,
        "sections": [_fields(section) for section in answered],
        "totals": [_fields(sum_) for sum_ in (*kinds, total)],
    }


def _fields(answered: "Answered") -> dict[str, Any]:
    return {
        "name": answered.name,
        "asked": answered.asked,
        "known": answered.known,
        "right": answered.right,
        "accuracy": answered.accuracy,
    }


def _judge(vectors: "WordVectors", paths: Sequence[str]) -> dict[str, Any]:
    from seqkit.vectors.evaluation import judge_pairs, read_pairs

    judged = [(path, judge_pairs(vectors, read_pairs(path))) for path in paths]
    found = [agreement.spearman for _, agreement in judged if agreement.spearman is not None]
    for path, agreement in judged:
        if agreement.spearman is None:
            options.note(f"{path}: {agreement.known} pairs with both words known say nothing")
    known, asked = sum(a.known for _, a in judged), sum(a.asked for _, a in judged)
    return {
        "spearman": sum(found) / len(found) if len(found) == len(judged) else None,
        "spearman_coverage": known / asked,
        "similarity": [
            {
                "file": path,
                "asked": agreement.asked,
                "known": agreement.known,
                "spearman": agreement.spearman,
                "pearson": agreement.pearson,
            }
            for path, agreement in judged
        ],
    }


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics as one or two tables."""
    from seqkit.report.terminal import table

    click.echo(f"{metrics['words']:,} words, {metrics['dimension']} numbers each")
    if "sections" in metrics:
        click.echo(f"\nanalogies among the first {metrics['restrict_vocab']:,} words")
        rows = [tuple(row.values()) for row in (*metrics["sections"], *metrics["totals"])]
        click.echo(table(rows, ("section", "asked", "known", "right", "share right")))
    if "similarity" in metrics:
        rows = [tuple(judged.values()) for judged in metrics["similarity"]]
        click.echo("\n" + table(rows, ("pairs", "asked", "known", "spearman", "pearson")))
