"""Opening a parallel corpus by whatever the user calls it, and its validation and test text."""

import pathlib

from seqkit.corpora.catalogue import names, not_found
from seqkit.corpora.corpus import Split, Splits
from seqkit.corpora.downloadable import files_of, has_part, is_download
from seqkit.corpora.parallel import ParallelCorpus, read_parallel
from seqkit.corpora.parallel_built_in import PARALLEL, open_built_in_pairs
from seqkit.corpora.parallel_splitting import hold_out_pairs
from seqkit.corpora.splitting import parse_share

_Files = tuple[str, str] | str | None  # two paths; a share, or a built-in corpus; not given


def open_parallel(
    source: str,
    target: str | None = None,
    split: Split = "train",
    encoding: str = "utf-8",
) -> ParallelCorpus:
    """Return the parallel corpus called `source`, or the pairs of two files.

    `source` alone is `smallworld` (its `split`), English and a made-up second language, or
    `dates`, dates as people write them and in ISO 8601, or the name of a downloaded corpus. With a
    `target` both are paths of files as `ParallelFiles` reads them, plain or gzip; one of them may
    be `-` for standard input. Raises ValueError or an OSError such as FileNotFoundError that says
    in one line what is wrong.
    """
    if source in PARALLEL or is_download(source):
        if target is not None:
            raise ValueError(f"{source} has both sides: leave {target} out, or say ./{source}")
        if source not in PARALLEL:
            sources, targets = files_of(source, "parallel", split)
            return read_parallel(sources, targets, encoding)
        return open_built_in_pairs(source, split)
    if source in names() or source.startswith("nltk:"):
        choices = " or ".join(PARALLEL)
        raise ValueError(f"{source} has no translations: take {choices}, or give two files")
    for path in (source, target):
        if path is not None and path != "-" and not (path and pathlib.Path(path).exists()):
            raise FileNotFoundError(not_found(path))
    if target is None:
        raise ValueError(
            f"{source} is one side alone: give both files, the source and the target text"
        )
    return read_parallel(source, target, encoding)


def open_parallel_splits(
    source: str,
    target: str | None = None,
    valid: _Files = None,
    test: _Files = None,
    encoding: str = "utf-8",
) -> Splits[ParallelCorpus]:
    """Return a parallel corpus with its validation and test text.

    `source` and `target` as for `open_parallel`. `valid` and `test` are two files each, the name of
    a built-in corpus, or a share to hold out, such as 0.1 or 10%, by the fixed rule of
    `hold_out_pairs`. Left out, they are those of a built-in corpus; a tenth of any other; but no
    test text is held out where `valid` names a text, as the other is then taken to be training
    text alone. Errors as in `open_parallel`.
    """
    files = [source, target]
    for given in (valid, test):
        files += given if isinstance(given, tuple) else []
    if files.count("-") > 1:
        raise ValueError("standard input (-) is one text: give files for the others")
    corpus = open_parallel(source, target, "train", encoding)
    parts: dict[str, ParallelCorpus | None] = {}
    shares: dict[str, float | None] = {}
    kinds: tuple[tuple[Split, _Files], ...] = (("valid", valid), ("test", test))
    for label, given in kinds:
        has_own = source in PARALLEL or has_part(source, label)
        text = source if given is None and has_own else given
        if text is None and label == "test" and "valid" in parts:
            parts[label] = None
        elif isinstance(text, tuple):
            parts[label] = open_parallel(*text, label, encoding)
        elif text is None or parse_share(text) is not None:
            shares[label] = parse_share(text) if text else None
        else:
            parts[label] = open_parallel(text, None, label, encoding)
    rest, *held_out = hold_out_pairs(corpus, shares) if shares else [corpus]
    parts |= dict(zip(shares, held_out, strict=True))
    assert parts["valid"] is not None
    return Splits(rest, parts["valid"], parts["test"])
