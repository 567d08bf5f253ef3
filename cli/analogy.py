"""`seqkit analogy`."""

import click

from seqkit.cli import options, vector_files


@click.command(cls=options.Command, name="analogy")
@click.argument("vectors")
@click.argument("a")
@click.argument("b")
@click.argument("c")
@vector_files.top
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="add: the cosine with B - A + C; mul: cosines multiplied and divided.",
)
@vector_files.restrict_vocab
@vector_files.limit
@options.as_json
def command(
    vectors: str,
    a: str,
    b: str,
    c: str,
    top: int,
    method: str,
    restrict_vocab: int | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Answer "A is to B as C is to ?" by word vectors.

    VECTORS is a run folder or a file of vectors: word2vec's (.bin, or text), GloVe's or fastText's
    (.vec). The words nearest to B - A + C are printed, but A, B and C themselves.

    \b
    Examples:
      seqkit analogy runs/words man king woman
      seqkit analogy vectors.bin Paris France Rome --method mul --top 3
    """
    from seqkit.report.terminal import table

    opened = vector_files.open_vectors(vectors, limit)
    answer = opened.most_similar if method == "add" else opened.most_similar_cosmul
    found = answer([b, c], [a], top, restrict_vocab)
    if as_json:
        options.echo_json({"a": a, "b": b, "c": c, "method": method, "answers": found})
        return
    score = "cosine" if method == "add" else "score"
    click.echo(table(found, (f"{a} : {b} :: {c} : ?", score)))
