"""`seqkit neighbors`."""

import click

from seqkit.cli import options, vector_files


@click.command(cls=options.Command, name="neighbors")
@click.argument("vectors")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@click.option(
    "--minus", multiple=True, metavar="WORD", help="All WORDs together, less this one; repeatable."
)
@vector_files.top
@vector_files.restrict_vocab
@vector_files.limit
@options.as_json
def command(
    vectors: str,
    words: tuple[str, ...],
    minus: tuple[str, ...],
    top: int,
    restrict_vocab: int | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Find the words nearest to each word by cosine.

    VECTORS is a run folder or a file of vectors: word2vec's (.bin, or text), GloVe's or fastText's
    (.vec). With - the words are read from standard input, and those without a vector are left out.

    \b
    Examples:
      seqkit neighbors runs/words king queen --top 5
      seqkit neighbors runs/words king woman --minus man
      seqkit neighbors vectors.bin - --json < words.txt
    """
    from seqkit.report.terminal import table

    opened = vector_files.open_vectors(vectors, limit)
    if minus:
        asked = [" + ".join(words) + "".join(f" - {word}" for word in minus)]
        answers = [opened.most_similar(words, minus, top, restrict_vocab)]
    else:
        asked = vector_files.read_words(opened, "-") if words == ("-",) else list(words)
        answers = opened.neighbours(asked, top, restrict_vocab)
    if as_json:
        for word, found in zip(asked, answers, strict=True):
            options.echo_json({"word": word, "neighbors": found})
        return
    blocks = zip(asked, answers, strict=True)
    click.echo("\n\n".join(table(found, (word, "cosine")) for word, found in blocks))
