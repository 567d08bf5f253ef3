"""`seqkit evaluate` of language models: perplexity on a text, and n-gram models beside it."""

from typing import Any

import click

from seqkit.cli import evaluate_adapting, options

_PLAIN = ("data", "batch_size", "baselines", "encoding", "device", "threads")
TAKES = (*_PLAIN, *evaluate_adapting.TAKES)
"""The options of the command that are for language models."""


def measure(
    run: str,
    data: str,
    batch_size: int,
    baselines: bool,
    encoding: str,
    device: str,
    threads: int | None,
    **adapting: Any,
) -> dict[str, Any]:
    """The metrics of a language model on a text; `adapting` has the options of adapting ones."""
    from seqkit.cli.origin import training_text
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.corpora.smallworld import SmallWorld
    from seqkit.tasks import language
    from seqkit.tasks.devices import set_threads

    evaluate_adapting.check(adapting)
    set_threads(threads)
    model = language.load(run, device)
    corpus = open_corpus(data, encoding, split="test")
    text = evaluate_adapting.fitting_text(run, corpus, encoding, adapting)
    metrics = model.evaluate(corpus, batch_size)
    if isinstance(corpus, SmallWorld) and not metrics["unknown_share"]:
        metrics["best_possible"] = corpus.best_possible().nats * len(corpus) / metrics["tokens"]
    if baselines:
        try:
            metrics["baselines"] = model.baselines(corpus, training_text(run))
        except (ValueError, OSError) as error:
            options.note(f"no baselines: {error}")
    return metrics | evaluate_adapting.measure(model, corpus, text, adapting)


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics, one a line."""
    low, high = metrics.get("perplexity_interval", (None, None))
    between = "" if low is None else f"  (95 %: {low:.2f} to {high:.2f}, bootstrap over lines)"
    click.echo(f"perplexity      {metrics['perplexity']:.4f}{between}")
    click.echo(f"loss            {metrics['loss']:.6f} nats a token")
    if "best_possible" in metrics:
        click.echo(f"best_possible   {metrics['best_possible']:.6f} nats a token on this text")
    click.echo(f"bits_per_char   {metrics['bits_per_char']:.4f}")
    click.echo(f"unknown_share   {metrics['unknown_share']:.4f}")
    click.echo(f"tokens          {metrics['tokens']:,}")
    for name, value in metrics.get("baselines", {}).items():
        click.echo(f"{name:<15} {value:.2f} perplexity")
    evaluate_adapting.show(metrics)
