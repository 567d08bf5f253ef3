"""`seqkit train-word2vec`."""

from typing import Any

import click

from seqkit.cli import options, training_options
from seqkit.cli.vector_files import questions_file

SETTINGS = (
    click.option("--model", help="skipgram or cbow (skipgram)."),
    click.option("--loss", help="ns, hs (hierarchical softmax) or softmax (ns)."),
    click.option("--dim", type=int, help="Numbers of a vector (100)."),
    click.option("--window", type=int, help="Words on either side, drawn from 1 to this (5)."),
    click.option("--negative", type=int, help="Noise words of ns (5)."),
    click.option("--ns-exponent", type=float, help="Noise is drawn from f^this (0.75)."),
    click.option("--sample", type=float, help="Thin out words of a larger share, 0: none (0.001)."),
    click.option(
        "--divide-gradient",
        is_flag=True,
        default=None,
        help="cbow: each context word moves by its share of the gradient.",
    ),
    click.option(
        "--exact",
        is_flag=True,
        default=None,
        help="Own noise words for each pair, one thread: slow, and the same every time.",
    ),
    click.option("--tokenizer", help="whitespace, word or nltk:NAME (whitespace)."),
    click.option("--vocab-size", type=int, help="The most words, <unk> and <eos> included (all)."),
    click.option("--min-count", type=int, help="Rarer words are passed over (5)."),
    click.option("--init", help="Go on from the vectors of this run; new words join them."),
    click.option("--lr", type=float, help="Learning rate at first (0.025; cbow 0.05)."),
    click.option("--analogies", help="Questions to measure each epoch by (none)."),
    click.option("--similarity", help="Word pairs with scores to measure each epoch by (none)."),
    *training_options.length(epochs="5"),
    training_options.DEVICE,
    training_options.THREADS,
    click.option("--seed", type=int, help="With --threads 1: same seed, same result (0)."),
)
"""Every field of Word2VecSettings as an option; in brackets what holds where none is given."""


@click.command(cls=options.Command, name="train-word2vec")
@click.argument("corpus", default="smallworld-2")
@training_options.run_folder("word2vec")
@training_options.all_of(SETTINGS)
@options.encoding
@options.quiet
@options.as_json
def command(
    corpus: str,
    out: str | None,
    force: bool,
    resume: bool,
    dry_run: bool,
    encoding: str,
    quiet: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train word vectors: skip-gram or CBOW.

    CORPUS is a text file (.gz too), a folder of them, a built-in corpus, nltk:NAME, or - for
    standard input; without it smallworld-2, made so that vectors can learn its relations. A word is
    what white space separates, unless --tokenizer says otherwise. On several threads two runs
    differ a little, even with one seed.

    \b
    Examples:
      seqkit train-word2vec
      seqkit train-word2vec my.txt --model cbow --dim 300 --out runs/vectors
    """
    from seqkit.cli import word2vec_report
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import word2vec

    given = training_options.settings_given(settings)
    if "analogies" in given:
        given["analogies"] = questions_file(given["analogies"])
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        word2vec_report.resume(unfinished, {**given, **options.typed("corpus")}, quiet, as_json)
        return
    chosen = word2vec.Word2VecSettings(**given)
    source = open_corpus(corpus, encoding)
    if dry_run:
        word2vec_report.dry_run(chosen, source, as_json)
        return
    notes = {"corpus": corpus, "encoding": encoding, "synthetic": source.synthetic}
    folder = out or options.free_folder("word2vec")
    with word2vec.training(chosen, source, folder, force, notes) as job:
        word2vec_report.follow(job, quiet, as_json)
