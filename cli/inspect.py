"""`seqkit inspect`."""

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options, vector_files

if TYPE_CHECKING:
    from seqkit.text.vocabulary import Vocabulary

Held = tuple[dict[str, list[int]], "Vocabulary | None", dict[str, Any]]
"""The shapes of the parameters by name, the vocabulary, and facts of the task."""

_DISTANCES = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, *range(100, 1001, 100))


@click.command(cls=options.Command, name="inspect")
@click.argument("run")
@click.option(
    "--types", type=click.IntRange(0), default=10, show_default=True, help="How many types to show."
)
@click.option("--reach", is_flag=True, help="Show how far back in time its gradients reach.")
@click.option("--text", help="With --reach: a corpus (the run's own validation text).")
@click.option(
    "--farthest",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="With --reach: the largest distance, in tokens.",
)
@options.as_json
def command(
    run: str, types: int, reach: bool, text: str | None, farthest: int, as_json: bool
) -> None:
    """Show what a run holds.

    That is its configuration, its vocabulary, its parameters and its history; of a tagger its tags,
    of a classifier its labels, too; of a net of images its classes; of a translator the vocabulary
    of the target, and the size of that of the source; of word vectors (a run or a file) the most
    frequent words, with the lengths of their vectors. With --reach it is the norm of the
    gradient of an output at each distance back in time, which tells whether gradients vanish. It is
    1 at distance 0; below 1/100 hardly anything is learnt from there.

    \b
    Examples:
      seqkit inspect runs/lm
      seqkit inspect runs/lm --reach
      seqkit inspect vectors.bin --types 20
    """
    is_vectors = vector_files.holds_vectors(run)
    if reach and is_vectors:
        raise ValueError(f"--reach is for a language model, and {run} holds word vectors")
    if is_vectors:
        _vectors(run, types, as_json)
    elif reach:
        _reach(run, text, farthest, as_json)
    else:
        _held(run, types, as_json)


def _held(run: str, types: int, as_json: bool) -> None:
    from seqkit.tasks.runs import Run

    folder = Run(run)
    config = folder.read_config()
    readers = {
        "tagging": _tagger,
        "classifying": _classifier,
        "imaging": _images,
        "translating": _translator,
    }
    parameters, vocabulary, facts = readers.get(config["task"], _language)(run)
    words = zip(vocabulary.types, vocabulary.counts, strict=True) if vocabulary else ()
    held = {
        "config": config,
        **facts,
        "types": list(words)[:types],
        "vocabulary_size": len(vocabulary or ()),
        "parameters": parameters,
        "history": folder.read_history(),
    }
    if as_json:
        options.echo_json(held)
    else:
        _show(held, facts)


def _language(run: str) -> Held:
    """A language model has nothing more."""
    from seqkit.tasks import language

    model = language.load(run, "cpu")
    return {n: list(p.shape) for n, p in model.model.named_parameters()}, model.vocabulary, {}


def _tagger(run: str) -> Held:
    """A tagger: what else it reads, and what it writes."""
    from seqkit.tasks import tagging

    tagger = tagging.load(run, "cpu")
    symbols = tagger.symbols
    facts: dict[str, Any] = {
        "scheme": tagger.scheme,
        "entity_types": list(tagger.types),
        "tags": list(tagger.tags),
        "characters": len(symbols.characters),
        "feature_values": [len(feature) for feature in symbols.features],
    }
    return {n: list(p.shape) for n, p in tagger.model.named_parameters()}, symbols.words, facts


def _classifier(run: str) -> Held:
    """A classifier: its labels. Not every one has a vocabulary; its models are in several files."""
    from safetensors import safe_open

    from seqkit.tasks import classifying
    from seqkit.text.vocabulary import Vocabulary

    labels = classifying.load(run, "cpu").labels  # refuses what is damaged
    folder = pathlib.Path(run)
    parameters: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "numpy") as file:
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
        parameters |= {f"{path.stem}: {name}": shape for name, shape in shapes.items()}
    words = folder / "vocabulary.json"
    vocabulary = Vocabulary.load(words) if words.exists() else None
    return parameters, vocabulary, {"labels": list(labels.names), "many_labels": labels.many}


