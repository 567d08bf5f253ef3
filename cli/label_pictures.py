"""Pictures of what a classifier says of labelled texts."""

from typing import TYPE_CHECKING

from seqkit.cli.labels_shown import named

if TYPE_CHECKING:
    from seqkit.corpora.labelled import LabelledCorpus


def draw_confusion(run: str, text: str | None, path: str) -> None:
    """Draw which label was taken for which; ValueError where a text can have many labels."""
    from seqkit.metrics.classification import confusion
    from seqkit.report.confusion import confusion_matrix
    from seqkit.tasks import classifying

    trained = classifying.load(run)
    if trained.labels.many:
        raise ValueError(
            f"{run}: a text can have many labels, so none is taken for another; see seqkit evaluate"
        )
    source = _source(run, text)
    records = list(source)
    found = trained.classify(record.text for record in records)
    gold = [named(record.labels) for record in records]
    counts = confusion(gold, [one.labels[0] for one in found])
    confusion_matrix(counts, path, f"{run} on {source.name}", "texts")


def draw_reliability(run: str, text: str | None, path: str) -> None:
    """Draw how often answers are right that are said to be so sure; of many labels, all of them."""
    from seqkit.metrics.reliability import Bin
    from seqkit.report.reliability import reliability_diagram
    from seqkit.tasks import classifying

    trained = classifying.load(run)
    source = _source(run, text)
    bins = [Bin(**one) for one in trained.evaluate(source)["reliability"]]
    unit = "labels" if trained.labels.many else "answers"
    reliability_diagram(bins, path, f"{run} on {source.name}", unit)


def _source(run: str, text: str | None) -> "LabelledCorpus":
    from seqkit.cli.labelled_data import open_data, validation_data

    return validation_data(run) if text is None else open_data(run, text, {})
