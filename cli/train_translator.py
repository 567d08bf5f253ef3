"""`seqkit train-translator`."""

from typing import Any

import click

from seqkit.cli import options, parallel_data, training_options

SETTINGS = (
    click.option("--level", help="What a token is: word, char or subword (word)."),
    click.option("--source-level", help="That of the source (as --level)."),
    click.option("--target-level", help="That of the target (as --level)."),
    click.option("--tokenizer", help="With --level word: word, whitespace or nltk:NAME (word)."),
    click.option(
        "--vocab-size", type=int, help="Most types of each side (10000; characters: all)."
    ),
    click.option("--min-count", type=int, help="Rarer types become <unk> (2 of words, else 1)."),
    click.option(
        "--share-vocab/--separate-vocab",
        default=None,
        help="One vocabulary and embedding for source and target, or one each (separate).",
    ),
    click.option(
        "--max-tokens",
        type=int,
        help="Training pairs with a longer side are left out (100; characters: 400).",
    ),
    training_options.CELL,
    click.option("--decoder-cell", help="The cell of the decoder (as --cell)."),
    click.option(
        "--bidirectional/--no-bidirectional",
        default=None,
        help="Read the source from both ends (bidirectional).",
    ),
    click.option("--layers", type=int, help="Layers of the encoder, and of the decoder (1)."),
    click.option(
        "--hidden",
        type=int,
        help="Width of the decoder, and of both directions of the encoder together (512).",
    ),
    click.option("--embed", type=int, help="Width of the embeddings (256)."),
    click.option("--attention", help="none, dot (Luong) or additive (Bahdanau) (dot)."),
    click.option(
        "--input-feeding/--no-input-feeding",
        default=None,
        help="Feed what was looked at into the next step (no).",
    ),
    click.option(
        "--tie/--no-tie",
        default=None,
        help="One matrix for the target's embedding and the softmax (tie).",
    ),
    click.option("--dropout", type=float, help="Dropout, one mask a sentence (0.4)."),
    click.option("--dropout-words", type=float, help="Source words taken for <unk> (0)."),
    click.option("--label-smoothing", type=float, help="Mass given to all other words (0.1)."),
    click.option(
        "--scheduled-sampling",
        type=float,
        help="Share of the decoder's inputs that are its own choices by the last epoch (0).",
    ),
    click.option("--choose", help="The best epoch by bleu, or by the loss (bleu)."),
    click.option("--batch-size", type=int, help="Tokens a step, of the longer side (1000)."),
    *training_options.steps(lr="0.002", clip="1", average="0.998"),
    *training_options.length(epochs="20"),
    click.option("--precision", help="auto, fp32 or bf16 (auto)."),
    training_options.DEVICE,
    training_options.THREADS,
    training_options.SEED,
)
"""Every field of TranslatorSettings as an option; in brackets what holds where none is given."""

BUILT_IN: dict[str, dict[str, Any]] = {
    "smallworld": {
        **{"tokenizer": "whitespace", "hidden": 256, "embed": 128, "dropout": 0.1},
        **{"label_smoothing": 0.0, "batch_size": 400, "epochs": 7},
    },
    "dates": {
        **{"level": "char", "attention": "additive", "hidden": 128, "embed": 64},
        **{"dropout": 0.1, "label_smoothing": 0.0, "batch_size": 500, "epochs": 5},
    },
}
"""What holds for the built-in corpora: so they are learnt in a minute or two."""

TEXTS = ("source", "target", *parallel_data.HELD_OUT, "encoding")
"""The parameters that say what is read, kept in the run's notes."""


@click.command(cls=options.Command, name="train-translator")
@click.argument("source", default="smallworld")
@click.argument("target", required=False)
@parallel_data.held_out
@training_options.run_folder("translator")
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
    """Train a translator: one language, or form, into another.

    SOURCE and TARGET are files (.gz too) of as many lines; line k of one is the translation of line
    k of the other, and - is standard input. SOURCE alone may be smallworld (English into a language
    made up) or dates (as people write them into 2026-11-21). An encoder reads the source, a decoder
    writes the target and looks at the source by attention. In brackets: what holds where an option
    is left out (smallworld and dates have settings of their own; --dry-run shows them).

    \b
    Examples:
      seqkit train-translator
      seqkit train-translator dates --out runs/dates
      seqkit train-translator train.en train.de --valid val.en val.de --max-minutes 30
      seqkit train-translator words.txt sounds.txt --level char --test-share 0.05
    """
    from seqkit.cli import translating_report
    from seqkit.tasks import translating

    notes = {name: given.pop(name) for name in TEXTS}
    settings = training_options.settings_given(given)
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        typed = options.typed(*TEXTS)
        translating_report.resume(unfinished, {**settings, **typed}, quiet, as_json)
        return
    own = BUILT_IN.get(notes["source"], {})
    chosen = translating.TranslatorSettings(**{**own, **settings})
    splits = parallel_data.open_splits(notes)
    if dry_run:
        translating_report.dry_run(chosen, splits.train, as_json)
        return
    notes["synthetic"] = splits.train.synthetic
    folder = out or options.free_folder("translator")
    with translating.training(chosen, splits, folder, force, notes) as job:
        translating_report.follow(job, quiet, as_json)
