"""The table of built-in corpora, and opening a corpus by whatever the user calls it."""

import difflib
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from seqkit.corpora.corpus import Corpus, Split, Splits
from seqkit.corpora.download_table import DOWNLOADS
from seqkit.corpora.downloadable import files_of, is_download, own_parts
from seqkit.corpora.image_built_in import IMAGES, idx_files, open_built_in_images
from seqkit.corpora.nltk_corpora import installed, is_tagged, read_nltk
from seqkit.corpora.parallel_built_in import PARALLEL, open_built_in_pairs, sides_of
from seqkit.corpora.pydocs import Pydocs
from seqkit.corpora.readers import read_path, read_stdin
from seqkit.corpora.splitting import cut_off, held_out
from seqkit.corpora.storage import write_whole

_NLTK = "nltk:"
_VERSIONS = {"smallworld": "smallworld-1", "smallworld-2": "smallworld-2"}


@dataclass(frozen=True, slots=True)
class Row:
    """What there is to know of a corpus without reading it."""

    name: str
    task: str
    source: str
    licence: str
    sha256: str
    counts: str
    description: str


BUILT_IN = (
    Row(
        "smallworld",
        "language model, tagger, classifier, translator",
        "synthetic, drawn here from a probabilistic grammar",
        "MIT, as seqkit",
        "differs by seed and size",
        "100,000 training sentences, or as many as you ask for",
        "a small invented world in simple English, its entropy known exactly",
    ),
    Row(
        "smallworld-2",
        "word vectors",
        "synthetic, drawn here from a probabilistic grammar",
        "MIT, as seqkit",
        "differs by seed and size",
        "100,000 training sentences, or as many as you ask for",
        "the same world, told so that rank, sex, number and degree show",
    ),
    Row(
        "pydocs",
        "language model",
        "the documentation of the Python that runs seqkit, read on this machine",
        "PSF License Version 2 (nothing is redistributed)",
        "differs by Python version",
        "about 12,000 sentences, 170,000 words",
        "real technical English, one sentence a line",
    ),
    Row(
        "dates",
        "translator",
        "synthetic, drawn here from the days of 1900 to 2099",
        "MIT, as seqkit",
        "differs by seed and size",
        "20,000 training pairs, or as many as you ask for",
        "dates written in English in many ways, and as 2026-11-21",
    ),
    Row(
        "shapes",
        "image classifier",
        "synthetic, drawn here at random places, sizes and angles",
        "MIT, as seqkit",
        "differs by seed and size",
        "6,000 training images, or as many as you ask for",
        "ten drawn shapes, 28 x 28 pixels in grey, with noise",
    ),
)


def rows() -> list[Row]:
    """Return the built-in corpora and those of NLTK whose data is on this machine."""
    found = [
        Row(
            _NLTK + name,
            "language model, tagger" if is_tagged(name) else "language model",
            "NLTK data on this machine",
            "see its README in NLTK data",
            "differs by NLTK data version",
            "counted when opened",
            f"the NLTK corpus {name}, one sentence a line",
        )
        for name in installed()
    ]
    return [*BUILT_IN, *found]


def names() -> list[str]:
    """Return the names of the built-in corpora."""
    return [row.name for row in BUILT_IN]


def open_corpus(source: str, encoding: str = "utf-8", split: Split = "train") -> Corpus:
    """Return the corpus called `source`.

    That is `-` for standard input, a built-in name (its `split`), `nltk:NAME`, the path of a
    file or folder, or the name of a downloaded corpus, looked for in this order; `./pydocs` is a
    path. Raises ValueError or an OSError such as FileNotFoundError that says in one line what is
    wrong.
    """
    if source == "-":
        return read_stdin(encoding)
    if source in names():
        return _built_in(source, split)
    if source.startswith(_NLTK):
        return read_nltk(source.removeprefix(_NLTK))
    if is_download(source):
        (path,) = files_of(source, "text", split)
        return read_path(path, encoding)
    if not source or not pathlib.Path(source).exists():
        raise FileNotFoundError(not_found(source))
    return read_path(source, encoding)


