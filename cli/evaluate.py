"""`seqkit evaluate`."""

from collections.abc import Callable
from typing import Any

import click

from seqkit.cli import evaluate_vectors, options
from seqkit.cli.vector_files import holds_vectors

_OF_TEXT = ("data", "batch_size", "baselines", "encoding", "device", "threads")
_OF_VECTORS = ("analogies", "similarity", "restrict_vocab")


@click.command(cls=options.Command, name="evaluate")
@click.argument("run")
@click.argument("data", required=False)
@click.option("--batch-size", type=click.IntRange(1), default=16, show_default=True, help="Rows.")
@click.option("--baselines/--no-baselines", default=True, help="Unigram and trigram beside it.")
@click.option("--analogies", metavar="FILE", help="Word vectors: questions of four words a line.")
@click.option(
    "--similarity",
    multiple=True,
    metavar="FILE",
    help="Word vectors: two words and people's score a line; repeatable.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(0),
    default=30_000,
    show_default=True,
    help="With --analogies: among the first so many words, 0: all.",
)
@click.option("--min", "at_least", multiple=True, help="METRIC=VALUE: exit 1 if it is below.")
@click.option("--max", "at_most", multiple=True, help="METRIC=VALUE: exit 1 if it is above.")
@options.encoding
@options.device
@options.threads
@options.as_json
def command(**given: Any) -> int:
    """Measure a trained model or word vectors.

    A language model is measured on DATA: a file, a folder, a built-in name (its test part),
    nltk:NAME or -. Every token is scored once, given all before it; the result does not depend on
    --batch-size. Word vectors (a run or a file) answer analogy questions, and their cosines are
    compared with similarities that people gave (Spearman's rank correlation).

    \b
    Examples:
      seqkit evaluate runs/lm smallworld
      seqkit evaluate runs/lm my.test.txt --max perplexity=120 --json
      seqkit evaluate runs/words --analogies questions-words.txt --min analogies=0.25
      seqkit evaluate vectors.bin --similarity wordsim353.tsv --similarity men.txt
    """
    gates = [_gate(text, "--min") for text in given["at_least"]]
    gates += [_gate(text, "--max") for text in given["at_most"]]
    run = given["run"]
    if _by_vectors(run, given["data"]):
        asked = (given[name] for name in _OF_VECTORS)
        metrics, show = evaluate_vectors.measure(run, *asked), evaluate_vectors.show
    else:
        metrics, show = _measure(**{name: given[name] for name in ("run", *_OF_TEXT)}), _show
    if given["as_json"]:
        options.echo_json(metrics)
    else:
        show(metrics)
    failed = [passes for passes in gates if not passes(metrics)]
    return int(bool(failed))


def _by_vectors(run: str, data: str | None) -> bool:
    """Whether word vectors are to be measured; ValueError for what does not go together."""
    of_text, of_vectors = options.typed(*_OF_TEXT), options.typed(*_OF_VECTORS)
    if of_text and of_vectors:
        one, other = (_typed_as(next(iter(names))) for names in (of_text, of_vectors))
        raise ValueError(f"{one} is for a model of text, {other} for word vectors: give one alone")
    if "restrict_vocab" in of_vectors and "analogies" not in of_vectors:
        raise ValueError("--restrict-vocab goes with --analogies")
    if holds_vectors(run) and not of_vectors:
        raise ValueError(
            f"{run}: word vectors are measured by --analogies FILE, --similarity FILE or both"
        )
    if data is None and not of_vectors:
        click.get_current_context().fail("Missing argument 'DATA'.")
    return bool(of_vectors)


def _typed_as(name: str) -> str:
    return "DATA" if name == "data" else "--" + name.replace("_", "-")


def _measure(
    run: str,
    data: str,
    batch_size: int,
    baselines: bool,
    encoding: str,
    device: str,
    threads: int | None,
) -> dict[str, Any]:
    """The metrics of a language model on a text."""
    from seqkit.cli.origin import training_text
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.corpora.smallworld import SmallWorld
    from seqkit.tasks import language
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    model = language.load(run, device)
    corpus = open_corpus(data, encoding, split="test")
    metrics = model.evaluate(corpus, batch_size)
    if isinstance(corpus, SmallWorld) and not metrics["unknown_share"]:
        metrics["best_possible"] = corpus.best_possible().nats * len(corpus) / metrics["tokens"]
    if baselines:
        try:
            metrics["baselines"] = model.baselines(corpus, training_text(run))
        except (ValueError, OSError) as error:
            options.note(f"no baselines: {error}")
    return metrics


def _gate(text: str, option: str) -> Callable[[dict[str, Any]], bool]:
    """A check METRIC=VALUE from below (--min) or above (--max)."""
    name, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError as error:
        raise ValueError(f"{option} {text}: write METRIC=VALUE, such as perplexity=120") from error

    def passes(metrics: dict[str, Any]) -> bool:
        if not isinstance(metrics.get(name), float):
            known = ", ".join(k for k, v in metrics.items() if isinstance(v, float))
            raise ValueError(f"{option} {text}: no metric {name!r}; there are: {known}")
        value: float = metrics[name]
        good = value >= bound if option == "--min" else value <= bound
        if not good:
            options.note(f"{option} {text}: it is {value:.6g}")
        return good

    return passes


def _show(metrics: dict[str, Any]) -> None:
    low, high = metrics.get("perplexity_interval", (None, None))
    between = "" if low is None else f"  (95 %: {low:.2f} to {high:.2f}, bootstrap over lines)"
    click.echo(f"perplexity      {metrics['perplexity']:.4f}{between}")
    click.echo(f"loss            {metrics['loss']:.6f} nats a token")
    if "best_possible" in metrics:
        click.echo(f"best_possible   {metrics['best_possible']:.6f} nats a token on this text")
    click.echo(f"bits_per_char   {metrics['bits_per_char']:.4f}")
    click.echo(f"unknown_share   {metrics['unknown_share']:.4f}")
    click.echo(f"tokens          {metrics['tokens']:,}")
    for name, value in metrics.get("baselines", {}).items():
        click.echo(f"{name:<15} {value:.2f} perplexity")
