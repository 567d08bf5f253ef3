"""`seqkit plot`."""

import pathlib
from collections.abc import Sequence
from typing import Any

import click

from seqkit.cli import options
from seqkit.cli.vector_files import holds_vectors


@click.command(cls=options.Command, name="plot")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--out", help="A .png or .svg file (in RUN: learning-curves, gates, reach or words .png)."
)
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
@click.option(
    "--words",
    metavar="WORDS",
    help='Draw a map of words: "king queen ...", a file of them, or the N most frequent.',
)
@click.option("--pairs", help='Map these words too, an arrow between two: "man:woman king:queen".')
@click.option("--tsne", is_flag=True, help="With --words: place them by t-SNE, not by PCA.")
@click.option(
    "--perplexity",
    type=click.FloatRange(1),
    help="With --tsne: about how many neighbours count (30, or fewer).",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="With --tsne: where it begins."
)
def command(runs: tuple[str, ...], out: str | None, **given: Any) -> None:
    """Draw learning curves, gates, reach or a map of words.

    Without --gates, --reach or --words the learning curves of a run; with --gates what its gates do
    while it reads a sentence; with --reach how far back in time its gradients reach, several runs
    in one picture; with --words or --pairs a map on which words with like vectors lie close. For a
    map RUN may be a file of vectors, too.

    \b
    Examples:
      seqkit plot runs/lm --out curves.svg
      seqkit plot runs/lm --gates "the old king sees a small dog ."
      seqkit plot runs/gru runs/lstm --reach --out reach.png
      seqkit plot runs/words --words 200 --tsne --out words.png
      seqkit plot vectors.bin --pairs "man:woman king:queen uncle:aunt"
    """
    picture = _picture(given)
    _check(runs, picture)
    path = out or _beside(runs[0], picture)
    if picture == "gates":
        _draw_gates(runs[0], given["gates"], given["layer"], given["units"], path)
    elif picture == "reach":
        _draw_reach(runs, given["text"], given["farthest"], path)
    elif picture == "words":
        _draw_words(runs[0], given, path)
    else:
        _draw_learning(runs[0], path)
    click.echo(path)


_NEEDED = {
    "layer": "gates",
    "units": "gates",
    "text": "reach",
    "farthest": "reach",
    "tsne": "words",
    "perplexity": "words",
    "seed": "words",
}
"""Options, and the picture that each goes with."""


def _picture(given: dict[str, Any]) -> str:
    """Which picture is asked for; ValueError for two."""
    asked = {
        "gates": given["gates"] is not None,
        "reach": given["reach"],
        "words": given["words"] is not None or given["pairs"] is not None,
    }
    found = [name for name, is_asked in asked.items() if is_asked]
    if len(found) > 1:
        both = " and ".join(f"--{name}" for name in found)
        raise ValueError(f"{both} are different pictures: draw one at a time")
    return found[0] if found else "learning-curves"


def _check(runs: Sequence[str], picture: str) -> None:
    """ValueError where options and runs do not go together."""
    if len(runs) > 1 and picture != "reach":
        raise ValueError(f"{len(runs)} runs: only --reach draws several in one picture")
    for option in options.typed(*_NEEDED):
        if _NEEDED[option] != picture:
            raise ValueError(f"--{option} goes with --{_NEEDED[option]}")
    for option in options.typed("perplexity", "seed"):
        if not options.typed("tsne"):
            raise ValueError(f"--{option} goes with --tsne")


def _beside(run: str, picture: str) -> str:
    """Where a picture goes unless told: into the run folder, or beside a file of vectors."""
    place = pathlib.Path(run)
    if place.is_file():
        return str(place.with_name(f"{place.name}.{picture}.png"))
    return str(place / f"{picture}.png")


def _draw_learning(run: str, path: str) -> None:
    from math import log

    from seqkit.report.curves import learning_curves
    from seqkit.tasks.runs import Run, read_json

    folder = Run(run)
    if holds_vectors(run) and not folder.exists:
        raise ValueError(f"{run}: no run, so it has no learning curves; --words draws a map")
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


def _draw_words(run: str, given: dict[str, Any], path: str) -> None:
    from seqkit.cli.word_map import draw_words

    perplexity = (given["perplexity"] or 0.0) if given["tsne"] else None
    draw_words(run, given["words"], given["pairs"], path, perplexity, given["seed"])
