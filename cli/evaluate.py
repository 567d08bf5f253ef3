"""`seqkit evaluate`."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import click

from seqkit.cli import (
    evaluate_classifier,
    evaluate_image,
    evaluate_language,
    evaluate_tagger,
    evaluate_translator,
    evaluate_vectors,
    labelled_data,
    options,
)
from seqkit.cli.evaluate_adapting import adapting_options
from seqkit.cli.vector_files import holds_vectors, task_of

_VECTORS = "word2vec"
_TASKS: dict[str, tuple[str, ModuleType]] = {
    "language": ("a language model", evaluate_language),
    "tagging": ("a tagger", evaluate_tagger),
    "classifying": ("a classifier", evaluate_classifier),
    "imaging": ("a net of images", evaluate_image),
    "translating": ("a translator", evaluate_translator),
    _VECTORS: ("word vectors", evaluate_vectors),
}
"""By task what a run is, and the module whose `measure` takes the options it names and whose `show`
prints what came out."""


@click.command(cls=options.Command, name="evaluate")
@click.argument("run")
@click.argument("data", required=False)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    default=16,
    show_default=True,
    help="Language models: rows.",
)
@click.option(
    "--baselines/--no-baselines",
    default=True,
    help="Language models: unigram and trigram beside it.",
)
@adapting_options
@click.option("--column", type=int, help="Taggers: the column of the tags (as trained).")
@click.option(
    "--comments/--no-comments",
    default=None,
    help="Taggers: whether lines that begin with # are comments (as trained).",
)
@labelled_data.text_column("Classifiers: ")
@labelled_data.label_columns("Classifiers: ")
@labelled_data.file_format("Classifiers: what DATA is (by its ending, or as trained).", None)
@click.option(
    "--class-weights", help="Classifiers, images: how dear errors are, such as bad=2,good=1.5."
)
@click.option("--against", metavar="RUN", help="Classifiers: compare with another run on DATA.")
@click.option("--labels", metavar="FILE", help="Images: the IDX file of DATA's labels.")
@click.option("--target", metavar="FILE", help="Translators: the translations, DATA the sources.")
@click.option(
    "--beam", type=int, default=5, show_default=True, help="Translators: hypotheses kept each step."
)
@click.option(
    "--tokenize",
    type=click.Choice(("13a", "none")),
    help="Translators: how BLEU takes lines apart (none if the run splits at spaces, else 13a).",
)
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
    --batch-size. With --cache, words that came lately are likelier where the states are alike
    (Grave et al. 2017); with --dynamic, the model goes on learning from what it has scored (Krause
    et al. 2018). Both stand beside the plain figures, each by itself, and change no file of the
    run. What they are fitted to is never DATA. A tagger is measured on columns as it was trained
    on, by entities as conlleval counts them or, for parts of speech, by tokens. A classifier is
    measured on labelled texts, in any form it can be trained on. A net of images is measured on
    labelled images likewise; a siamese one by one-shot recognition among all classes of DATA. A
    translator is measured on the sources in DATA, whose references are in --target, or on a
    built-in corpus: BLEU and chrF as sacrebleu has them. Word vectors (a run or a file) answer
    analogy questions, and their cosines are compared with similarities that people gave (Spearman's
    rank correlation).

    \b
    Examples:
      seqkit evaluate runs/lm smallworld
      seqkit evaluate runs/lm my.test.txt --max perplexity=120 --json
      seqkit evaluate runs/lm my.test.txt --cache --dynamic --min cache_gain=0.01
      seqkit evaluate runs/tagger eng.testb --min f1=0.85
      seqkit evaluate runs/classifier test.csv --against runs/other --min accuracy=0.9
      seqkit evaluate runs/image t10k-images-idx3-ubyte.gz --min accuracy=0.98
      seqkit evaluate runs/translator test.en --target test.de --min bleu=30
      seqkit evaluate runs/words --analogies questions-words.txt --min analogies=0.25
      seqkit evaluate vectors.bin --similarity wordsim353.tsv --similarity men.txt
    """
    gates = [_gate(text, "--min") for text in given["at_least"]]
    gates += [_gate(text, "--max") for text in given["at_most"]]
    task = _task(given["run"], given["data"])
    _, judge = _TASKS[task]
    metrics = judge.measure(given["run"], **{name: given[name] for name in judge.TAKES})
    if given["as_json"]:
        options.echo_json(metrics)
    else:
        judge.show(metrics)
    failed = [passes for passes in gates if not passes(metrics)]
    return int(bool(failed))


def _task(run: str, data: str | None) -> str:
    """How a run is to be measured; ValueError for options that do not go together."""
    if options.typed(*evaluate_vectors.TAKES):
        _check_vectors()
        return _VECTORS
    if holds_vectors(run):
        raise ValueError(
            f"{run}: word vectors are measured by --analogies FILE, --similarity FILE or both"
        )
    if data is None:
        click.get_current_context().fail("Missing argument 'DATA'.")
    task = task_of(run) or ""
    if task not in _TASKS:
        task = "language"  # which says what is wrong with such a folder
    name, judge = _TASKS[task]
    for other, taker in _TASKS.values():
        for option in options.typed(*taker.TAKES):
            if option not in judge.TAKES:
                raise ValueError(f"{_typed_as(option)} is for {other}, and {run} is {name}")
    return task


def _check_vectors() -> None:
    """ValueError where options of word vectors meet others, or one that they need is missing."""
    of_vectors = options.typed(*evaluate_vectors.TAKES)
    others = [judge.TAKES for task, (_, judge) in _TASKS.items() if task != _VECTORS]
    for of_text in options.typed(*(name for names in others for name in names)):
        one, other = _typed_as(of_text), _typed_as(next(iter(of_vectors)))
        raise ValueError(f"{one} is for a model of text, {other} for word vectors: give one alone")
    if "restrict_vocab" in of_vectors and "analogies" not in of_vectors:
        raise ValueError("--restrict-vocab goes with --analogies")


def _typed_as(name: str) -> str:
    return "DATA" if name == "data" else "--" + name.replace("_", "-")


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
