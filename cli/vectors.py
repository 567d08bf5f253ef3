"""`seqkit vectors`."""

import pathlib

import click

from seqkit.cli import options, vector_files


@click.group(name="vectors")
def command() -> None:
    """Convert word vectors, look into them and compare words.

    VECTORS is a run of train-word2vec or train-lm, or a file of vectors: word2vec's (.bin, or
    text), GloVe's or fastText's (.vec).

    \b
    Examples:
      seqkit vectors show runs/words
      seqkit vectors convert runs/words words.vec
    """


@command.command(cls=options.Command, name="convert")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--force", is_flag=True, help="Replace OUT if it is there already.")
def convert(source: str, target: str, force: bool) -> None:
    """Write word vectors, or the embedding of a language model, in another form.

    The ending of OUT chooses it: .bin is word2vec's binary form, .vec or .txt its text form (also
    fastText's), .glove.txt GloVe's, each with .gz behind it if you like. Without an ending OUT is a
    folder, which opens at once however large it is.

    \b
    Examples:
      seqkit vectors convert runs/words words.vec
      seqkit vectors convert vectors.bin vectors-folder
    """
    from seqkit.vectors import files

    if pathlib.Path(target).exists() and not force:
        raise ValueError(f"{target}: is there already; choose another name, or add --force")
    with vector_files.noted_warnings():
        files.convert(source, target)
    click.echo(target)


@command.command(cls=options.Command, name="show")
@click.argument("vectors")
@click.option(
    "--top", type=click.IntRange(0), default=10, show_default=True, help="How many words to show."
)
@vector_files.limit
@options.as_json
def show(vectors: str, top: int, limit: int | None, as_json: bool) -> None:
    """Show how many words there are, and the first of them.

    \b
    Example:
      seqkit vectors show runs/words --top 20
    """
    found = vector_files.facts(vector_files.open_vectors(vectors, limit), top)
    if as_json:
        options.echo_json(found)
    else:
        vector_files.show_facts(found)


@command.command(cls=options.Command, name="odd")
@click.argument("vectors")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@vector_files.limit
@options.as_json
def odd(vectors: str, words: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """Tell which word does not go with the others.

    It is the one whose vector is least like the mean of all.

    \b
    Example:
      seqkit vectors odd runs/words king queen prince table
    """
    from seqkit.report.terminal import printable

    found = vector_files.open_vectors(vectors, limit).doesnt_match(words)
    if as_json:
        options.echo_json({"words": words, "odd": found})
    else:
        click.echo(printable(found))


@command.command(cls=options.Command, name="similarity")
@click.argument("vectors")
@click.argument("one")
@click.argument("other")
@vector_files.limit
@options.as_json
def similarity(vectors: str, one: str, other: str, limit: int | None, as_json: bool) -> None:
    """Print the cosine of two words.

    It is 1 where their vectors have one direction, and about 0 for words that are unrelated.

    \b
    Example:
      seqkit vectors similarity runs/words king queen
    """
    cosine = vector_files.open_vectors(vectors, limit).similarity(one, other)
    if as_json:
        options.echo_json({"one": one, "other": other, "cosine": cosine})
    else:
        click.echo(f"{cosine:.4f}")
