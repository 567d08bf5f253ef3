"""Tagged data for a trained tagger: its columns are those of the data it was trained on."""

from typing import TYPE_CHECKING, Any

from seqkit.cli import training_data

if TYPE_CHECKING:
    from seqkit.corpora.columns import TagColumns
    from seqkit.corpora.corpus import Splits
    from seqkit.corpora.tagged import TaggedCorpus
    from seqkit.metrics.classification import Confusion
    from seqkit.tasks.tagging import TrainedTagger
    from seqkit.tasks.tagging.sentences import TaggedText

NONE = "(none)"
"""The other side of an entity that was missed, or of one that is spurious."""

_UNTOLD = {
    **training_data.UNTOLD,
    "column": -1,
    "token_column": 1,
    "feature_columns": (),
    "comments": False,
}
"""What holds where a run has no notes."""


def notes_of(run: str) -> dict[str, Any]:
    """What the command that trained a run noted of its data."""
    return training_data.notes_of(run, _UNTOLD)


def columns_of(notes: dict[str, Any], tag: int | None, token: int | None = None) -> "TagColumns":
    """The columns of tokens and features as noted, and of tags, which may be missing (None)."""
    from seqkit.corpora.columns import TagColumns

    features = tuple(notes["feature_columns"])
    return TagColumns(notes["token_column"] if token is None else token, tag, features)


def open_data(
    run: str,
    data: str,
    column: int | None = None,
    comments: bool | None = None,
    encoding: str = "utf-8",
) -> "TaggedCorpus":
    """The tagged data to measure a run on; what is None is as it was in training."""
    from seqkit.corpora.tagged_catalogue import open_tagged

    notes = notes_of(run)
    columns = columns_of(notes, notes["column"] if column is None else column)
    marked = notes["comments"] if comments is None else comments
    return open_tagged(data, columns, "test", encoding, marked)


def training_text(run: str) -> "TaggedText":
    """The text a run was trained on; ValueError if it cannot be had again, or has changed."""
    from seqkit.tasks.runs import Run
    from seqkit.tasks.tagging.sentences import read_text

    config = Run(run).read_config()
    corpus = _splits(run).train
    text = read_text(corpus, config["settings"]["scheme"])
    if text.sha256() != config["corpus"]["train"]["sha256"]:
        raise ValueError(f"{corpus.source}: no longer the text that {run} was trained on")
    return text


def validation_data(run: str) -> "TaggedCorpus":
    """The data by which a run chose its best epoch; ValueError if it cannot be had again."""
    with training_data.wanting_text():
        return _splits(run).valid


def confusion_of(tagger: "TrainedTagger", source: "TaggedCorpus") -> "Confusion":
    """How often each type, or each tag, was taken for which; a missed or spurious one for none."""
    import numpy as np

    from seqkit.metrics.classification import Confusion, confusion

    if not tagger.types:
        gold = [tag for record in source for tag in record.tags]
        return confusion(gold, [tag for tagging in tagger.tag(source) for tag in tagging.tags])
    counts = {(one, other): count for one, other, count in tagger.evaluate(source)["confusions"]}
    kinds = [*sorted({kind for pair in counts for kind in pair if kind}), ""]
    table = [[counts.get((one, other), 0) for other in kinds] for one in kinds]
    return Confusion((*kinds[:-1], NONE), np.array(table, np.int64))


def _splits(run: str) -> "Splits[TaggedCorpus]":
    """The data of a training, opened as it was then."""
    from seqkit.corpora.tagged_catalogue import open_tagged_splits

    notes = notes_of(run)
    names = (notes["train"], notes["valid"], notes["test"])
    columns = columns_of(notes, notes["column"])
    with training_data.reading_again(run, notes):
        return open_tagged_splits(*names, columns, notes["encoding"], notes["comments"])
