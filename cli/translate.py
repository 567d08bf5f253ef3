"""`seqkit translate`."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options
from seqkit.cli.translate_output import Answers

if TYPE_CHECKING:
    from seqkit.tasks.translating import TrainedTranslator, Translation

    Translate = Callable[[Sequence[str]], Iterable[Translation]]

LINES = 500
"""Lines of a file that are translated together; those of a pipe are as they come."""

OF_SEARCH = ("beam", "greedy", "nbest", "length_penalty", "coverage_penalty")
OF_SAMPLING = ("temperature", "top_k", "top_p", "min_p", "num", "seed")
OF_ATTENTION = ("align", "replace_unk", "coverage_penalty")
"""Options that want a search, those that want --sample, and those that want attention."""


@click.command(cls=options.Command, name="translate")
@click.argument("run")
@click.argument("file", default="-")
@click.option("--beam", type=int, default=5, show_default=True, help="Hypotheses kept each step.")
@click.option("--greedy", is_flag=True, help="Always the likeliest word, as --beam 1.")
@click.option("--nbest", type=int, help="The N best translations of each line, with scores.")
@click.option(
    "--length-penalty",
    type=float,
    default=1.0,
    show_default=True,
    help="Above 0 favours long translations; 0 ranks by probability.",
)
@click.option(
    "--coverage-penalty",
    type=float,
    default=0.0,
    show_default=True,
    help="Above 0 favours those that look at all of the source.",
)
@click.option(
    "--replace-unk/--no-replace-unk",
    default=True,
    help="Copy the source word that was looked at in place of <unk>; else <unk> is never chosen.",
)
@click.option("--align", is_flag=True, help="Show where each word looked in the source.")
@click.option(
    "--max-tokens",
    type=int,
    default=1_000,
    show_default=True,
    help="Longest source, and translation; what is longer is cut.",
)
@click.option("--sample", is_flag=True, help="Draw translations instead of searching for the best.")
@click.option(
    "--num", type=click.IntRange(1), default=1, help="With --sample: how many a line (1)."
)
@click.option(
    "--temperature", type=float, default=1.0, help="With --sample: below 1 tamer, above wilder (1)."
)
@click.option(
    "--top-k", type=int, default=0, help="With --sample: only the K likeliest words (0: all)."
)
@click.option(
    "--top-p", type=float, default=1.0, help="With --sample: only the likeliest of this mass (1)."
)
@click.option(
    "--min-p",
    type=float,
    default=0.0,
    help="With --sample: only words so likely beside the likeliest (0).",
)
@click.option("--seed", type=int, default=0, help="With --sample: same seed, same draws (0).")
@options.encoding
@options.device
@options.threads
@options.as_json
def command(run: str, file: str, **given: Any) -> None:
    """Translate each line with a trained translator.

    Line k of the output is the translation of line k of FILE, of an empty one too. What comes
    through a pipe or from a terminal is answered as it comes. With --nbest, and with --num, each
    source gets lines of score and translation, set off by a tab, and a blank line stands between
    two sources. The score is log P in nats over the length penalty; of a draw, log P. --align adds
    a table below each translation: its words in rows, those of the source in columns, darker where
    it looked more. --json prints one object a line of FILE.

    \b
    Examples:
      echo "the king sells five swords ." | seqkit translate runs/translator
      seqkit translate runs/translator letter.txt --beam 10 --nbest 3
      seqkit translate runs/translator letter.txt --greedy --json
      echo "the cat sees a dog ." | seqkit translate runs/translator --align
      seqkit translate runs/translator letter.txt --sample --temperature 0.7 --num 3
    """
    from seqkit.cli import translate_output
    from seqkit.tasks import translating
    from seqkit.tasks.devices import set_threads

    _check(given)
    prepare = _sampling if given["sample"] else _searching
    translate_by = prepare(given)
    set_threads(given["threads"])
    trained = translating.load(run, given["device"])
    _check_attention(trained, run)
    many = given["nbest"] is not None or "num" in options.typed("num")
    form, is_block = translate_output.form_of(many, given["align"], given["as_json"])
    answers = Answers(form, is_block)
    _answer(file, given["encoding"], answers, translate_by(trained))


def _check(given: dict[str, Any]) -> None:
    """ValueError for options that do not go together."""
    if given["sample"]:
        for option in options.typed(*OF_SEARCH, "replace_unk", "align"):
            raise ValueError(f"{_dashed(option)} is for a search: leave it out with --sample")
    elif wrong := options.typed(*OF_SAMPLING):
        raise ValueError(f"{_dashed(next(iter(wrong)))} goes with --sample")
    if given["greedy"] and options.typed("beam"):
        raise ValueError("--greedy is a beam of 1: leave --beam out, or --greedy")


def _check_attention(trained: "TrainedTranslator", run: str) -> None:
    """ValueError for what needs attention, of a run that has none."""
    asked = [name for name, value in options.typed(*OF_ATTENTION).items() if value]
    if asked and not trained.model.attentive:
        raise ValueError(
            f"{run}: was trained with --attention none, so it does not look at the source; leave "
            f"{_dashed(asked[0])} out"
        )


def _dashed(name: str) -> str:
    return "--" + name.replace("_", "-")


def _searching(given: dict[str, Any]) -> "Callable[[TrainedTranslator], Translate]":
    """How to search, as options say; ValueError for a beam of 0 and the like."""
    from seqkit.tasks.translating import SearchSettings

    names = ("length_penalty", "coverage_penalty", "max_tokens", "replace_unk", "align")
    settings = SearchSettings(
        beam=1 if given["greedy"] else given["beam"],
        nbest=1 if given["nbest"] is None else given["nbest"],
        **{name: given[name] for name in names},
    )
    return lambda trained: lambda texts: trained.translate(texts, settings)


def _sampling(given: dict[str, Any]) -> "Callable[[TrainedTranslator], Translate]":
    """How to sample, as options say; ValueError for a temperature of 0 and the like."""
    from seqkit.decode.filters import SamplingConfig

    names = ("temperature", "top_k", "top_p", "min_p", "seed", "max_tokens")
    config = SamplingConfig(**{name: given[name] for name in names})
    done = 0

    def sample(trained: "TrainedTranslator", texts: Sequence[str]) -> "Iterable[Translation]":
        nonlocal done
        first, done = done, done + len(texts)
        return trained.sample(texts, config, given["num"], first)

    return lambda trained: lambda texts: sample(trained, texts)


def _answer(file: str, encoding: str, answers: Answers, translate: "Translate") -> None:
    """Translate the lines of a file, those of a pipe before more of it is waited for."""
    from seqkit.corpora.labelled_lines import read_lines
    from seqkit.corpora.labelled_streaming import ArrivingText

    waiting: list[str] = []

    def hand_on() -> None:
        if waiting:
            answers.show(translate(waiting))
            waiting.clear()

    for _, line in read_lines(ArrivingText(file, encoding, hand_on)):
        waiting.append(line.strip())
        if len(waiting) >= LINES:
            hand_on()
    hand_on()
