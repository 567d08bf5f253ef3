"""`seqkit evaluate`."""

from collections.abc import Callable
from typing import Any

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="evaluate")
@click.argument("run")
@click.argument("data")
@click.option("--batch-size", type=click.IntRange(1), default=16, show_default=True, help="Rows.")
@click.option("--baselines/--no-baselines", default=True, help="Unigram and trigram beside it.")
@click.option("--min", "at_least", multiple=True, help="METRIC=VALUE: exit 1 if it is below.")
@click.option("--max", "at_most", multiple=True, help="METRIC=VALUE: exit 1 if it is above.")
@options.encoding
@options.device
@options.threads
@options.as_json
def command(
    run: str,
    data: str,
    batch_size: int,
    baselines: bool,
    at_least: tuple[str, ...],
    at_most: tuple[str, ...],
    encoding: str,
    device: str,
    threads: int | None,
    as_json: bool,
) -> int:
    """Measure a trained model on a text.

    DATA is a corpus: a file, a folder, a built-in name (its test part), nltk:NAME or -. Every
    token is scored once, given all before it; the result does not depend on --batch-size.

    \b
    Examples:
      seqkit evaluate runs/lm smallworld
      seqkit evaluate runs/lm my.test.txt --max perplexity=120 --json
    """
    from seqkit.cli.origin import training_text
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.corpora.smallworld import SmallWorld
    from seqkit.tasks import language
    from seqkit.tasks.devices import set_threads

    gates = [_gate(text, "--min") for text in at_least] + [_gate(text, "--max") for text in at_most]
    set_threads(threads)
    model = language.load(run, device)
    corpus = open_corpus(data, encoding, split="test")
    metrics = model.evaluate(corpus, batch_size)
    if isinstance(corpus, SmallWorld) and not metrics["unknown_share"]:
        metrics["best_possible"] = corpus.best_possible().nats * len(corpus) / metrics["tokens"]
    if baselines:
        try:
            metrics["baselines"] = model.baselines(corpus, training_text(run))
        except (ValueError, OSError) as error:
            options.note(f"no baselines: {error}")
    if as_json:
        options.echo_json(metrics)
    else:
        _show(metrics)
    failed = [passes for passes in gates if not passes(metrics)]
    return int(bool(failed))


def _gate(text: str, option: str) -> Callable[[dict[str, Any]], bool]:
    """A check METRIC=VALUE from below (--min) or above (--max)."""
    name, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError as error:
        raise ValueError(f"{option} {text}: write METRIC=VALUE, such as perplexity=120") from error

    def passes(metrics: dict[str, Any]) -> bool:
        if not isinstance(metrics.get(name), float):
            known = ", ".join(k for k, v in metrics.items() if isinstance(v, float))
            raise ValueError(f"{option} {text}: no metric {name!r}; there are: {known}")
        value: float = metrics[name]
        good = value >= bound if option == "--min" else value <= bound
        if not good:
            options.note(f"{option} {text}: it is {value:.6g}")
        return good

    return passes


def _show(metrics: dict[str, Any]) -> None:
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
