"""Opening a tagged corpus by whatever the user calls it, and its validation and test text."""

import pathlib

from seqkit.corpora.catalogue import names, not_found
from seqkit.corpora.columns import FIRST_AND_LAST, TagColumns
from seqkit.corpora.corpus import Split, Splits
from seqkit.corpora.downloadable import is_download
from seqkit.corpora.nltk_corpora import read_nltk_tagged
from seqkit.corpora.splitting import held_out
from seqkit.corpora.tagged import TaggedColumns, TaggedCorpus, read_tagged
from seqkit.corpora.tagged_splitting import cut_off_sentences

_NLTK = "nltk:"
_SMALLWORLD = "smallworld"


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
    if source in names() or is_download(source):
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
) -> Splits[TaggedCorpus]:
    """Return the tagged corpus `train` with its validation and test text.

    `valid` and `test` are names or paths as for `open_tagged`, or shares to cut from the end of
    `train`, such as 0.1 or 10%. Left out, they are those of smallworld where `train` is; a tenth
    of any other; but no test text is cut off where `valid` names a text, as `train` is then taken
    to be training text alone. Errors as in `open_tagged`.
    """
    wanted = held_out(train, valid, test, train == _SMALLWORLD)
    corpus = open_tagged(train, columns, "train", encoding, comments)
    parts: dict[str, TaggedCorpus] = {
        label: open_tagged(name, columns, label, encoding, comments)
        for label, name in wanted.texts.items()
    }
    rest, *cut = cut_off_sentences(corpus, wanted.shares) if wanted.shares else [corpus]
    parts |= dict(zip(wanted.shares, cut, strict=True))
    return Splits(rest, parts["valid"], parts.get("test"))
