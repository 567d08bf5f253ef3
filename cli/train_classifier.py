"""`seqkit train-classifier`, also called `seqkit train-sentiment`."""

from typing import Any

import click

from seqkit.cli import labelled_data, options, training_options

SETTINGS = (
    click.option("--model", help="recurrent, averaged (embeddings) or linear (recurrent)."),
    click.option(
        "--wide/--no-wide", default=None, help="Add the linear model to the recurrent net (wide)."
    ),
    click.option("--level", help="What a token is: word, char or subword (word)."),
    click.option(
        "--ngrams",
        type=int,
        help="Longest n-grams of the linear and averaged models (2 words, 4 characters).",
    ),
    training_options.CELL,
    click.option(
        "--bidirectional/--no-bidirectional",
        default=None,
        help="Read from both ends (bidirectional).",
    ),
    click.option("--layers", type=int, help="Layers, one on the other (1)."),
    click.option("--hidden", type=int, help="Width of each direction (100)."),
    click.option("--embed", type=int, help="Width of the embedding of tokens (100)."),
    click.option("--pooling", help="last, mean, max or attention (max)."),
    click.option("--vectors", help="Word vectors the embedding begins with (none)."),
    click.option(
        "--encoder",
        multiple=True,
        metavar="RUN",
        help="A language model of train-lm that is trained further; repeatable (none).",
    ),
    click.option(
        "--unfreeze",
        type=int,
        help="Epochs until the next layer of --encoder trains, too, 0: all at once (1).",
    ),
    click.option(
        "--max-tokens",
        type=int,
        help="Of a longer text, half from its beginning, half from its end, 0: all (400).",
    ),
    click.option("--min-count", type=int, help="Rarer tokens become <unk> (2)."),
    click.option("--vocab-size", type=int, help="Most types of tokens (30000)."),
    click.option(
        "--dropout", type=float, help="Dropout, one mask a text (0.5; with --encoder 0.3)."
    ),
    click.option("--dropout-words", type=float, help="Dropout of whole tokens (0.1)."),
    click.option(
        "--class-weights",
        help="How dear errors are: balanced, or such as bad=2,good=1.5 (none: all 1).",
    ),
    click.option("--batch-size", type=int, help="Texts a step (32)."),
    *training_options.steps(
        lr="0.002; with --encoder 0.01, averaged 0.5", clip="1", average="0.998"
    ),
    *training_options.length(epochs="5; averaged as many as 20,000 texts take"),
    click.option("--precision", help="auto, fp32 or bf16 (auto)."),
    training_options.DEVICE,
    training_options.THREADS,
    training_options.SEED,
)
"""Every field of ClassifierSettings as an option; in brackets what holds where none is given."""

SMALLWORLD = {
    **{"hidden": 64, "embed": 64, "dropout": 0.3, "dropout_words": 0.0},
    **{"lr": 0.006, "average": 0.99},
}
"""What holds for the built-in reviews: so they are learnt in seconds, and every word counts."""

TEXTS = ("train", "valid", "test", "encoding", *labelled_data.COLUMNS)
"""The parameters that say what is read, kept in the run's notes."""


@click.command(cls=options.Command, name="train-classifier")
@click.argument("train", default="smallworld")
@training_options.held_out()
@labelled_data.text_column()
@labelled_data.label_columns()
@labelled_data.file_format("What TRAIN is (by its ending and first line).")
@training_options.run_folder("classifier")
@training_options.all_of(SETTINGS)
@options.encoding
@options.quiet
@options.as_json
def command(
    out: str | None,
    force: bool,
    resume: bool,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Train a classifier of texts: sentiment, topics, languages.

    TRAIN is a file (.gz too) of CSV, TSV or JSON lines, or of lines "label text" or "__label__a
    text"; a folder with a sub-folder of texts, or a file of lines, for each label; smallworld
    (reviews of 1 to 5 stars); or - for standard input. A linear model of n-grams is always trained
    first: the baseline to beat. In brackets: what holds where an option is left out (smallworld
    has settings of its own; --dry-run shows them). The linear model obeys --level, --ngrams and
    --class-weights alone, the averaged one --epochs and --lr as well.

    \b
    Examples:
      seqkit train-classifier
      seqkit train-classifier reviews.csv --text-column review --label-column stars
      seqkit train-classifier aclImdb/train --test aclImdb/test --max-minutes 10
      seqkit train-classifier names/ --level char --out runs/names
    """
    from seqkit.cli import classifying_report
    from seqkit.cli.vector_files import noted_warnings
    from seqkit.tasks import classifying

    notes = {name: given.pop(name) for name in TEXTS}
    settings = training_options.settings_given(given)
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        typed = options.typed(*TEXTS)
        classifying_report.resume(unfinished, {**settings, **typed}, quiet, as_json)
        return
    chosen = classifying.ClassifierSettings(**settings)
    chosen.check_obeyed(settings)
    if notes["train"] == "smallworld" and chosen.model == "recurrent":
        chosen = classifying.ClassifierSettings(**{**SMALLWORLD, **settings})
    splits = labelled_data.open_splits(notes)
    if dry_run:
        classifying_report.dry_run(chosen, splits.train, as_json)
        return
    notes["synthetic"] = splits.train.synthetic
    folder = out or options.free_folder("classifier")
    with noted_warnings(), classifying.training(chosen, splits, folder, force, notes) as job:
        classifying_report.follow(job, quiet, as_json)
