"""`seqkit plot`."""

import pathlib
from collections.abc import Sequence

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="plot")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--out", help="A .png or .svg file (in RUN: learning-curves, gates or reach .png).")
@click.option("--gates", metavar="SENTENCE", help="Draw the gates of a layer over a sentence.")
@click.option("--layer", type=int, help="With --gates: which layer, 1 the lowest (the top one).")
@click.option(
    "--units",
    type=click.IntRange(1),
    default=24,
    show_default=True,
    help="With --gates: how many units, those that move most.",
)
@click.option("--reach", is_flag=True, help="Draw the gradient's norm back in time; many RUNs.")
@click.option("--text", help="With --reach: a corpus (each run's own validation text).")
@click.option(
    "--farthest",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="With --reach: the largest distance, in tokens.",
)
def command(
    runs: tuple[str, ...],
    out: str | None,
    gates: str | None,
    layer: int | None,
    units: int,
    reach: bool,
    text: str | None,
    farthest: int,
) -> None:
    """Draw learning curves, gates at work, or how far gradients reach.

    Without --gates or --reach the learning curves of a run; with --gates what its gates do while
    it reads a sentence; with --reach how far back in time its gradients reach, several runs in one
    picture.

    \b
    Examples:
      seqkit plot runs/lm --out curves.svg
      seqkit plot runs/lm --gates "the old king sees a small dog ."
      seqkit plot runs/gru runs/lstm --reach --out reach.png
    """
    _check(runs, gates, reach)
    if gates is not None:
        path = out or str(pathlib.Path(runs[0]) / "gates.png")
        _draw_gates(runs[0], gates, layer, units, path)
    elif reach:
        path = out or str(pathlib.Path(runs[0]) / "reach.png")
        _draw_reach(runs, text, farthest, path)
    else:
        path = out or str(pathlib.Path(runs[0]) / "learning-curves.png")
        _draw_learning(runs[0], path)
    click.echo(path)


def _check(runs: Sequence[str], gates: str | None, reach: bool) -> None:
    """ValueError where options and runs do not go together."""
    if gates is not None and reach:
        raise ValueError("--gates and --reach are two pictures: draw one at a time")
    if len(runs) > 1 and not reach:
        raise ValueError(f"{len(runs)} runs: only --reach draws several in one picture")
    for option, needed, is_on in (
        ("layer", "--gates", gates is not None),
        ("units", "--gates", gates is not None),
        ("text", "--reach", reach),
        ("farthest", "--reach", reach),
    ):
        if options.typed(option) and not is_on:
            raise ValueError(f"--{option} goes with {needed}")


def _draw_learning(run: str, path: str) -> None:
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
    learning_curves(
        history,
        path,
        title=run,
        baselines={n: {"loss": log(v)} for n, v in valid.get("baselines", {}).items()},
        entropy=valid.get("entropy"),
    )


def _draw_gates(run: str, sentence: str, layer: int | None, units: int, path: str) -> None:
    from seqkit.report.gates import gate_maps
    from seqkit.tasks import language
    from seqkit.tasks.language.inside import read_sentence

    model = language.load(run, "cpu")
    reading = read_sentence(model, sentence, layer)
    title = f"{run}: {model.model.config.cell}, layer {reading.layer}"
    gate_maps(reading.tokens, reading.gates, reading.values, path, title, units)


def _draw_reach(runs: Sequence[str], text: str | None, farthest: int, path: str) -> None:
    from seqkit.cli.reach import reach_of
    from seqkit.report.reach import reach_curves

    curves = {run: reach_of(run, text, farthest) for run in runs}
    reach_curves(curves, path, "How far gradients reach")
