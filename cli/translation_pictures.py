"""Pictures of what a translator does: where it looks, and how well it copes with long sources."""

from collections.abc import Sequence
from typing import Any


def draw_alignment(run: str, text: str, path: str) -> None:
    """Draw where each word of the translation of a text looked; ValueError without attention."""
    from seqkit.report.alignment import alignment_map
    from seqkit.tasks import translating

    trained = translating.load(run, "cpu")
    if not trained.model.attentive:
        raise ValueError(f"{run}: was trained with --attention none, so there is nothing to draw")
    (found,) = trained.translate([text.strip()], translating.SearchSettings(align=True))
    (best,) = found.candidates
    if best.alignment is None:
        raise ValueError("--align: the sentence is empty")
    ends = ("<eos>",)
    weights = best.alignment.numpy()
    alignment_map((*found.tokens, *ends), (*best.tokens, *ends), weights, path, f"{run}: attention")


def draw_by_length(runs: Sequence[str], path: str) -> None:
    """Draw BLEU by source length, as finished runs have measured it on their last common text."""
    from seqkit.report.by_length import bleu_by_length

    metrics = {run: _metrics(run) for run in runs}
    has_test = all("test" in own for own in metrics.values())
    split = "test" if has_test else "valid"
    curves = {run: _points(run, own.get(split, {})) for run, own in metrics.items()}
    text = {"test": "test", "valid": "validation"}[split]
    bleu_by_length(curves, path, f"BLEU by source length, {text} text")


def _metrics(run: str) -> dict[str, Any]:
    from seqkit.tasks.runs import Run, read_json

    folder = Run(run)
    folder.read_config("translating")
    if not folder.finished:
        raise ValueError(f"{run}: the run is not finished; go on with it by --resume first")
    metrics: dict[str, Any] = read_json(folder.path / "metrics.json")
    return metrics


def _points(run: str, split: dict[str, Any]) -> list[tuple[float, float]]:
    try:
        return [(one["mean_length"], one["bleu"]) for one in split["by_length"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{run}/metrics.json: damaged, without BLEU by length") from error
