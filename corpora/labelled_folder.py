"""Labelled texts out of a folder: a sub-folder of texts, or a file of lines, for each label."""

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from seqkit.corpora.decoding import check_encoding, read_pieces
from seqkit.corpora.labelled import to_record
from seqkit.corpora.labelled_lines import Row, read_lines
from seqkit.corpora.readers import TextFiles
from seqkit.corpora.records import Labelled

UNLABELLED = ("unsup", "unlabelled", "unlabeled")
"""Sub-folders of texts that nobody labelled, as the Large Movie Review Dataset has one."""
_SPLITS = ("train", "test", "valid", "dev", "val")
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, eq=False)
class LabelledFolders:
    """A sub-folder for each label, and in it a file, plain or gzip, for each text.

    Texts come by label, then by name of file; those beginning with a dot are left out, and so is
    what stands beside the sub-folders. `line` of a record is its number among them.

    Raises:
        ValueError: an empty text, or one that is not in `encoding`; the file is named.
    """

    folder: pathlib.Path
    paths: tuple[pathlib.Path, ...]
    left_out: tuple[str, ...] = ()
    encoding: str = "utf-8"
    synthetic: bool = False

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        next(iter(self))

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.resolve().name

    @property
    def source(self) -> str:
        """Where the folder is."""
        return str(self.folder)

    @property
    def description(self) -> str:
        """What the text is."""
        return f"labelled text, {len(self.paths):,} files in a folder for each label"

    def __iter__(self) -> Iterator[Labelled]:
        """Yield the texts in order; one is held in memory."""
        for number, path in enumerate(self.paths, start=1):
            text = "".join(read_pieces(path, str(path), self.encoding, _BLOCK))
            yield _record(Row(number, text.replace("\r\n", "\n"), (path.parent.name,)), str(path))

    def place(self, record: Labelled) -> str:
        """Say where a record stands, for errors."""
        return str(self.paths[record.line - 1])

    def warnings(self) -> list[str]:
        """Say which sub-folders were left out."""
        return [
            f"{self.folder / name} is left out: by its name its texts have no labels"
            for name in self.left_out
        ]


@dataclass(frozen=True, eq=False)
class LabelledLines:
    """A file for each label, plain or gzip, and in it a text a line; blank lines are none.

    Texts come by label, then in the order of the file. A label is the name of a file up to its
    first dot; where two files would so have the same, all of its name.

    Raises:
        ValueError: a file without text or not in `encoding`; it is named.
    """

    folder: pathlib.Path
    files: dict[str, TextFiles]
    synthetic: bool = False

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.resolve().name

    @property
    def source(self) -> str:
        """Where the folder is."""
        return str(self.folder)

    @property
    def description(self) -> str:
        """What the text is."""
        return f"labelled text, a file for each of {len(self.files):,} labels"

    def __iter__(self) -> Iterator[Labelled]:
        """Yield the texts in order; one is held in memory."""
        for label, file in self.files.items():
            for number, line in read_lines(file):
                if line.strip():
                    yield _record(Row(number, line, (label,)), file.source)

    def place(self, record: Labelled) -> str:
        """Say where a record stands, for errors."""
        return f"{self.files[record.labels[0]].source}, line {record.line}"

    def warnings(self) -> list[str]:
        """Nothing: what cannot be read as it stands is refused."""
        return []


def read_labelled_folder(
    folder: pathlib.Path, encoding: str = "utf-8"
) -> LabelledFolders | LabelledLines:
    """Return the labelled texts of a folder, by its sub-folders, or by its files if it has none.

    Raises ValueError for a folder of splits, one without texts, and as the classes do.
    """
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    labels = [path for path in inside if path.is_dir()]
    splits = [path.name for path in labels if path.name in _SPLITS]
    if splits:
        raise ValueError(
            f"{folder} holds {' and '.join(splits)}, which are no labels: give {folder / splits[0]}"
        )
    left_out = tuple(path.name for path in labels if path.name in UNLABELLED)
    wanted = [path for path in labels if path.name not in UNLABELLED]
    paths = [file for label in wanted for file in _files(label)]
    if paths:
        return LabelledFolders(folder, tuple(paths), left_out, encoding)
    files = [path for path in inside if path.is_file()]
    if labels or not files:
        raise ValueError(
            f"{folder} holds no labelled texts: give a sub-folder of texts, or a file of lines, "
            "for each label"
        )
    return LabelledLines(folder, _texts(files, encoding))


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def _texts(files: list[pathlib.Path], encoding: str) -> dict[str, TextFiles]:
    """Return the files by their labels."""
    short = [path.name.split(".")[0] for path in files]
    names = short if len(set(short)) == len(short) else [path.name for path in files]
    return {
        name: TextFiles((path,), path.name, str(path), encoding)
        for name, path in zip(names, files, strict=True)
    }


def _record(row: Row, place: str) -> Labelled:
    try:
        return to_record(row)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
