"""`seqkit tag`."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options, tag_output
from seqkit.cli.tag_input import Answer

if TYPE_CHECKING:
    from seqkit.tasks.tagging import TrainedTagger

MOST_READINGS = 1_000
"""Taggings of a sentence: of a long one so many already take seconds and a GB of memory."""

_FORMS = ("entities", "n_best", "html")
"""Options each of which says what is printed, so that one alone can be given."""


@click.command(cls=options.Command, name="tag")
@click.argument("run")
@click.argument("file", default="-")
@click.option("--columns", is_flag=True, help="FILE is columns, one token a line, not raw text.")
@click.option("--entities", is_flag=True, help="One line an entity instead of one a token.")
@click.option(
    "--n-best",
    type=click.IntRange(1),
    help=f"The N likeliest taggings, a column each (at most {MOST_READINGS:,}).",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Leave out entities below it.",
)
@click.option(
    "--document", is_flag=True, help="All of it is one document: names that come again agree."
)
@click.option("--html", metavar="PAGE", help="Write the text to PAGE, its entities in colours.")
@click.option("--token-column", type=int, help="With --columns: that of the tokens (as trained).")
@click.option(
    "--comments/--no-comments",
    default=None,
    help="With --columns: whether lines that begin with # are comments (as trained).",
)
@options.encoding
@options.device
@options.threads
@options.as_json
def command(run: str, file: str, **given: Any) -> None:
    """Tag words, or find entities, in raw text or in columns.

    Prints a token and its tag a line, and a blank line after a sentence. A paragraph that comes
    through a pipe is answered when the blank line behind it has come. With --entities a line has
    start, stop, type, confidence and text of an entity: text[start:stop] of the whole input, whose
    characters are counted from 0, line ends as they are and a byte order mark left out.

    With --columns the input has a token a line, as the file trained on (its tags may be missing),
    and the tag comes behind the other columns; start and stop count tokens. --json prints one
    object a sentence or entity. --html writes a page of its own, without scripts.

    A tagger that was trained on documents (-DOCSTART- lines) lets the occurrences of a word in a
    document speak for each other: columns with such lines are read so, and with --document the
    whole input, before the first answer is printed.

    \b
    Examples:
      echo "Ann met Bob in Rome." | seqkit tag runs/tagger
      seqkit tag runs/tagger letter.txt --entities --min-confidence 0.9
      seqkit tag runs/tagger letter.txt --html letter.html
      seqkit tag runs/tagger test.conll --columns --json
    """
    from seqkit.tasks import tagging
    from seqkit.tasks.devices import set_threads

    _check(given)
    set_threads(given["threads"])
    tagger = tagging.load(run, given["device"])
    _check_tagger(tagger, run, given)
    if given["html"]:
        from seqkit.cli.tag_page import write_page

        blocks = _blocks(file, given)
        title = f"{'standard input' if file == '-' else file}, tagged by {run}"
        least, document = given["min_confidence"], given["document"]
        write_page(tagger, blocks, given["html"], title, least, document)
        click.echo(given["html"])
    elif given["columns"]:
        _print(tagger, *_answers_of_columns(tagger, run, file, given), given)
    else:
        from seqkit.cli.tag_input import tag_text

        blocks = _blocks(file, given)
        _print(tagger, tag_text(tagger, blocks, given["document"]), "\t", given)


def _check(given: dict[str, Any]) -> None:
    """ValueError for options that do not go together."""
    asked = [f"--{name.replace('_', '-')}" for name in _FORMS if given[name]]
    if len(asked) > 1:
        raise ValueError(f"{asked[0]} and {asked[1]} are different outputs: ask for one at a time")
    if given["html"] and (given["columns"] or given["as_json"]):
        other = "--columns" if given["columns"] else "--json"
        raise ValueError(f"--html is a page of raw text: leave {other} out")
    if given["n_best"] and given["n_best"] > MOST_READINGS:
        raise ValueError(f"--n-best {given['n_best']}: ask for {MOST_READINGS:,} or fewer")
    if given["n_best"] and given["min_confidence"]:
        raise ValueError("--min-confidence is for entities: leave it out with --n-best")
    for option in options.typed("token_column", "comments"):
        if not given["columns"]:
            raise ValueError(f"--{option.replace('_', '-')} goes with --columns")


def _check_tagger(tagger: "TrainedTagger", run: str, given: dict[str, Any]) -> None:
    """ValueError for what the run cannot do."""
    if given["document"] and not tagger.knows_documents:
        raise ValueError(
            f"{run}: had no documents to validate on (lines of -DOCSTART-), so it does not know "
            "what one tells; leave --document out"
        )
    if not tagger.types and (given["entities"] or given["min_confidence"]):
        option = "--entities" if given["entities"] else "--min-confidence"
        raise ValueError(f"{run}: its tags are classes of words, no entities; leave {option} out")
    if tagger.feature_columns and not given["columns"]:
        raise ValueError(
            f"{run}: reads {tagger.feature_columns} further column(s) of each token, which raw "
            "text does not have; give columns, with --columns"
        )


def _blocks(file: str, given: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Pieces of the text that can be read by themselves, and where they begin."""
    from seqkit.corpora.streaming import stream_text
    from seqkit.text.incoming import blocks

    pieces = stream_text(file, given["encoding"])
    return iter([(0, "".join(pieces))]) if given["document"] else blocks(pieces)


def _answers_of_columns(
    tagger: "TrainedTagger", run: str, file: str, given: dict[str, Any]
) -> tuple[Iterator[Answer], str]:
    """The answers for a file of columns, and what stands between its columns."""
    from seqkit.cli.tag_input import separator, tag_columns
    from seqkit.cli.tagged_data import columns_of, notes_of
    from seqkit.corpora.readers import read_path, read_stdin

    notes = notes_of(run)
    columns = columns_of(notes, tag=None, token=given["token_column"])
    comments = notes["comments"] if given["comments"] is None else given["comments"]
    read = read_stdin(given["encoding"]) if file == "-" else read_path(file, given["encoding"])
    answers = tag_columns(tagger, read, columns, comments, given["document"])
    return answers, separator(read, comments)


def _print(
    tagger: "TrainedTagger", answers: Iterator[Answer], gap: str, given: dict[str, Any]
) -> None:
    """Print the answers, each when it is there."""
    form = _form(tagger, gap, given)
    for number, answer in enumerate(answers, start=1):
        if given["min_confidence"]:
            answer = tag_output.without_doubtful(answer, given["min_confidence"], tagger.scheme)
        click.echo(form(answer, number), nl=False)


def _form(tagger: "TrainedTagger", gap: str, given: dict[str, Any]) -> Callable[[Answer, int], str]:
    """What writes down an answer, given its number."""
    count: int | None = given["n_best"]

    def entities(answer: Answer, number: int) -> str:
        if given["as_json"]:
            return tag_output.json_of_entities(answer, number)
        return tag_output.lines_of_entities(answer)

    def sentences(answer: Answer, number: int) -> str:
        found = tag_output.readings(tagger, answer, count) if count else None
        if given["as_json"]:
            return tag_output.json_of_sentence(answer, found)
        if count and found is not None:
            return tag_output.columns_of_readings(answer, found, count, gap)
        return tag_output.columns_of(answer, [answer.tagging.tags], gap)

    return entities if given["entities"] else sentences