def open_splits(
    source: str, valid: str | None = None, test: str | None = None, encoding: str = "utf-8"
) -> Splits[Corpus]:
    """Return the corpus `source` with its validation and test text.

    `valid` and `test` are names or paths as for `open_corpus`, or shares to cut from the end of
    `source`, such as 0.1 or 10%. Left out, they are the splits that a built-in corpus has; a share
    (`splitting.default_share`) of any other; but no test text is cut off where `valid` names a
    text, as `source` is then taken to be training text alone. Errors as in `open_corpus`.
    """
    valid, test = own_parts(source, valid, test)
    wanted = held_out(source, valid, test, source in names())
    corpus = open_corpus(source, encoding)
    parts: dict[str, Corpus] = {
        label: open_corpus(name, encoding, label) for label, name in wanted.texts.items()
    }
    train, *cut = cut_off(corpus, wanted.shares) if wanted.shares else [corpus]
    parts |= dict(zip(wanted.shares, cut, strict=True))
    return Splits(train, parts["valid"], parts.get("test"))


def make(name: str, folder: str, sentences: int | None = None, seed: int = 0) -> list[pathlib.Path]:
    """Write train.txt, valid.txt and test.txt of the built-in corpus `name`; return their paths.

    smallworld has train.tagged.conll and train.reviews.tsv and so on too, and train.source and
    train.target, which dates has alone; smallworld and smallworld-2 have analogies.txt, questions
    about their words, the same for every text. shapes has IDX files instead, of images and labels.
    `sentences` and `seed` are for all but pydocs: the size of the training text (and how many
    reviews, pairs and images), and the draw. Each file is written whole or not at all; ValueError
    if one is there already.
    """
    if name not in names():
        raise ValueError(f"{name} is no built-in corpus: choose one of {', '.join(names())}")
    if name == "pydocs" and sentences is not None:
        raise ValueError("pydocs has the size it has: leave --sentences out, or make smallworld")
    splits: tuple[Split, ...] = ("train", "valid", "test")
    sizes = {"train": sentences}
    files: dict[str, Iterator[bytes]] = {}
    if name in IMAGES:
        for split in splits:
            files |= idx_files(open_built_in_images(name, split, sizes.get(split), seed), split)
    elif name != "dates":
        for split in splits:
            files[f"{split}.txt"] = _built_in(name, split, sizes.get(split), seed).blocks()
    if name == "smallworld":
        from seqkit.corpora.smallworld.reviews import Reviews
        from seqkit.corpora.smallworld.tagged import TaggedWorld

        for split in splits:
            size = sizes.get(split)
            files[f"{split}.tagged.conll"] = TaggedWorld(split, size, seed).blocks()
            files[f"{split}.reviews.tsv"] = Reviews(split, size, seed).blocks()
    if name in PARALLEL:
        for split in splits:
            pairs = open_built_in_pairs(name, split, sizes.get(split), seed)
            files[f"{split}.source"], files[f"{split}.target"] = sides_of(pairs)
    if name in _VERSIONS:
        from seqkit.corpora.smallworld.relations import analogies

        files["analogies.txt"] = iter([analogies(_VERSIONS[name]).encode()])
    paths = [pathlib.Path(folder, file) for file in files]
    for path in paths:
        if path.exists():
            raise ValueError(f"{path} is there already: choose another folder or remove it")
    for path, blocks in zip(paths, files.values(), strict=True):
        write_whole(path, blocks)
    return paths


def _built_in(name: str, split: Split, sentences: int | None = None, seed: int = 0) -> Corpus:
    if name == "pydocs":
        return Pydocs(split)
    if name in IMAGES:
        raise ValueError(f"{name} has images and no running text: take smallworld, or a file")
    if name not in _VERSIONS:
        raise ValueError(
            f"{name} has pairs for translators and no running text: take smallworld, or a file"
        )
    from seqkit.corpora.smallworld import SmallWorld

    return SmallWorld(split, sentences, seed, _VERSIONS[name])


def not_found(source: str) -> str:
    """Say that `source` is nothing, and what it may have meant."""
    place = pathlib.Path(source)
    beside = [path.name for path in place.parent.iterdir()] if place.parent.is_dir() else []
    choices = [*names(), *DOWNLOADS, *beside] if place.name == source else beside
    close = difflib.get_close_matches(place.name, choices)
    meant = [name if name in (*names(), *DOWNLOADS) else str(place.parent / name) for name in close]
    hint = f"did you mean {' or '.join(meant)}? " if meant else ""
    return (
        f"{source or 'an empty name'}: no such file, folder or corpus; {hint}"
        f"built in are {', '.join(names())}; nltk:NAME and - (standard input) work too"
    )
