"""`seqkit phrases`."""

from typing import TYPE_CHECKING

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.text.tokenizers import Tokenizer
    from seqkit.word2vec.collocations import Score
    from seqkit.word2vec.phrases import Phrase


@click.command(cls=options.Command, name="phrases")
@click.argument("corpus")
@click.option("--out", required=True, help="The file to write.")
@click.option("--threshold", type=float, help="Pairs above it are joined (100; 0.5 for npmi).")
@click.option("--min-count", type=int, default=5, show_default=True, help="Rarer pairs are not.")
@click.option(
    "--passes",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="2 joins three or four words, too.",
)
@click.option("--score", default="default", show_default=True, help="default or npmi.")
@click.option(
    "--tokenizer", default="whitespace", show_default=True, help="whitespace, word or nltk:NAME."
)
@click.option(
    "--top", type=click.IntRange(0), default=10, show_default=True, help="How many to show."
)
@options.encoding
@options.as_json
def command(
    corpus: str,
    out: str,
    threshold: float | None,
    min_count: int,
    passes: int,
    score: str,
    tokenizer: str,
    top: int,
    encoding: str,
    as_json: bool,
) -> None:
    """Join words that belong together, such as new_york.

    Writes the text with one space between words, ready to train word vectors on. A score compares
    how often two words stand side by side with how often they would by chance: default is that of
    word2phrase, where chance is 1; npmi lies between -1 and 1, and chance is 0.

    \b
    Examples:
      seqkit phrases my.txt --out joined.txt --passes 2
      seqkit phrases pydocs --out joined.txt --tokenizer word --score npmi --threshold 0.6
    """
    import contextlib
    import pathlib

    from seqkit.corpora.catalogue import open_corpus
    from seqkit.files import atomic_write
    from seqkit.text.scanner import scan
    from seqkit.word2vec.phrases import join_phrases

    rated, words = _score(score, threshold, min_count), _tokenizer(tokenizer)
    blocks = open_corpus(corpus, encoding).blocks()
    with (
        atomic_write(out) as file,
        contextlib.closing(scan(blocks, words, pathlib.Path(out).parent)) as found,
    ):
        text = join_phrases(found, rated, passes)
        for piece in text.pieces():
            file.write(piece.encode())
    best = sorted(text.phrases, key=lambda phrase: -phrase.score)[:top]
    facts = {"tokens": found.tokens, "types": len(found.counts), "phrases": len(text.phrases)}
    if as_json:
        options.echo_json({**facts, "top": best})
    else:
        _show(facts, best)


def _score(name: str, threshold: float | None, min_count: int) -> "Score":
    from seqkit.word2vec.collocations import SCORES

    if name not in SCORES:
        raise ValueError(f"unknown --score {name!r}; there are: {', '.join(SCORES)}")
    kind = SCORES[name]
    return kind(min_count=min_count) if threshold is None else kind(threshold, min_count)


def _tokenizer(name: str) -> "Tokenizer":
    from seqkit.text.tokenizers import build_tokenizer

    if name == "char":
        raise ValueError("--tokenizer char: phrases are of words; choose whitespace or word")
    return build_tokenizer(name)


def _show(facts: dict[str, int], best: "list[Phrase]") -> None:
    from seqkit.report.terminal import table

    for name, value in facts.items():
        click.echo(f"{name:<14} {value:,}")
    if best:
        click.echo("\n" + table(best, ("phrase", "count", "score")))
