"""Opening a labelled corpus by whatever the user calls it, and its validation and test text."""

import pathlib
from collections.abc import Mapping, Set

from seqkit.corpora.catalogue import names, not_found
from seqkit.corpora.corpus import Split, Splits
from seqkit.corpora.downloadable import files_of, is_download, own_parts
from seqkit.corpora.labelled import LabelledCorpus, read_labelled
from seqkit.corpora.labelled_columns import GUESSED, Form, LabelColumns, listed
from seqkit.corpora.labelled_folder import read_labelled_folder
from seqkit.corpora.labelled_splitting import count_labels, hold_out
from seqkit.corpora.splitting import held_out

_SMALLWORLD = "smallworld"


def open_labelled(
    source: str,
    columns: LabelColumns = GUESSED,
    split: Split = "train",
    encoding: str = "utf-8",
    form: Form = "auto",
) -> LabelledCorpus:
    """Return the labelled corpus called `source`.

    That is `-` for standard input; `smallworld` (its `split`), short reviews of 1 to 5 stars;
    a path: of a file as `LabelledFile` reads it, plain or gzip, or of a folder with a sub-folder
    or a file for each label; or the name of a downloaded corpus. `columns` says where text and
    label stand, `form` what kind of file it is. Raises ValueError or an OSError such as
    FileNotFoundError that says in one line what is wrong.
    """
    if source == _SMALLWORLD:
        from seqkit.corpora.smallworld.reviews import Reviews

        return Reviews(split)
    if source in names() or source.startswith("nltk:"):
        raise ValueError(f"{source} has no labels: take smallworld, or a file of texts and labels")
    if is_download(source):
        (source,) = files_of(source, "labelled", split)
    path = pathlib.Path(source)
    if source != "-" and (not source or not path.exists()):
        raise FileNotFoundError(not_found(source))
    if source != "-" and path.is_dir():
        if columns != GUESSED or form != "auto":
            raise ValueError(f"{source} is a folder, without columns: leave their options out")
        return read_labelled_folder(path, encoding)
    return read_labelled(source, columns, encoding, form)


def open_labelled_splits(
    train: str,
    valid: str | None = None,
    test: str | None = None,
    columns: LabelColumns = GUESSED,
    encoding: str = "utf-8",
    form: Form = "auto",
) -> Splits[LabelledCorpus]:
    """Return the labelled corpus `train` with its validation and test text.

    `valid` and `test` are names or paths as for `open_labelled`, or shares of `train` to hold
    out, such as 0.1 or 10%, by the fixed rule of `hold_out`, stratified by label. Left out, they
    are those of smallworld where `train` is; a tenth of any other; but no test text is held out
    where `valid` names a text, as `train` is then taken to be training text alone. Errors as in
    `open_labelled`, and ValueError where there is nothing to learn, or to measure.
    """
    valid, test = own_parts(train, valid, test)
    wanted = held_out(train, valid, test, train == _SMALLWORLD)
    corpus = open_labelled(train, columns, "train", encoding, form)
    counts = count_labels(corpus)
    _check_labels(corpus.source, counts)
    parts: dict[str, LabelledCorpus] = {
        label: open_labelled(text, columns, label, encoding, form)
        for label, text in wanted.texts.items()
    }
    known = {label for labels in counts for label in labels}
    for label, part in parts.items():
        _check_known(label, part, known)
    rest, *cut = hold_out(corpus, counts, wanted.shares) if wanted.shares else [corpus]
    parts |= dict(zip(wanted.shares, cut, strict=True))
    return Splits(rest, parts["valid"], parts.get("test"))


def _check_known(label: str, part: LabelledCorpus, known: Set[str]) -> None:
    """Refuse a part that nothing can be measured on, as no text of it has known labels."""
    strange = dict[str, None]()
    for record in part:
        if known >= set(record.labels):
            return
        strange |= dict.fromkeys(record.labels)
    raise ValueError(
        f"--{label} {part.source}: no text has labels of the training text alone; here they are "
        f"{listed(list(strange))}, there {listed(sorted(known))}; look at --label-column"
    )


def _check_labels(source: str, counts: Mapping[tuple[str, ...], int]) -> None:
    """Refuse what no classifier can be trained on."""
    if len(counts) == 1:
        (only,) = counts
        raise ValueError(
            f"{source}: every text has the label {', '.join(only) or 'none'}, so there is nothing "
            "to learn; give texts of two labels or more, or look at --label-column"
        )
    size = sum(counts.values())
    if len(counts) == size > 2:
        raise ValueError(
            f"{source}: each of its {size:,} texts has a label of its own, so there is nothing to "
            "learn; is --label-column right?"
        )
