"""`seqkit train-tagger`, also called `seqkit train-ner`."""

from typing import Any

import click

from seqkit.cli import options, training_options

SETTINGS = (
    click.option("--scheme", help="auto, iob1, iob2, bioes, bilou or plain, no entities (auto)."),
    training_options.CELL,
    click.option("--layers", type=int, help="Layers, one on the other (1)."),
    click.option("--hidden", type=int, help="Width of each direction (200)."),
    click.option("--embed", type=int, help="Width of the embedding of words (100)."),
    click.option("--vectors", help="Word vectors the embedding begins with (none)."),
    click.option(
        "--encoder", multiple=True, metavar="RUN", help="Features from train-lm; repeatable (none)."
    ),
    click.option("--crf/--softmax", default=None, help="Tags as a sequence, or one by one (crf)."),
    click.option("--chars/--no-chars", default=None, help="Read the letters of words (chars)."),
    click.option("--char-encoder", help="What reads them: cnn or rnn (cnn)."),
    click.option(
        "--affixes/--no-affixes", default=None, help="Embed prefixes and suffixes (affixes)."
    ),
    click.option(
        "--wide/--no-wide", default=None, help="Add linear features of words in a row (wide)."
    ),
    click.option("--min-count", type=int, help="Rarer words become <unk> (1)."),
    click.option("--dropout", type=float, help="Dropout, one mask a sentence (0.5)."),
    click.option("--dropout-words", type=float, help="Dropout of whole words (0.05)."),
    click.option(
        "--r-drop",
        type=float,
        help="How much two readings under different dropout must agree from the third epoch on, "
        "0: one reading (1).",
    ),
    click.option(
        "--class-weights", help="How dear errors are, such as PER=2,MISC=1.5 (none: all 1)."
    ),
    click.option("--batch-size", type=int, help="Tokens a step (240)."),
    *training_options.steps(lr="0.002", clip="5", average="0.998"),
    *training_options.length(epochs="8; of smallworld 2"),
    training_options.DEVICE,
    training_options.THREADS,
    training_options.SEED,
)
"""Every field of TaggerSettings as an option; in brackets what holds where none is given."""

SMALLWORLD = {"epochs": 2}
"""What holds for the built-in text, which is learnt sooner than others."""

TEXTS = (
    *("train", "valid", "test", "encoding"),
    *("column", "token_column", "feature_columns", "comments"),
)
"""The parameters that say what is read, kept in the run's notes."""


@click.command(cls=options.Command, name="train-tagger")
@click.argument("train", default="smallworld")
@training_options.held_out()
@click.option("--column", type=int, default=-1, show_default=True, help="The column of the tags.")
@click.option("--token-column", type=int, default=1, show_default=True, help="That of the tokens.")
@click.option(
    "--feature-column",
    "feature_columns",
    type=int,
    multiple=True,
    help="A column of features, such as parts of speech; repeatable.",
)
@click.option("--comments", is_flag=True, help="Leave out lines that begin with #.")
@training_options.run_folder("tagger")
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
    """Train a tagger: named entities, parts of speech.

    TRAIN is a file of columns (.gz too), one token a line and a blank line behind each sentence;
    smallworld; nltk:treebank or nltk:brown (parts of speech); or - for standard input. Columns
    count from 1, or from -1 at the end. Tags such as B-PER mark entities, in any scheme; others
    are classes. In brackets: what holds where an option is left out.

    \b
    Examples:
      seqkit train-tagger
      seqkit train-tagger eng.train --valid eng.testa --test eng.testb --max-minutes 5
      seqkit train-tagger nltk:treebank --out runs/speech
    """
    from seqkit.cli import tagging_report
    from seqkit.cli.vector_files import noted_warnings
    from seqkit.corpora.columns import TagColumns
    from seqkit.corpora.tagged_catalogue import open_tagged_splits
    from seqkit.tasks import tagging

    notes = {name: given.pop(name) for name in TEXTS}
    settings = training_options.settings_given(given)
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        typed = options.typed(*TEXTS)
        tagging_report.resume(unfinished, {**settings, **typed}, quiet, as_json)
        return
    built_in = SMALLWORLD if notes["train"] == "smallworld" else {}
    chosen = tagging.TaggerSettings(**{**built_in, **settings})
    columns = TagColumns(notes["token_column"], notes["column"], notes["feature_columns"])
    texts = (notes["train"], notes["valid"], notes["test"])
    splits = open_tagged_splits(*texts, columns, notes["encoding"], notes["comments"])
    if dry_run:
        tagging_report.dry_run(chosen, splits.train, as_json)
        return
    notes["synthetic"] = splits.train.synthetic
    folder = out or options.free_folder("tagger")
    with noted_warnings(), tagging.training(chosen, splits, folder, force, notes) as job:
        tagging_report.follow(job, quiet, as_json)
