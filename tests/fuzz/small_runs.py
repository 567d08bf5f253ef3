"""A small finished run of each kind, to be damaged; each takes about a second to train."""

import contextlib
import gzip
import io
import pathlib
import struct

import numpy as np

from seqkit.cli.main import run
from tests.cli.taggers import as_columns, sentences
from tests.tasks import classified, texts, translated

PACE = ["--epochs", "1", "--threads", "1", "--device", "cpu"]
NET = [*PACE, "--hidden", "4", "--embed", "4"]
WINDOWS = ["--layers", "1", "--batch-size", "4", "--bptt", "10"]
WORDS = ["--dim", "4", "--window", "2", "--min-count", "1", "--negative", "2", "--epochs", "1"]


def train(folder: pathlib.Path, kind: str) -> pathlib.Path:
    """The folder of a run of this kind, trained in `folder`; RuntimeError where that fails."""
    out = folder / kind
    if out.exists():
        return out
    with contextlib.redirect_stdout(io.StringIO()):
        code = run([*map(str, _arguments(folder, kind)), "--quiet", "--out", str(out)])
    if code:
        raise RuntimeError(f"the training of {kind} ended with {code}")
    for sums in out.rglob("SHA256SUMS"):  # which a stranger leaves out, or makes to fit
        sums.unlink()
    return out


KINDS = (
    *("language", "subwords", "tagger", "reader", "linear", "averaged", "wide", "tuned"),
    *("translator", "images", "siamese", "words"),
)


def _arguments(folder: pathlib.Path, kind: str) -> list[object]:
    """The training command of a kind."""
    match kind:
        case "language":
            return ["train-lm", _prose(folder), *NET, *WINDOWS]
        case "subwords":
            subwords = ["--level", "subword", "--vocab-size", "270"]
            return ["train-lm", _prose(folder), *subwords, *NET, *WINDOWS]
        case "tagger":
            return ["train-tagger", _columns(folder), *NET]
        case "reader":
            return ["train-tagger", _columns(folder), *NET, "--encoder", train(folder, "language")]
        case "linear" | "averaged":
            return ["train-classifier", _rows(folder), "--model", kind]
        case "wide":
            return ["train-classifier", _rows(folder), *NET, "--wide"]
        case "tuned":
            encoder = ["--encoder", train(folder, "language")]
            return ["train-classifier", _rows(folder), *PACE, *encoder]
        case "translator":
            return ["train-translator", *_pairs(folder), *NET, "--min-count", "1"]
        case "images":
            layers = "conv 2x3 same, bn, relu, pool 2, flatten, dense 2"
            return ["train-image", _images(folder), *PACE, "--layers", layers]
        case "siamese":
            siamese = ["--model", "siamese", "--layers", "conv 2x3, relu, flatten"]
            return ["train-image", _images(folder), *PACE, *siamese]
        case "words":
            return ["train-word2vec", _prose(folder), *WORDS]
    raise AssertionError(kind)


def _prose(folder: pathlib.Path) -> pathlib.Path:
    return texts.write(folder / "prose.txt", 60)


def _columns(folder: pathlib.Path) -> pathlib.Path:
    path = folder / "names.conll"
    path.write_text(as_columns(sentences(40)))
    return path


def _rows(folder: pathlib.Path) -> pathlib.Path:
    return classified.write(folder / "rows.tsv", 60)


def _pairs(folder: pathlib.Path) -> list[pathlib.Path]:
    paths = [folder / "text.en", folder / "text.xx"]
    pairs = translated.sentences()[:60]
    for path, lines in zip(paths, zip(*pairs, strict=True), strict=True):
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return paths


def _images(folder: pathlib.Path) -> pathlib.Path:
    """40 images of 6 x 6, dark or light, in IDX."""
    draw = np.random.default_rng(0)
    labels = np.arange(40, dtype=np.uint8) % 2
    pixels = (draw.integers(0, 90, (40, 6, 6)) + 120 * labels[:, None, None]).astype(np.uint8)
    for name, array in (("x-images-idx3-ubyte", pixels), ("x-labels-idx1-ubyte", labels)):
        head = struct.pack(f">2xBB{array.ndim}I", 8, array.ndim, *array.shape)
        (folder / f"{name}.gz").write_bytes(gzip.compress(head + array.tobytes(), 1, mtime=0))
    return folder / "x-images-idx3-ubyte.gz"
