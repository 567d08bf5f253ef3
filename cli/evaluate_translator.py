"""`seqkit evaluate` of translators: loss, BLEU, chrF, exact matches, by length, the worst lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from seqkit.cli import options

TAKES = ("data", "target", "beam", "tokenize", "encoding", "device", "threads")
"""The options of the command that are for translators."""


def measure(
    run: str,
    data: str,
    target: str | None,
    beam: int,
    tokenize: Any,
    encoding: str,
    device: str,
    threads: int | None,
) -> dict[str, Any]:
    """The metrics of a translator on the pairs of two files, or of a built-in corpus."""
    from seqkit.corpora.parallel_built_in import PARALLEL
    from seqkit.corpora.parallel_catalogue import open_parallel
    from seqkit.report.terminal import printable
    from seqkit.tasks import translating
    from seqkit.tasks.devices import set_threads

    settings = translating.SearchSettings(beam=beam)
    if target is None and data not in PARALLEL:
        raise ValueError(f"{data} is the source alone: name its translations with --target FILE")
    set_threads(threads)
    trained = translating.load(run, device)
    source = open_parallel(data, target, "test", encoding)
    metrics = trained.evaluate(source, settings, tokenize)
    for warning in metrics["warnings"]:
        options.note(f"warning: {printable(warning)}")
    return {**metrics, "beam": beam}


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics as tables."""
    for name in ("bleu", "chrf"):
        click.echo(f"{name:<17}  {metrics[name]:.2f}  {_between(metrics, name)}".rstrip())
    parts = " / ".join(f"{share:.1f}" for share in metrics["precisions"])
    click.echo(f"{'precisions':<17}  {parts}  of 1- to 4-grams, {_tokens(metrics)}")
    for name, unit in _UNITS.items():
        click.echo(f"{name:<17}  {metrics[name]:.4f}  {unit}".rstrip())
    for name in ("texts_per_second", "pairs", "beam"):
        click.echo(f"{name:<17}  {metrics[name]:,.0f}")
    _show_lengths(metrics["by_length"])
    if metrics["worst"]:
        click.echo("\nleast like their reference")
        for one in metrics["worst"]:
            _show_pair(one)


_UNITS = {
    "brevity_penalty": "",
    "exact_match": "share of lines that are their reference",
    "loss": "nats a token of the target",
    "perplexity": "",
}


def _between(metrics: Mapping[str, Any], name: str) -> str:
    """The bounds of a figure, where there are any."""
    if f"{name}_interval" not in metrics:
        return ""
    low, high = metrics[f"{name}_interval"]
    return f"(95 %: {low:.2f} to {high:.2f}, bootstrap over lines)"


def _tokens(metrics: Mapping[str, Any]) -> str:
    """How BLEU took the lines apart."""
    tokenize = metrics["bleu_tokenize"]
    return "split at spaces" if tokenize == "none" else f"tokenized as {tokenize} does"


def _show_lengths(groups: Sequence[Mapping[str, float]]) -> None:
    """BLEU of sources of like length."""
    from seqkit.report.terminal import table

    rows = [
        (_span(one["from"], one["to"]), int(one["pairs"]), f"{one['bleu']:.2f}") for one in groups
    ]
    click.echo("\n" + table(rows, ("source tokens", "pairs", "bleu")))


def _span(first: float, last: float) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _show_pair(one: Mapping[str, Any]) -> None:
    from seqkit.report.terminal import printable

    click.echo(printable(f"{one['place']}: chrf {one['chrf']:.2f}"))
    for name in ("source", "target", "translation"):
        click.echo(printable(f"  {name:<11}  {one[name]}"))
