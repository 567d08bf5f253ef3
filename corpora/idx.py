"""IDX files, the form that MNIST comes in: an array behind a header of its type and dimensions.

Two zero bytes, a byte for the type, a byte for the number of dimensions, then each dimension as
four bytes and the items, all big-endian (http://yann.lecun.com/exdb/mnist, "the IDX file format").
"""

import gzip
import io
import math
import os
import pathlib
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqkit.corpora.image_arrays import from_arrays
from seqkit.corpora.images import DEFLATE, LARGEST, LabelledImages, too_large

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""NumPy's names of the types that an IDX file may hold, by their byte."""
_MOST = 8  # dimensions
_BLOCK = 1 << 20  # bytes


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Return the array of an IDX file, plain or gzip, in the machine's byte order.

    The header is checked against the size of the file before memory is taken. Raises an OSError
    for a file that cannot be opened, and ValueError, naming file and fault, for one that is no
    IDX file, ends early or goes on behind its last item.
    """
    place = pathlib.Path(path)
    if place.exists() and not place.is_file():
        raise ValueError(f"{place} is no plain file: give an IDX file")
    try:
        with place.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not packed:
                return _read(file, place, size)
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                return _read(unpacked, place, size * DEFLATE)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{place} is a damaged gzip file ({reason}); get it again") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise type(error)(f"{place} cannot be read: {reason}; check its name") from None


def _read(file: io.BufferedIOBase, place: pathlib.Path, most: int) -> NDArray[Any]:
    """Return the array of an unpacked stream of at most `most` bytes."""
    kind, shape = _header(file, place)
    said = f"{' x '.join(map(str, shape))} items of {kind.itemsize} bytes"
    size = math.prod(shape) * kind.itemsize
    if size > most:
        raise ValueError(f"{place} ends early: its header says {said}; get it again")
    if size > LARGEST:
        raise ValueError(f"{place}: {too_large(size)}")
    data = np.empty(size, np.uint8)  # (bytes)
    rest = data.data
    while rest:
        count = file.readinto(rest[:_BLOCK])
        if not count:
            raise ValueError(
                f"{place} ends early: its header says {said}, {len(rest):,} bytes are missing; "
                "get it again"
            )
        rest = rest[count:]
    if file.read(1):
        raise ValueError(f"{place} goes on behind the {said} its header says; get it again")
    return data.view(kind).reshape(shape).astype(kind.newbyteorder("="), copy=False)


def _header(file: io.BufferedIOBase, place: pathlib.Path) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return the type of the items and the dimensions."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise ValueError(
            f"{place} is no IDX file: it begins with {magic.hex(' ') or 'nothing'}; give IDX "
            "images, a .npz of arrays, or a folder with a sub-folder of images for each class"
        )
    dimensions = magic[3]
    if not 1 <= dimensions <= _MOST:
        raise ValueError(f"{place}: {dimensions} dimensions; an IDX file has 1 to {_MOST} here")
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise ValueError(f"{place} ends early, inside its header; get it again")
    shape = struct.unpack(f">{dimensions}I", sizes)
    if 0 in shape:
        raise ValueError(f"{place} holds nothing: its header says {' x '.join(map(str, shape))}")
    return np.dtype(TYPES[magic[2]]), shape


def idx_blocks(array: NDArray[np.uint8]) -> Iterator[bytes]:
    """Yield the bytes of an IDX file of an array of uint8 with 1 to 8 dimensions."""
    assert array.dtype == np.uint8 and 1 <= array.ndim <= _MOST
    yield struct.pack(f">2xBB{array.ndim}I", 0x08, array.ndim, *array.shape)
    yield array.tobytes()


def read_idx_images(
    images: str | os.PathLike[str], labels: str | os.PathLike[str] | None = None
) -> LabelledImages:
    """Return the images of an IDX file with the labels of another; both plain or gzip.

    Images are (N, Y, X) or (N, Y, X, C) uint8, labels N whole numbers, which are the names of the
    classes: "0" to "9". Labels that are not given are looked for beside the images under the
    usual name: train-labels-idx1-ubyte.gz for train-images-idx3-ubyte.gz. Errors as in `read_idx`
    and `LabelledImages`, and FileNotFoundError where there are no labels.
    """
    place = pathlib.Path(images)
    pixels = read_idx(place)
    if pixels.ndim == 1:
        raise ValueError(f"{place} holds one row of numbers, as labels are: give the images")
    beside = labels_beside(place) if labels is None else pathlib.Path(labels)
    numbers = read_idx(beside)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise ValueError(
            f"{beside} holds no labels but {numbers.dtype} of shape {numbers.shape}; give an IDX "
            "file of one whole number an image"
        )
    if len(numbers) != len(pixels):
        raise ValueError(
            f"{place} has {len(pixels):,} images but {beside} {len(numbers):,} labels; give the "
            "files that belong together"
        )
    return from_arrays(pixels, numbers, place.name, str(place))


def labels_beside(images: pathlib.Path) -> pathlib.Path:
    """Return where the labels of an IDX file of images usually are; FileNotFoundError if not."""
    name = images.name.removesuffix(".gz").replace("idx3", "idx1").replace("idx4", "idx1")
    usual = name.replace("images", "labels")
    for path in (images.with_name(usual), images.with_name(f"{usual}.gz")):
        if "images" in name and path.is_file():
            return path
    looked = f"no {usual} beside it" if "images" in name else 'no "images" in its name'
    raise FileNotFoundError(f"{images}: {looked}, so its labels were not found; give their file")
