"""`seqkit vocab`."""

from typing import Any

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="vocab")
@click.argument("corpus")
@click.option("--level", default="word", show_default=True, help="word or char.")
@click.option("--tokenizer", help="word, whitespace or nltk:NAME (that of the level).")
@click.option("--vocab-size", type=int, help="Types, <unk> and <eos> included (all).")
@click.option("--min-count", type=int, default=1, show_default=True, help="Rarer types: <unk>.")
@click.option(
    "--top", type=click.IntRange(0), default=10, show_default=True, help="How many types to show."
)
@click.option("--out", help="Write the vocabulary to this JSON file.")
@options.encoding
@options.as_json
def command(
    corpus: str,
    level: str,
    tokenizer: str | None,
    vocab_size: int | None,
    min_count: int,
    top: int,
    out: str | None,
    encoding: str,
    as_json: bool,
) -> None:
    """Count the types and tokens of a corpus.

    \b
    Examples:
      seqkit vocab pydocs
      seqkit vocab my.txt --tokenizer whitespace --vocab-size 10000 --out vocabulary.json
    """
    import contextlib
    import tempfile

    from seqkit.corpora.catalogue import open_corpus
    from seqkit.text.scanner import scan
    from seqkit.text.tokenizers import build_tokenizer
    from seqkit.text.vocabulary import Vocabulary

    blocks = open_corpus(corpus, encoding).blocks()
    counter = build_tokenizer(tokenizer or level)
    with contextlib.closing(scan(blocks, counter, tempfile.gettempdir())) as found:
        vocabulary = Vocabulary.from_counts(found.counts, vocab_size, min_count)
        facts: dict[str, Any] = {
            "tokens": found.tokens,
            "types": len(found.counts),
            "vocabulary": len(vocabulary),
            "unknown_share": vocabulary.counts[vocabulary.unk] / found.tokens,
            "lines": found.lines,
            "characters": found.characters,
            "sha256": found.sha256,
        }
    if out:
        vocabulary.save(out)
    most = list(zip(vocabulary.types, vocabulary.counts, strict=True))[:top]
    if as_json:
        options.echo_json({**facts, "top": most})
        return
    _show(facts, most)


def _show(facts: dict[str, Any], most: list[tuple[str, int]]) -> None:
    from seqkit.report.terminal import table

    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) else value
        click.echo(f"{name:<14} {f'{value:.4f}' if isinstance(value, float) else shown}")
    click.echo("\n" + table([(i, t, c) for i, (t, c) in enumerate(most)], ("id", "type", "count")))
