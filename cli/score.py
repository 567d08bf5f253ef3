"""`seqkit score`."""

from typing import TYPE_CHECKING

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.language import Score


@click.command(cls=options.Command, name="score")
@click.argument("run")
@click.argument("file", default="-")
@click.option("--rank", is_flag=True, help="The likeliest line first.")
@click.option("--per-token", is_flag=True, help="The log-probability of every token, too.")
@options.encoding
@options.device
@options.threads
@options.as_json
def command(
    run: str,
    file: str,
    rank: bool,
    per_token: bool,
    encoding: str,
    device: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Tell how likely each line is, and which is likeliest.

    Prints log P of the line in nats (its end included), the perplexity a token, and the line.
    --rank orders by log P: of two lines the likelier one stands first. --per-token lists tokens in
    reading order; a run trained backward predicts each from those below it, and <eos>, which
    stands for the end of what it reads, comes first.

    \b
    Example:
      printf 'pear salad\\npair salad\\n' | seqkit score runs/lm - --rank
    """
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import language
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    model = language.load(run, device)
    scores = model.score(record.text for record in open_corpus(file, encoding))
    for score in sorted(scores, key=lambda s: -s.log_prob) if rank else scores:
        if as_json:
            options.echo_json(_fields(score, per_token))
        else:
            _show(score, per_token)


def _fields(score: "Score", per_token: bool) -> dict[str, object]:
    fields: dict[str, object] = {
        "text": score.line,
        "log_prob": score.log_prob,
        "perplexity": score.perplexity,
        "tokens": len(score.tokens),
    }
    if per_token:
        fields["per_token"] = list(zip(score.tokens, score.log_probs, strict=True))
    return fields


def _show(score: "Score", per_token: bool) -> None:
    from seqkit.report.terminal import printable

    click.echo(f"{score.log_prob:.4f}\t{score.perplexity:.2f}\t{printable(score.line)}")
    if per_token:
        for token, log_prob in zip(score.tokens, score.log_probs, strict=True):
            click.echo(f"\t{log_prob:.4f}\t{printable(token)}")
