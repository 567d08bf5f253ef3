"""`seqkit corpora`."""

import dataclasses
from typing import Any

import click

from seqkit.cli import options


@click.group(name="corpora")
def command() -> None:
    """List, show, download and make corpora.

    \b
    Examples:
      seqkit corpora list
      seqkit corpora make smallworld data/ --sentences 1000 --seed 1
    """


@command.command(cls=options.Command, name="list")
@options.as_json
def list_corpora(as_json: bool) -> None:
    """List the corpora that are built in, those of NLTK found here, and what can be downloaded.

    Nothing is fetched: that takes seqkit corpora download NAME.

    \b
    Example:
      seqkit corpora list
    """
    from seqkit.cli import downloads
    from seqkit.corpora.catalogue import rows
    from seqkit.report.terminal import table

    if as_json:
        options.echo_json([*(dataclasses.asdict(row) for row in rows()), *downloads.listed()])
        return
    click.echo(table([(r.name, r.task, r.description) for r in rows()], ("name", "task", "what")))
    click.echo("\nto be fetched by seqkit corpora download NAME:\n")
    click.echo(downloads.list_table())


@command.command(cls=options.Command, name="show")
@click.argument("name")
@click.option(
    "--lines", type=click.IntRange(0), default=5, show_default=True, help="How many lines to show."
)
@options.encoding
@options.as_json
def show(name: str, lines: int, encoding: str, as_json: bool) -> None:
    """Show the size, the source and some lines of a corpus; its entropy if that is known.

    \b
    Example:
      seqkit corpora show smallworld
    """
    from seqkit.cli import downloads
    from seqkit.corpora.downloadable import is_download

    if is_download(name):
        facts, examples = downloads.shown(name, lines, encoding)
    elif name == "shapes":
        facts, examples = _shapes(lines)
    else:
        facts, examples = _dates(lines) if name == "dates" else _text(name, lines, encoding)
    if as_json:
        options.echo_json({**facts, "examples": examples})
        return
    from seqkit.report.terminal import printable

    width = max(map(len, facts))
    for key, value in facts.items():
        click.echo(f"{key:<{width}} {printable(_shown(value))}")
    for example in examples:
        click.echo(f"  {printable(example)}")


def _text(name: str, lines: int, encoding: str) -> tuple[dict[str, Any], list[str]]:
    """What is known of a corpus of running text, and its first lines."""
    from itertools import islice

    from seqkit.corpora.catalogue import open_corpus
    from seqkit.corpora.corpus import measure
    from seqkit.corpora.smallworld import SmallWorld

    corpus = open_corpus(name, encoding)
    facts: dict[str, Any] = {
        "name": corpus.name,
        "description": corpus.description,
        "source": corpus.source,
        "synthetic": corpus.synthetic,
        **dataclasses.asdict(measure(corpus)),
    }
    if corpus.entropy is not None:
        facts["nats_per_token"] = corpus.entropy.nats_per_token
        facts["nats_per_character"] = corpus.entropy.nats_per_character
    if isinstance(corpus, SmallWorld):
        facts |= _known_of(corpus.version)
    return facts, [record.text for record in islice(corpus, lines)]


def _dates(lines: int) -> tuple[dict[str, Any], list[str]]:
    """What is known of dates, and its first pairs."""
    from itertools import islice

    from seqkit.corpora.dates import Dates

    corpus = Dates()
    facts = {
        "name": corpus.name,
        "description": corpus.description,
        "source": corpus.source,
        "synthetic": corpus.synthetic,
        "pairs": len(corpus),
        "days": len({pair.target for pair in corpus}),
        "characters": sum(len(pair.source) for pair in corpus),
    }
    return facts, [f"{pair.source} -> {pair.target}" for pair in islice(corpus, lines)]


def _shapes(lines: int) -> tuple[dict[str, Any], list[str]]:
    """What is known of shapes, and of its first images."""
    from seqkit.corpora.shapes import draw_shapes

    images = draw_shapes()
    height, width, channels = images.shape
    facts = {
        "name": images.name,
        "description": images.description,
        "source": images.source,
        "synthetic": images.synthetic,
        "images": len(images),
        "height": height,
        "width": width,
        "channels": channels,
        "images_by_class": images.counts(),
    }
    shown = zip(images.labels[:lines], images.pixels[:lines], strict=True)
    return facts, [f"{label}, mean brightness {image.mean():.0f} of 255" for label, image in shown]


