"""`seqkit train-lm`."""

from typing import Any

import click

from seqkit.cli import options, training_options

SETTINGS = (
    click.option("--level", help="word, char or subword (word)."),
    click.option("--tokenizer", help="word, whitespace or nltk:NAME (that of the level)."),
    click.option("--vocab-size", type=int, help="Types, <unk> and <eos> included (10000)."),
    click.option("--min-count", type=int, help="Rarer types become <unk> (1)."),
    click.option("--direction", help="forward or backward, from the end of each line (forward)."),
    click.option("--input", help="embedding or one-hot, the same but slower (embedding)."),
    training_options.CELL,
    click.option("--layers", type=int, help="Layers, one on the other (2)."),
    click.option("--hidden", type=int, help="Width of the layers (200)."),
    click.option("--embed", type=int, help="Width of the embedding (as --hidden)."),
    click.option("--vectors", help="Word vectors the embedding begins with (none)."),
    click.option(
        "--from",
        "begin_from",
        metavar="RUN",
        help="Train this run further: its words and shape (none).",
    ),
    click.option("--tie/--no-tie", default=None, help="Share embedding and output (tied)."),
    click.option("--dropout", type=float, help="Dropout, one mask a window (0)."),
    click.option("--dropout-input", type=float, help="The same on the input (as --dropout)."),
    click.option("--dropout-output", type=float, help="The same on the output (as --dropout)."),
    click.option("--dropout-words", type=float, help="Dropout of whole words (0)."),
    click.option("--weight-drop", type=float, help="Dropout of recurrent weights (0)."),
    click.option("--reset-state", type=float, help="Rows a window that start from zeros (0.05)."),
    click.option("--bptt", type=int, help="Tokens of a window (35)."),
    click.option("--batch-size", type=int, help="Streams side by side (32)."),
    *training_options.steps(lr="0.004", clip="0.25", average="0"),
    click.option("--clip-value", type=float, help="Cut each component instead (none)."),
    *training_options.length(epochs="6"),
    click.option("--precision", help="auto, fp32 or bf16 (auto: tried out here)."),
    training_options.DEVICE,
    training_options.THREADS,
    training_options.SEED,
)
"""Every field of LanguageSettings as an option; in brackets what holds where none is given."""


@click.command(cls=options.Command, name="train-lm")
@click.argument("corpus", default="smallworld")
@training_options.held_out("CORPUS")
@training_options.run_folder("lm")
@click.option("--preset", default="small", show_default=True, help="tiny, small, medium or large.")
@training_options.all_of(SETTINGS)
@options.encoding
@options.quiet
@options.as_json
def command(
    corpus: str,
    valid: str | None,
    test: str | None,
    out: str | None,
    force: bool,
    resume: bool,
    preset: str,
    dry_run: bool,
    encoding: str,
    quiet: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train a language model, then let it write.

    CORPUS is a text file (.gz too), a folder of them, a built-in corpus (smallworld, pydocs),
    nltk:NAME, or - for standard input. In brackets: what holds unless --preset says otherwise.

    \b
    Examples:
      seqkit train-lm
      seqkit train-lm my.txt --max-minutes 10 --out runs/mine
      seqkit train-lm reviews.txt --from runs/mine
    """
    from seqkit.cli import training_report
    from seqkit.cli.vector_files import noted_warnings
    from seqkit.corpora.catalogue import open_splits
    from seqkit.tasks import language

    given = training_options.settings_given(settings)
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        typed = options.typed("corpus", "valid", "test", "encoding", "preset")
        training_report.resume(unfinished, {**given, **typed}, quiet, as_json)
        return
    chosen = language.build_settings(preset, **given)
    splits = open_splits(corpus, valid, test, encoding)
    if dry_run:
        training_report.dry_run(chosen, splits, as_json)
        return
    texts = {"corpus": corpus, "valid": valid, "test": test, "encoding": encoding}
    notes = {**texts, "preset": preset, **training_report.known_facts(splits)}
    folder = out or options.free_folder("lm")
    with noted_warnings(), language.training(chosen, splits, folder, force, notes) as job:
        _note_beginning(job.config, quiet)
        training_report.follow(job, quiet, as_json)


def _note_beginning(config: dict[str, Any], quiet: bool) -> None:
    """How much of the text the run of --from knows."""
    from seqkit.report.terminal import printable

    if began := config.get("began_from"):
        types = config["model"]["vocabulary_size"]
        name = printable(f"{began['run']}, of {began['corpus']}")
        known = f"it knows {began['known_types']:,} of the {types:,} types"
        options.note(f"from        {name}: {known}", quiet)