def _translator(run: str) -> Held:
    """A translator: what its two languages are made of."""
    from seqkit.tasks import translating

    translator = translating.load(run, "cpu")
    source, target = translator.sides.source, translator.sides.target
    facts: dict[str, Any] = {
        "source_tokens": source.tokenizer.name,
        "source_size": len(source.vocabulary),
        "target_tokens": target.tokenizer.name,
        "target_size": len(target.vocabulary),
        "longest": list(translator.longest),
    }
    shapes = {n: list(p.shape) for n, p in translator.model.named_parameters()}
    return shapes, target.vocabulary, facts


def _images(run: str) -> Held:
    """A net of images: what it sees and tells; it has no vocabulary."""
    from seqkit.tasks import imaging
    from seqkit.vision.shapes import shown

    trained = imaging.load(run, "cpu")
    facts: dict[str, Any] = {
        "images": shown(trained.model.shape),
        "mean": list(trained.normalisation.mean),
        "deviation": list(trained.normalisation.deviation),
        "classes": list(trained.labels.names),
    }
    return {n: list(p.shape) for n, p in trained.model.named_parameters()}, None, facts


def _show(held: dict[str, Any], facts: dict[str, Any]) -> None:
    from math import prod

    from seqkit.report.terminal import printable, table

    _show_settings(held["config"])
    shapes = [(n, " x ".join(map(str, s)), prod(s)) for n, s in held["parameters"].items()]
    total = ("in all", "", sum(prod(shape) for shape in held["parameters"].values()))
    click.echo("\n" + table([*shapes, total], ("parameter", "shape", "numbers")) + "\n")
    for name, fact in facts.items():
        text = ", ".join(map(str, fact)) if isinstance(fact, list) else str(fact)
        click.echo(f"{name:<14}  {printable(text) or '-'}")
    if held["vocabulary_size"]:
        shown = [(id_, type_, count) for id_, (type_, count) in enumerate(held["types"])]
        begin = "\n" * bool(facts)
        click.echo(f"{begin}{held['vocabulary_size']:,} types, the first {len(shown)}:")
        click.echo(table(shown, ("id", "type", "count")))
    _show_course("valid", ("loss", "f1", "accuracy", "bleu"), held["history"])


def _vectors(run: str, types: int, as_json: bool) -> None:
    """Show word vectors; of a run, its settings and its losses too."""
    held = vector_files.facts(vector_files.open_vectors(run), types)
    if (pathlib.Path(run) / "config.json").exists():
        from seqkit.tasks.runs import Run

        held |= {"config": Run(run).read_config(), "history": Run(run).read_history()}
    if as_json:
        options.echo_json(held)
        return
    if "config" in held:
        _show_settings(held["config"])
        click.echo()
    vector_files.show_facts(held)
    _show_course("train", ("loss",), held.get("history", []))


def _show_settings(config: dict[str, Any]) -> None:
    from seqkit.report.terminal import table

    settings = config["settings"].items()
    rows = [(name, "" if value is None else str(value)) for name, value in settings]
    click.echo(table(rows, ("setting", "value")))


def _show_course(split: str, metrics: Sequence[str], history: Sequence[dict[str, Any]]) -> None:
    """The first value of each metric, the last, and the way between them, epoch by epoch."""
    from seqkit.report.terminal import sparkline

    if history:
        click.echo()
    for name in metrics:
        values = [record[split][name] for record in history if name in record[split]]
        if values:
            click.echo(f"{split} {name} {values[0]:.4f} {sparkline(values)} {values[-1]:.4f}")


def _reach(run: str, text: str | None, farthest: int, as_json: bool) -> None:
    from seqkit.cli.reach import reach_of
    from seqkit.layers.reach import fades_below
    from seqkit.report.terminal import table

    norms = reach_of(run, text, farthest)
    half, hundredth = fades_below(norms, 1 / 2), fades_below(norms, 1 / 100)
    if as_json:
        distances = {"half_distance": half, "hundredth_distance": hundredth}
        options.echo_json({"norms": norms, **distances})
        return
    shown = sorted({k for k in _DISTANCES if k < farthest} | {farthest})
    click.echo(table([(k, norms[k]) for k in shown], ("distance", "norm")))
    beyond = f"beyond {farthest}"
    click.echo(f"\nbelow 1/2 from   {beyond if half is None else half}")
    click.echo(f"below 1/100 from {beyond if hundredth is None else hundredth}")
