"""`seqkit sample`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.language import TrainedLanguageModel

AT_ONCE = 64
"""Samples drawn side by side."""


@click.command(cls=options.Command, name="sample")
@click.argument("run")
@click.option("--prompt", default="", help="Text to go on from; backward, the end of the line.")
@click.option("--num", type=click.IntRange(1), default=1, show_default=True, help="Samples.")
@click.option("--max-tokens", type=int, help="Longest sample (100; 500 characters).")
@click.option("--temperature", type=float, default=1.0, show_default=True, help="Below 1: tamer.")
@click.option("--top-k", type=int, default=0, help="Only the K likeliest tokens; 0: all.")
@click.option("--top-p", type=float, default=1.0, help="Only the likeliest with this mass.")
@click.option("--min-p", type=float, default=0.0, help="Only those so likely beside the likeliest.")
@click.option("--greedy", is_flag=True, help="Always the likeliest token.")
@click.option("--beam", type=int, help="The likeliest texts, by beam search of this width.")
@click.option("--stop", multiple=True, help="End where this text appears; may be repeated.")
@click.option(
    "--lines", type=click.IntRange(1), help="End after so many lines (1; characters: no limit)."
)
@click.option("--no-repeat-ngram", type=int, default=0, help="No N tokens in a row twice.")
@click.option("--allow-unk", is_flag=True, help="Let <unk> be drawn.")
@click.option("--novelty", is_flag=True, help="Tell how much is copied from the training text.")
@options.device
@options.threads
@options.seed
@options.quiet
@options.as_json
def command(**given: Any) -> None:
    """Write novel text with a trained language model.

    A run trained with --direction backward writes each line from its end: what it draws stands
    before the last line of --prompt, on that line, and further lines (--lines) follow below.

    \b
    Examples:
      seqkit sample runs/lm
      seqkit sample runs/lm --num 5 --temperature 0.8 --prompt "the king" --novelty
    """
    from seqkit.tasks import language
    from seqkit.tasks.devices import set_threads

    set_threads(given["threads"])
    model = language.load(given["run"], given["device"]).in_float64()
    prompt = model.ids(given["prompt"]) if given["prompt"] else []
    if model.vocabulary.unk in prompt:
        options.note("note: the prompt has words the model does not know", given["quiet"])
    if given["beam"] is not None:
        written = _search(model, prompt, given)
    else:
        written = _draw(model, prompt, given)
    if given["novelty"]:
        _novelty(model, [ids for ids in written if ids], given)


def _draw(
    model: "TrainedLanguageModel", prompt: Sequence[int], given: dict[str, Any]
) -> list[Sequence[int]]:
    """Draw and print the samples; returns their ids."""
    import sys

    from seqkit.decode.sampling import collect
    from seqkit.tasks.language.ending import ending

    config, stopping = _config(model, given), ending(model, given["stop"], given["lines"])
    live = sys.stdout.isatty() and given["num"] == 1 and not given["as_json"]
    written: list[Sequence[int]] = []
    for first in range(0, given["num"], AT_ONCE):
        rows = min(AT_ONCE, given["num"] - first)
        tokens = model.stream(prompt, rows, config, stopping, first)
        if live:
            tokens = _typed(model, tokens, given)
        for drawn in collect(tokens, rows):
            written.append(drawn.ids)
            figures = {"log_prob": drawn.log_prob, "finished": drawn.finished}
            if not live:
                _print(model, drawn.ids, given, figures)
    return written


def _typed(
    model: "TrainedLanguageModel", tokens: Iterator[Any], given: dict[str, Any]
) -> Iterator[Any]:
    """Pass tokens on, printing the text as it grows; what may still change is held back.

    A line that is written from its end is held back until it is done.
    """
    ids: list[int] = []
    shown = text = ""
    for token in tokens:
        ids.append(token.id)
        text = _text(model, ids, given)
        done = not model.backward or token.id == model.vocabulary.eos
        if done and text.startswith(shown):
            click.echo(text[len(shown) :], nl=False)
            shown = text
        yield token
    click.echo(text[len(shown) :] if text.startswith(shown) else "")


def _search(
    model: "TrainedLanguageModel", prompt: Sequence[int], given: dict[str, Any]
) -> list[Sequence[int]]:
    from seqkit.decode.hypothesis import BeamConfig

    if given["num"] > given["beam"] > 0:
        raise ValueError(
            f"--num must be at most --beam ({given['beam']}) texts, got {given['num']}"
        )
    config = BeamConfig(
        width=given["beam"],
        nbest=given["num"],
        max_tokens=_max_tokens(model, given),
        banned=() if given["allow_unk"] else (model.vocabulary.unk,),
        no_repeat_ngram=given["no_repeat_ngram"],
    )
    found = model.beam(prompt, config)
    for hypothesis in found:
        figures = {"log_prob": hypothesis.log_prob, "finished": hypothesis.finished}
        _print(model, hypothesis.ids, given, figures)
    return [hypothesis.ids for hypothesis in found]


def _config(model: "TrainedLanguageModel", given: dict[str, Any]) -> Any:
    from seqkit.decode.filters import SamplingConfig

    return SamplingConfig(
        temperature=given["temperature"],
        top_k=given["top_k"],
        top_p=given["top_p"],
        min_p=given["min_p"],
        no_repeat_ngram=given["no_repeat_ngram"],
        greedy=given["greedy"],
        max_tokens=_max_tokens(model, given),
        banned=() if given["allow_unk"] else (model.vocabulary.unk,),
        seed=given["seed"],
    )


def _max_tokens(model: "TrainedLanguageModel", given: dict[str, Any]) -> int:
    from seqkit.tasks.language.ending import usual_length

    wanted = given["max_tokens"]
    return usual_length(model) if wanted is None else int(wanted)


def _print(
    model: "TrainedLanguageModel",
    ids: Sequence[int],
    given: dict[str, Any],
    figures: dict[str, Any],
) -> None:
    text = _text(model, ids, given)
    if given["as_json"]:
        options.echo_json({"text": text, "tokens": len(ids), **figures})
    else:
        click.echo(text)


def _text(model: "TrainedLanguageModel", ids: Sequence[int], given: dict[str, Any]) -> str:
    """The prompt as typed and what was written beside it, up to a stop text."""
    from seqkit.tasks.language import passage

    return options.shown(passage(model, given["prompt"], ids, given["stop"]), keep="\n\t")


def _novelty(
    model: "TrainedLanguageModel", written: Sequence[Sequence[int]], given: dict[str, Any]
) -> None:
    """How much of what was written stands in the training text."""
    from seqkit.cli.origin import training_text

    found = model.novelty(written, training_text(given["run"]))
    shares = {f"copied_{n}grams": share for n, share in found.copied.items()}
    longest = found.longest
    span = (
        None
        if longest is None
        else model.text(written[longest.sample][longest.start : longest.start + longest.length])
    )
    if given["as_json"]:
        length = 0 if longest is None else longest.length
        options.echo_json({"novelty": {**shares, "longest_copy": length, "longest_text": span}})
        return
    parts = ", ".join(f"{share:.1%} of {n}-grams" for n, share in found.copied.items())
    options.note(f"novelty: {parts or 'too short for 4-grams'} stand in the training text")
    if longest is not None:
        options.note(f"longest copy: {longest.length} tokens: {span}")