def _known_of(version: str) -> dict[str, Any]:
    """What more is known of smallworld: overlaps, tags and labels, questions for word vectors."""
    from seqkit.corpora.smallworld import VERSION, SmallWorld
    from seqkit.corpora.smallworld.relations import questions

    splits = [SmallWorld("valid", version=version), SmallWorld("test", version=version)]
    facts: dict[str, Any] = {
        f"{text.split}_also_in_train": round(text.overlap(), 4) for text in splits
    }
    if version == VERSION:
        facts |= {**_labelled(), **_translated()}
    facts["questions"] = {section: len(asked) for section, asked in questions(version)}
    return facts


def _labelled() -> dict[str, Any]:
    """How many names and parts of speech smallworld has in its sentences, and its reviews."""
    from collections import Counter

    from seqkit.corpora.smallworld.reviews import Reviews
    from seqkit.corpora.smallworld.tagged import TaggedWorld

    records = list(TaggedWorld())
    tags = Counter(tag for record in records for tag in record.tags)
    stars, test = Counter(review.labels[0] for review in Reviews()), Reviews("test")
    return {
        "tagged_sentences": len(records),
        "names": {tag[2:]: tags[tag] for tag in sorted(tags) if tag.startswith("B-")},
        "parts_of_speech": len({part for record in records for part in record.features[0]}),
        "reviews": stars.total(),
        "reviews_by_stars": dict(sorted(stars.items())),
        "reviews_also_in_train": round(test.overlap(), 4),
        "reviews_best_accuracy": round(test.best_possible(), 4),
    }


def _translated() -> dict[str, Any]:
    """How many pairs smallworld has for translators, and of how many different words."""
    from seqkit.corpora.smallworld.translation import Translations

    pairs = list(Translations())
    return {
        "pairs": len(pairs),
        "source_words": len({word for pair in pairs for word in pair.source.split()}),
        "target_words": len({word for pair in pairs for word in pair.target.split()}),
        "pair": f"{pairs[0].source} -> {pairs[0].target}",
    }


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:,}" for name, number in value.items())
    return f"{value:,}" if type(value) is int else str(value)


@command.command(cls=options.Command, name="download")
@click.argument("name")
@options.quiet
def download(name: str, quiet: bool) -> None:
    """Fetch a public corpus by its name; print the folder where it is kept.

    Nothing else in seqkit fetches anything from the network. Each file is checked by its
    sha256; all of them or none are kept, in $SEQKIT_DATA or else in ~/.cache/seqkit. Then NAME can
    be used like the name of a built-in corpus; a file or folder of that name, if there is one,
    comes first. seqkit corpora list tells names, sizes and terms. SEQKIT_OFFLINE=1 forbids
    downloads; a proxy is named in HTTPS_PROXY.

    \b
    Example:
      seqkit corpora download tinyshakespeare
    """
    from seqkit.cli.downloads import fetch

    click.echo(fetch(name, quiet).folder)


@command.command(cls=options.Command, name="make")
@click.argument("name")
@click.argument("folder")
@click.option(
    "--sentences",
    type=int,
    help="Sentences of the training text (reviews, pairs and images, too).",
)
@options.seed
def make(name: str, folder: str, sentences: int | None, seed: int) -> None:
    """Write train.txt, valid.txt and test.txt of a built-in corpus into a folder.

    smallworld has train.tagged.conll and so on too: columns of word, part of speech and tag, for
    taggers; train.reviews.tsv and so on: label and text, for classifiers; train.source and
    train.target and so on: pairs for translators, line by line, which dates has, too; and
    analogies.txt: questions for word vectors. shapes is written as IDX files, as MNIST comes:
    train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz and so on.

    \b
    Example:
      seqkit corpora make smallworld data/ --sentences 1000 --seed 1
    """
    from seqkit.corpora.catalogue import make as write

    for path in write(name, folder, sentences, seed):
        click.echo(path)
