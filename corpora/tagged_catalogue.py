"""Opening a tagged corpus by whatever the user calls it, and its validation and test text."""

import pathlib
from dataclasses import dataclass

from seqkit.corpora.catalogue import names, not_found
from seqkit.corpora.columns import FIRST_AND_LAST, TagColumns
from seqkit.corpora.corpus import Split
from seqkit.corpora.nltk_corpora import read_nltk_tagged
from seqkit.corpora.splitting import parse_share
from seqkit.corpora.tagged import TaggedColumns, TaggedCorpus, read_tagged
from seqkit.corpora.tagged_splitting import cut_off_sentences

_NLTK = "nltk:"
_SMALLWORLD = "smallworld"


@dataclass(frozen=True, slots=True)
class TaggedSplits:
    """The parts of a task; `test` is None where nobody gave one and none is to be made."""

    train: TaggedCorpus
    valid: TaggedCorpus
    test: TaggedCorpus | None


def open_tagged(
    source: str,
    columns: TagColumns = FIRST_AND_LAST,
    split: Split = "train",
    encoding: str = "utf-8",
    comments: bool = False,
) -> TaggedCorpus:
    """Return the tagged corpus called `source`.

    That is `-` for standard input; `smallworld` (its `split`), as columns of token, part of speech
    and tag; `nltk:NAME`, as columns of token and part of speech; or the path of a file of columns,
    plain or gzip. `columns` says which of them are what, `comments` that lines with # are none.
    Raises ValueError or an OSError such as FileNotFoundError that says in one line what is wrong.
    """
    if source == _SMALLWORLD:
        from seqkit.corpora.smallworld.tagged import TaggedWorld

        return TaggedColumns(TaggedWorld(split), columns)
    if source.startswith(_NLTK):
        return TaggedColumns(read_nltk_tagged(source.removeprefix(_NLTK)), columns)
    if source in names():
        raise ValueError(
            f"{source} has no tags: take smallworld, nltk:treebank or a file of columns"
        )
    if source != "-" and (not source or not pathlib.Path(source).exists()):
        raise FileNotFoundError(not_found(source))
    return read_tagged(source, columns, encoding, comments)


def open_tagged_splits(
    train: str,
    valid: str | None = None,
    test: str | None = None,
    columns: TagColumns = FIRST_AND_LAST,
    encoding: str = "utf-8",
    comments: bool = False,
) -> TaggedSplits:
    """Return the tagged corpus `train` with its validation and test text.

    `valid` and `test` are names or paths as for `open_tagged`, or shares to cut from the end of
    `train`, such as 0.1 or 10%. Left out, they are those of smallworld where `train` is; a tenth
    of any other; but no test text is cut off where `valid` names a text, as `train` is then taken
    to be training text alone. Errors as in `open_tagged`.
    """
    if [train, valid, test].count("-") > 1:
        raise ValueError("standard input (-) can be read once: give files for the other texts")
    corpus = open_tagged(train, columns, "train", encoding, comments)
    parts: dict[str, TaggedCorpus | None] = {}
    shares: dict[str, float | None] = {}
    kinds: tuple[tuple[Split, str | None], ...] = (("valid", valid), ("test", test))
    for label, given in kinds:
        name = train if given is None and train == _SMALLWORLD else given
        if name is None and label == "test" and "valid" in parts:
            parts[label] = None
        elif name is None or parse_share(name) is not None:
            shares[label] = parse_share(name) if name else None
        else:
            parts[label] = open_tagged(name, columns, label, encoding, comments)
    rest, *held_out = cut_off_sentences(corpus, shares) if shares else [corpus]
    parts |= dict(zip(shares, held_out, strict=True))
    assert parts["valid"] is not None
    return TaggedSplits(rest, parts["valid"], parts["test"])
