"""`seqkit plot`."""

import pathlib
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import click

from seqkit.cli import image_pictures, label_pictures, options, translation_pictures
from seqkit.cli.vector_files import holds_vectors, task_of


@click.command(cls=options.Command, name="plot")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--out",
    help="A .png or .svg file (in RUN: learning-curves.png, or that of the picture asked for).",
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
@click.option(
    "--confusion", is_flag=True, help="Taggers, classifiers, images: draw what was taken for which."
)
@click.option(
    "--reliability", is_flag=True, help="Classifiers, images: draw how often the sure are right."
)
@click.option("--filters", is_flag=True, help="Images: draw what the first layer looks for.")
@click.option("--mistakes", is_flag=True, help="Images: draw the worst mistakes.")
@click.option(
    "--align",
    metavar="SENTENCE",
    help="Translators: draw where its translation looks, word by word.",
)
@click.option(
    "--by-length", is_flag=True, help="Translators: draw BLEU by length of the source; many RUNs."
)
@click.option(
    "--text",
    help="With --reach, --confusion, --reliability or --mistakes: a corpus (each run's own "
    "validation text, or images).",
)
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
    """Draw learning curves, gates, alignments or a map of words.

    Without one of --gates, --reach, --confusion, --align and the like the learning curves of a run;
    with --gates what its gates do while it reads a sentence; with --reach how far back in time its
    gradients reach, several runs in one picture; with --confusion which labels a classifier, or
    which types of entities or tags a tagger, takes for which; with --reliability how often a
    classifier is right when it says how sure it is; with --filters the filters of the first layer
    of a net of images, and with --mistakes the images that it is wrong about most surely; with
    --align where in a sentence each word of its translation looks; with --by-length how BLEU falls
    with the length of the source, as the training of each run measured it; with --words or --pairs
    a map on which words with like vectors lie close. For a map RUN may be a file of vectors, too.

    \b
    Examples:
      seqkit plot runs/lm --out curves.svg
      seqkit plot runs/lm --gates "the old king sees a small dog ."
      seqkit plot runs/gru runs/lstm --reach --out reach.png
      seqkit plot runs/tagger --confusion --text eng.testb
      seqkit plot runs/classifier --reliability --text test.csv
      seqkit plot runs/image --mistakes --text t10k-images-idx3-ubyte.gz
      seqkit plot runs/translator --align "the old king sees a small dog ."
      seqkit plot runs/translator runs/no-attention --by-length --out length.png
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
    elif picture == "confusion":
        _draw_confusion(runs[0], given["text"], path)
    elif picture == "reliability":
        _pictures_of(runs[0]).draw_reliability(runs[0], given["text"], path)
    elif picture == "filters":
        image_pictures.draw_filters(runs[0], path)
    elif picture == "mistakes":
        image_pictures.draw_mistakes(runs[0], given["text"], path)
    elif picture == "align":
        translation_pictures.draw_alignment(runs[0], given["align"], path)
    elif picture == "by-length":
        translation_pictures.draw_by_length(runs, path)
    else:
        _draw_learning(runs[0], path)
    click.echo(path)


_NEEDED = {
    "layer": ("gates",),
    "units": ("gates",),
    "text": ("reach", "confusion", "reliability", "mistakes"),
    "farthest": ("reach",),
    "tsne": ("words",),
    "perplexity": ("words",),
    "seed": ("words",),
}
"""Options, and the pictures that each goes with."""


def _picture(given: dict[str, Any]) -> str:
    """Which picture is asked for; ValueError for two."""
    asked = {
        "gates": given["gates"] is not None,
        "reach": given["reach"],
        "confusion": given["confusion"],
        "reliability": given["reliability"],
        "filters": given["filters"],
        "mistakes": given["mistakes"],
        "align": given["align"] is not None,
        "by-length": given["by_length"],
        "words": given["words"] is not None or given["pairs"] is not None,
    }
    found = [name for name, is_asked in asked.items() if is_asked]
    if len(found) > 1:
        both = " and ".join(f"--{name}" for name in found)
        raise ValueError(f"{both} are different pictures: draw one at a time")
    return found[0] if found else "learning-curves"


def _check(runs: Sequence[str], picture: str) -> None:
    """ValueError where options and runs do not go together."""
    if len(runs) > 1 and picture not in ("reach", "by-length"):
        raise ValueError(
            f"{len(runs)} runs: only --reach and --by-length draw several in one picture"
        )
    for option in options.typed(*_NEEDED):
        if picture not in _NEEDED[option]:
            raise ValueError(f"--{option} goes with --{' or --'.join(_NEEDED[option])}")
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
    from seqkit.report.curves import learning_curves
    from seqkit.tasks.runs import Run, read_json

    folder = Run(run)
    if holds_vectors(run) and not folder.exists:
        raise ValueError(f"{run}: no run, so it has no learning curves; --words draws a map")
    config = folder.read_config()
    task = config["task"]
    history = folder.read_history()
    if not history:
        raise ValueError(f"{run}: no epoch has ended yet, so there is nothing to draw")
    metrics = read_json(folder.path / "metrics.json") if folder.finished else {}
    valid = metrics.get("valid", {})
    if task == "translating":
        history = [_in_shares(record) for record in history]
    learning_curves(
        history,
        path,
        title=run,
        baselines=_baselines(task, valid),
        entropy=valid.get("entropy"),
        unit="squared distance" if config["settings"].get("model") == "siamese" else "nats",
    )


def _baselines(task: str, valid: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What a model must beat, by name, and the metric it is told in."""
    from math import log

    found = valid.get("baselines", {})
    if task == "translating":
        copied, unigram = found.get("copy_bleu", 0.0) / 100, found.get("unigram", 1.0)
        return {"copied": {"bleu": copied}, "unigram": {"loss": log(unigram)}} if found else {}
    if task == "language":
        return {name: {"loss": log(perplexity)} for name, perplexity in found.items()}
    lookup = "f1" if "f1" in valid and task == "tagging" else "accuracy"
    return {name: {lookup if name == "lookup" else "accuracy": v} for name, v in found.items()}


def _in_shares(record: dict[str, Any]) -> dict[str, Any]:
    """An epoch of a translator with its BLEU as a share of 1, as the other shares are."""
    valid = record["valid"]
    return {**record, "valid": {**valid, "bleu": valid["bleu"] / 100}}


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


def _pictures_of(run: str) -> ModuleType:
    """What draws the answers of a run: of images, or of texts, which refuses all other runs."""
    return image_pictures if task_of(run) == "imaging" else label_pictures


def _draw_confusion(run: str, text: str | None, path: str) -> None:
    if task_of(run) in ("classifying", "imaging"):
        _pictures_of(run).draw_confusion(run, text, path)
        return
    from seqkit.cli.tagged_data import confusion_of, open_data, validation_data
    from seqkit.report.confusion import confusion_matrix
    from seqkit.tasks import tagging

    tagger = tagging.load(run)
    source = validation_data(run) if text is None else open_data(run, text)
    unit = "entities, gold or predicted," if tagger.types else "tokens"
    confusion_matrix(confusion_of(tagger, source), path, f"{run} on {source.name}", unit)
