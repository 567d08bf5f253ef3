"""`seqkit plot`."""

import pathlib

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="plot")
@click.argument("run")
@click.option("--out", help="A .png or .svg file (RUN/learning-curves.png).")
def command(run: str, out: str | None) -> None:
    """Draw the learning curves of a run.

    \b
    Example:
      seqkit plot runs/lm --out curves.svg
    """
    from math import log

    from seqkit.report.curves import learning_curves
    from seqkit.tasks.runs import Run, read_json

    folder = Run(run)
    folder.read_config()
    history = folder.read_history()
    if not history:
        raise ValueError(f"{run}: no epoch has ended yet, so there is nothing to draw")
    metrics = read_json(folder.path / "metrics.json") if folder.finished else {}
    valid = metrics.get("valid", {})
    path = out or str(pathlib.Path(run) / "learning-curves.png")
    learning_curves(
        history,
        path,
        title=run,
        baselines={n: {"loss": log(v)} for n, v in valid.get("baselines", {}).items()},
        entropy=valid.get("entropy"),
    )
    click.echo(path)
