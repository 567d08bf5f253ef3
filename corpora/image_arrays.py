"""Labelled images out of arrays, in memory or in a .npz file."""

import math
import os
import pathlib
import zipfile
from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from seqkit.corpora.images import DEFLATE, LARGEST, LabelledImages, too_large

_IMAGES, _LABELS = "images", "labels"


def from_arrays(
    pixels: NDArray[Any],
    labels: NDArray[Any] | Sequence[str] | Sequence[int],
    name: str,
    source: str | None = None,
) -> LabelledImages:
    """Return images that are in memory.

    Args:
        pixels: (N, Y, X, C), or (N, Y, X) for one channel, uint8; they are not copied.
        labels: N names, or whole numbers, which become names.
        name: what to call them.
        source: where they come from, for errors; by default the name.

    Raises:
        ValueError: arrays of other types or shapes; and as `LabelledImages` does.
    """
    source = source or name
    names = np.asarray(labels)
    if names.ndim != 1 or (names.size and names.dtype.kind not in "iuU"):
        raise ValueError(
            f"{source}: labels are {names.dtype} of shape {names.shape}; give one whole number or "
            "name for each image"
        )
    if pixels.ndim == 3:
        pixels = pixels[..., np.newaxis]  # (N, Y, X, 1)
    height, width, channels = pixels.shape[1:] if pixels.ndim == 4 else (0, 0, 0)
    described = f"images of {height} x {width} with {channels} channel{'s' * (channels != 1)}"
    texts = tuple(str(label) for label in names.tolist())
    return LabelledImages(name, described, source, False, pixels, texts)


def read_npz(path: str | os.PathLike[str]) -> LabelledImages:
    """Return the images of a .npz file with the arrays `images` and `labels`, as `from_arrays`.

    Headers are checked against the size of the file before memory is taken, and nothing is
    unpickled. Raises an OSError for a file that cannot be opened, and ValueError, naming it, for
    one that is damaged or holds something else.
    """
    place = pathlib.Path(path)
    with place.open("rb") as file:
        arrays = _arrays(file, place, (_IMAGES, _LABELS))
    return from_arrays(arrays[_IMAGES], arrays[_LABELS], place.name, str(place))


def read_npz_pixels(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Return the pixels (N, Y, X, C) of a .npz file that needs no labels; as `read_npz`."""
    place = pathlib.Path(path)
    with place.open("rb") as file:
        pixels = _arrays(file, place, (_IMAGES,))[_IMAGES]
    unknown = ["?"] * len(pixels) if pixels.ndim else []
    return from_arrays(pixels, unknown, place.name, str(place)).pixels


def _arrays(file: IO[bytes], place: pathlib.Path, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            held = [name.removesuffix(".npy") for name in archive.namelist()]
            if missing := [name for name in wanted if name not in held]:
                found = " and ".join(sorted(held)[:8]) or "nothing"
                raise _UnfitError(
                    f"no array {missing[0]!r}, it holds {found}; save {' and '.join(wanted)}"
                )
            most = os.fstat(file.fileno()).st_size
            return {name: _array(archive, name, most) for name in wanted}
    except _UnfitError as error:
        raise ValueError(f"{place}: {error}") from None
    except Exception as error:  # zipfile and NumPy raise a dozen kinds over damaged files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{place} is no .npz file, or a damaged one: {reason[:200]}") from None


class _UnfitError(ValueError):
    """What is wrong with an archive that is whole; the file is still to be named."""


def _array(archive: zipfile.ZipFile, name: str, most: int) -> NDArray[Any]:
    """Return an array of the archive, a file of `most` bytes; its header is checked first."""
    member = archive.getinfo(f"{name}.npy")
    with archive.open(member) as file:
        version = npy.read_magic(file)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, _, kind = read(file)
        size = math.prod(shape) * kind.itemsize
        if kind.kind not in "uifbU":  # an object would have to be unpickled
            raise _UnfitError(
                f"{name} are {kind}; save pixels as uint8, labels as numbers or names"
            )
        wrong = min(shape, default=0) < 0 or size != member.file_size - file.tell()
        if wrong or size > most * DEFLATE:
            raise _UnfitError(f"{name} have another size than their header says; save them again")
        if size > LARGEST:
            raise _UnfitError(too_large(size))
    with archive.open(member) as file:
        array = npy.read_array(file)
    if kind.kind == "U" and (np.ascontiguousarray(array).view(kind.str[0] + "u4") > 0x10FFFF).any():
        raise _UnfitError(f"{name} hold what are no characters; save them again")
    return array
