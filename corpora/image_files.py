"""One PNG or JPEG file to pixels, through Pillow, which is an extra."""

import os
import pathlib
import warnings
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".png", ".jpg", ".jpeg")
DENSEST = 8 * 1032
"""Pixels: no more are packed into a byte; those of 1 bit, deflated, are the smallest."""
_GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L")


def read_image(
    path: str | os.PathLike[str], channels: int | None = None
) -> tuple[NDArray[np.uint8], int]:
    """Return the pixels of a PNG or JPEG file, (Y, X, C) uint8, and how many channels it had.

    An image comes as people see it: turned as its camera says, and what is transparent laid on
    white. 16 bits become 8. With `channels` 1 it is made grey (ITU-R 601-2), with 3 red, green
    and blue; by default it has 1 where the file is grey, else 3, palettes too.

    Raises:
        RuntimeError: Pillow is not installed.
        OSError: the file cannot be opened.
        ValueError: it is damaged, cut off, no PNG or JPEG, or so large that it may be a
            decompression bomb.
    """
    try:
        import PIL.Image
    except ImportError as error:
        raise RuntimeError('images need Pillow: pip install "seqkit[images]"') from error
    assert channels in (None, 1, 3)
    place = pathlib.Path(path)
    bombs = (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError)
    with place.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd headers; pixels that are damaged are errors
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            image, own = _unpacked(file)
        except bombs:
            raise ValueError(
                f"{place} has more pixels than are safe to unpack; give a smaller image"
            ) from None
        except Exception as error:  # Pillow's decoders raise a dozen kinds over damaged files
            reason = _reason(error)
            raise ValueError(f"{place} is damaged, or no PNG or JPEG ({reason}); mend it") from None
    mode = "L" if (channels or own) == 1 else "RGB"
    pixels = np.array(image.convert(mode))  # (Y, X) or (Y, X, 3)
    return pixels.reshape(image.height, image.width, -1), own


def _unpacked(file: IO[bytes]) -> "tuple[Image, int]":
    """Return the image that people see, of 8 bits a channel, and how many channels it had."""
    import PIL.Image
    import PIL.ImageOps

    with PIL.Image.open(file, formats=("PNG", "JPEG")) as opened:
        if opened.width * opened.height > DENSEST * os.fstat(file.fileno()).st_size:
            raise ValueError(f"too short for {opened.height} x {opened.width} pixels")
        image = PIL.ImageOps.exif_transpose(opened)
    own = 1 if image.mode in _GREY else 3
    if image.mode.startswith("I"):
        image = PIL.Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        white = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(white, image.convert("RGBA"))
    return image, own


def _reason(error: Exception) -> str:
    """Say in a line what Pillow found."""
    found = "cannot be identified" if "identify" in str(error) else str(error)
    return " ".join(found.split())[:120] or type(error).__name__
