"""`seqkit inspect`."""

from typing import Any

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="inspect")
@click.argument("run")
@click.option(
    "--types", type=click.IntRange(0), default=10, show_default=True, help="How many types to show."
)
@options.as_json
def command(run: str, types: int, as_json: bool) -> None:
    """Show what a run holds.

    That is its configuration, its vocabulary, its parameters and its history.

    \b
    Example:
      seqkit inspect runs/lm
    """
    from seqkit.tasks import language
    from seqkit.tasks.runs import Run

    folder = Run(run)
    config = folder.read_config()
    model = language.load(run, "cpu")
    vocabulary = model.vocabulary
    held = {
        "config": config,
        "types": list(zip(vocabulary.types, vocabulary.counts, strict=True))[:types],
        "vocabulary_size": len(vocabulary),
        "parameters": {n: list(p.shape) for n, p in model.model.named_parameters()},
        "history": folder.read_history(),
    }
    if as_json:
        options.echo_json(held)
    else:
        _show(held)


def _show(held: dict[str, Any]) -> None:
    from math import prod

    from seqkit.report.terminal import sparkline, table

    settings = held["config"]["settings"]
    rows = [(name, "" if value is None else str(value)) for name, value in settings.items()]
    click.echo(table(rows, ("setting", "value")))
    shapes = [(n, " x ".join(map(str, s)), prod(s)) for n, s in held["parameters"].items()]
    total = ("in all", "", sum(prod(shape) for shape in held["parameters"].values()))
    click.echo("\n" + table([*shapes, total], ("parameter", "shape", "numbers")))
    shown = [(id_, type_, count) for id_, (type_, count) in enumerate(held["types"])]
    click.echo(f"\n{held['vocabulary_size']:,} types, the first {len(shown)}:")
    click.echo(table(shown, ("id", "type", "count")))
    losses = [record["valid"]["loss"] for record in held["history"]]
    if losses:
        click.echo(f"\nvalid loss {losses[0]:.4f} {sparkline(losses)} {losses[-1]:.4f}")
