"""Readers of images and of word vectors."""

import gzip
import io
import json
import pathlib
import struct

import numpy as np

from seqkit.corpora.idx import read_idx, read_idx_images
from seqkit.corpora.image_arrays import read_npz
from seqkit.corpora.image_files import read_image
from seqkit.corpora.image_folder import read_image_folder
from seqkit.vectors.files import load
from seqkit.vectors.tensor_file import write_tensor
from tests.fuzz.forms import in_gzip, in_json, in_png, in_safetensors, in_zip
from tests.fuzz.target import Target, of_file, put

PIXELS = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
IDX = struct.pack(">2xBB3I", 8, 3, *PIXELS.shape) + PIXELS.tobytes()
LABELS = struct.pack(">2xBBI", 8, 1, 2) + b"\0\1"
FLOATS = struct.pack(">2xBBI2d", 14, 1, 2, 0.5, 2.0)
WORDS = ("the", "fox", "caf\u00e9")
ROWS = np.array([[0.5, -1.25], [2, 3e-5], [1e3, 7]], np.float32)
TEXT = "3 2\n" + "".join(f"{word} {a:g} {b:g}\n" for word, (a, b) in zip(WORDS, ROWS, strict=True))
BINARY = b"3 2\n" + b"".join(
    word.encode() + b" " + row.tobytes() + b"\n" for word, row in zip(WORDS, ROWS, strict=True)
)
KEPT = {"format": "seqkit vectors", "version": 1, "types": list(WORDS), "counts": [3, 2, 1]}


def _npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, images=PIXELS, labels=np.array(["a", "b"]))
    return buffer.getvalue()


def _pickled_npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, images=PIXELS, labels=np.array(["a", {}], object))
    return buffer.getvalue()


def _picture(form: str, mode: str) -> bytes:
    import PIL.Image

    buffer = io.BytesIO()
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    PIL.Image.fromarray(grey).convert(mode).save(buffer, form)
    return buffer.getvalue()


def _tensors() -> bytes:
    buffer = io.BytesIO()
    write_tensor(buffer, "vectors", (3, 2), [ROWS])
    return buffer.getvalue()


def _beside(folder: pathlib.Path, data: bytes) -> object:
    put(folder, "x-labels-idx1-ubyte", LABELS)
    return read_idx_images(put(folder, "x-images-idx3-ubyte", data)).counts()


def _labels(folder: pathlib.Path, data: bytes) -> object:
    put(folder, "y-images-idx3-ubyte", IDX)
    return read_idx_images(folder / "y-images-idx3-ubyte", put(folder, "y-labels", data)).counts()


def _images(folder: pathlib.Path, data: bytes) -> object:
    place = folder / "images"
    for kind in ("a", "b"):
        (place / kind).mkdir(parents=True, exist_ok=True)
    put(place / "a", "1.png", _GOOD[0])
    put(place / "b", "2.png", data)
    return read_image_folder(place).counts()


_GOOD: list[bytes] = []


def _vectors(path: pathlib.Path) -> object:
    found = load(path)
    return len(found), found.most_similar([found.index_to_key[0]], topn=2)


def _words(folder: pathlib.Path, data: bytes) -> object:
    place = folder / "vectors"
    place.mkdir(exist_ok=True)
    put(place, "model.safetensors", _tensors())
    put(place, "vocabulary.json", data)
    return _vectors(place)


def _numbers(folder: pathlib.Path, data: bytes) -> object:
    place = folder / "vectors"
    place.mkdir(exist_ok=True)
    put(place, "vocabulary.json", json.dumps(KEPT).encode())
    put(place, "model.safetensors", data)
    return _vectors(place)


def image_targets() -> list[Target]:
    """Every reader of images."""
    pictures = [_picture("PNG", mode) for mode in ("L", "RGB", "P", "1", "LA", "I;16")]
    _GOOD[:] = pictures[:1]
    photographs = [_picture("JPEG", mode) for mode in ("L", "RGB")]
    arrays = [_npz(), _pickled_npz()]
    return [
        of_file("images.idx", [IDX, LABELS, FLOATS], read_idx, share=3),
        of_file("packed.idx.gz", [gzip.compress(IDX, 1, mtime=0)], read_idx, in_gzip, 2),
        Target("images beside labels", [IDX], _beside, ("x-images", "x-labels")),
        Target("labels of images", [LABELS], _labels, ("y-images", "y-labels")),
        of_file("arrays.npz", arrays, lambda path: read_npz(path).counts(), in_zip, 0.5),
        of_file("picture.png", pictures, read_image, in_png, 1),
        of_file("photograph.jpg", photographs, read_image, share=1),
        Target(
            "folder of images", pictures[:2], _images, ("2.png", "1.png", "images"), in_png, 0.5
        ),
    ]


def vector_targets() -> list[Target]:
    """Every reader of word vectors."""
    glove = TEXT.split("\n", 1)[1]
    packed = gzip.compress(TEXT.encode(), 1, mtime=0)
    return [
        of_file("words.vec", [TEXT, glove], _vectors, share=2),
        of_file("words.glove.txt", [glove], _vectors),
        of_file("words.vec.gz", [packed], _vectors, in_gzip, 0.5),
        of_file("words.bin", [BINARY], _vectors, share=3),
        of_file("words.bin.gz", [gzip.compress(BINARY, 1, mtime=0)], _vectors, in_gzip, 0.5),
        Target(
            "words of a folder",
            [json.dumps(KEPT).encode()],
            _words,
            ("vectors", "the vector of", "a vector holds"),
            in_json,
            1.0,
        ),
        Target(
            "numbers of a folder",
            [_tensors()],
            _numbers,
            ("vectors", "the vector of", "a vector holds"),
            in_safetensors,
            1.0,
        ),
    ]
