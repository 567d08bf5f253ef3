"""Finding a corpus by whatever it is called, and its validation and test text."""

import io
import re

import pytest

from seqkit.corpora.catalogue import make, names, open_corpus, open_splits, rows
from seqkit.corpora.idx import read_idx_images
from seqkit.corpora.image_built_in import open_built_in_images
from seqkit.corpora.parallel import read_parallel
from seqkit.corpora.parallel_built_in import open_built_in_pairs


def text_of(corpus):
    return b"".join(corpus.blocks()).decode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a text of 100 lines and one of a single line."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "long.txt").write_text("".join(f"line {number:02}\n" for number in range(100)))
    (work / "short.txt").write_text("a short text\n")
    return work


class Stdin:
    """A stand-in for sys.stdin."""

    def __init__(self, data):
        self.buffer = io.BytesIO(data)


def test_every_row_is_filled_in():
    for row in rows():
        assert all(getattr(row, field) for field in row.__slots__)
    every = ["smallworld", "smallworld-2", "pydocs", "dates", "shapes"]
    assert [row.name for row in rows()][:5] == names() == every


def test_what_a_name_stands_for(folder, tiny_pydocs, monkeypatch):
    monkeypatch.setattr("sys.stdin", Stdin(b"from stdin\n"))
    assert text_of(open_corpus("-")) == "from stdin\n"
    assert text_of(open_corpus("short.txt")) == "a short text\n"
    (folder / "pydocs").write_text("a file of that name")
    assert text_of(open_corpus("pydocs")) == tiny_pydocs["train"].decode()
    assert text_of(open_corpus("pydocs", split="test")) == tiny_pydocs["test"].decode()
    assert text_of(open_corpus("./pydocs")) == "a file of that name"
    (folder / "old.txt").write_bytes(b"caf\xe9")
    assert text_of(open_corpus("old.txt", "latin-1")) == "café"
    with pytest.raises(ValueError, match="nltk:brwn"):
        open_corpus("nltk:brwn")


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("smalworld", "did you mean smallworld or smallworld-2?"),
        ("pydoc", "did you mean pydocs?"),
        ("shrot.txt", "did you mean short.txt?"),
        ("./shrot.txt", "did you mean short.txt?"),
        (
            "deep/er/x.txt",
            "folder or corpus; built in are smallworld, smallworld-2, pydocs, dates, shapes;",
        ),
        ("", "an empty name: no such file"),
    ],
)
def test_names_of_nothing(folder, source, meant):
    with pytest.raises(FileNotFoundError, match=re.escape(meant)) as caught:
        open_corpus(source)
    assert "\n" not in str(caught.value)


def split_texts(*arguments, **options):
    splits = open_splits(*arguments, **options)
    parts = (splits.train, splits.valid, splits.test)
    return [None if part is None else text_of(part) for part in parts]


def test_a_file_has_parts_held_out(folder):
    text = (folder / "long.txt").read_text()
    assert split_texts("long.txt") == [text[:640], text[640:720], text[720:]]
    assert split_texts("long.txt", "20%", "0.25") == [text[:440], text[440:600], text[600:]]
    assert split_texts("long.txt", "20%") == [text[:560], text[560:720], text[720:]]
    assert split_texts("long.txt", None, ".2") == [text[:560], text[560:640], text[640:]]


def test_texts_that_are_given(folder):
    text, short = (folder / "long.txt").read_text(), "a short text\n"
    assert split_texts("long.txt", "short.txt", "short.txt") == [text, short, short]
    assert split_texts("long.txt", "short.txt") == [text, short, None]
    assert split_texts("long.txt", "short.txt", "10%") == [text[:720], short, text[720:]]
    assert split_texts("long.txt", None, "short.txt") == [text[:720], text[720:], short]


def test_built_in_corpora_bring_their_splits(folder, tiny_pydocs):
    train, valid, test = (tiny_pydocs[split].decode() for split in ("train", "valid", "test"))
    assert split_texts("pydocs") == [train, valid, test]
    assert split_texts("pydocs", "short.txt") == [train, "a short text\n", test]
    assert split_texts("pydocs", "0.45") == [*train.splitlines(keepends=True), test]
    assert split_texts("short.txt", "pydocs", "pydocs") == ["a short text\n", valid, test]


@pytest.mark.parametrize(
    ("valid", "test", "message"),
    [
        ("0", None, "--valid 0 is no share"),
        ("10", None, "--valid 10 is no share: give one between 0 and 0.5, like 0.1 or 10%"),
        ("60%", None, "--valid 0.6 is no share"),
        (None, "-0.1", "--test -0.1 is no share"),
        ("-", "-", "standard input (-) can be read once"),
        ("shrot.txt", None, "did you mean short.txt?"),
    ],
)
def test_splits_that_cannot_be(folder, valid, test, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)):
        open_splits("long.txt", valid, test)


def test_making_pydocs(tmp_path, tiny_pydocs):
    paths = make("pydocs", str(tmp_path / "made"))
    assert [path.name for path in paths] == ["train.txt", "valid.txt", "test.txt"]
    assert [path.read_bytes() for path in paths] == [*tiny_pydocs.values()]
    with pytest.raises(ValueError, match=r"train\.txt is there already: choose another folder"):
        make("pydocs", str(tmp_path / "made"))


def test_making_smallworld(tmp_path):
    first, again, other = (
        make("smallworld", str(tmp_path / name), sentences=30, seed=seed)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    splits = ("train", "valid", "test")
    assert [path.name for path in first] == [
        *(f"{split}.txt" for split in splits),
        *(f"{split}.{kind}" for split in splits for kind in ("tagged.conll", "reviews.tsv")),
        *(f"{split}.{side}" for split in splits for side in ("source", "target")),
        "analogies.txt",
    ]
    assert first[0].read_text().count("\n") == 30
    assert first[3].read_text().count("\n\n") == 30
    assert first[4].read_text().count("\n") == 30 + 1  # a header
    words = [line.split()[0] for line in first[3].read_text().split("\n")[:5]]
    assert first[0].read_text().startswith(" ".join(words))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert first[0].read_bytes() != other[0].read_bytes()
    assert open_corpus("smallworld").synthetic
    assert open_corpus("smallworld-2", split="test").name == "smallworld-2"


@pytest.mark.parametrize("name", ["smallworld", "dates"])
def test_making_pairs(tmp_path, name):
    made = {path.name: path for path in make(name, str(tmp_path), sentences=40, seed=1)}
    for split, size in (("train", 40), ("valid", None), ("test", None)):
        files = read_parallel(*(str(made[f"{split}.{side}"]) for side in ("source", "target")))
        pairs = list(open_built_in_pairs(name, split, size, seed=1))
        assert list(files) == pairs
        assert [pair.line for pair in files] == [pair.line for pair in pairs]
    if name == "dates":
        assert len(made) == 6


def test_pairs_are_no_running_text():
    for opened in (open_corpus, open_splits):
        with pytest.raises(ValueError, match="dates has pairs for translators and no running text"):
            opened("dates")


def test_making_shapes(tmp_path):
    paths = make("shapes", str(tmp_path), sentences=30, seed=1)
    assert [path.name for path in paths] == [
        f"{split}-{kind}-ubyte.gz"
        for split in ("train", "valid", "test")
        for kind in ("images-idx3", "labels-idx1")
    ]
    drawn, found = open_built_in_images("shapes", "train", 30, 1), read_idx_images(paths[0])
    assert (found.pixels == drawn.pixels).all()
    assert [drawn.classes[int(label)] for label in found.labels] == list(drawn.labels)
    again = make("shapes", str(tmp_path / "again"), sentences=30, seed=1)
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    assert len(read_idx_images(paths[4])) == 1_000


def test_images_are_no_running_text():
    for opened in (open_corpus, open_splits):
        with pytest.raises(ValueError, match="shapes has images and no running text: take small"):
            opened("shapes")


def test_what_cannot_be_made(tmp_path):
    with pytest.raises(ValueError, match="brown is no built-in corpus: choose one of smallworld"):
        make("brown", str(tmp_path))
    with pytest.raises(ValueError, match="pydocs has the size it has: leave --sentences out"):
        make("pydocs", str(tmp_path), sentences=5)
    assert list(tmp_path.iterdir()) == []
