"""The images that `seqkit classify-image` is given: files, folders, IDX, .npz and built-in ones."""

import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seqkit.tasks.imaging.images import Images
    from seqkit.vision.shapes import Shape

TOGETHER = 256
"""Files that are read before they are answered."""


def read_given(source: str, shape: "Shape", index: int | None) -> Iterator["Images"]:
    """The images called `source`, without classes, some at a time.

    shape (C, Y, X) is that of the run's images. `index` chooses one, from 1, of an IDX file, a .npz
    or a built-in corpus. ValueError for what holds no images, and images of another size.
    """
    from seqkit.corpora.image_files import ENDINGS

    path = pathlib.Path(source)
    is_image = path.suffix.lower() in ENDINGS
    if path.is_dir() or is_image:
        if index is not None:
            raise ValueError(f"--index {index} goes with a file of many images, not with {source}")
        yield from _files(_paths(path), shape)
    else:
        yield _array(source, shape, index)


def _paths(path: pathlib.Path) -> list[pathlib.Path]:
    """A file, or those of a folder and of its folders, in order of their names."""
    from seqkit.corpora.image_files import ENDINGS

    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    shown = [
        p for p in found if not any(part.startswith(".") for part in p.parts[len(path.parts) :])
    ]
    if not shown:
        raise ValueError(f"{path} holds no {' or '.join(ENDINGS)} file: give images")
    return shown


def _files(paths: list[pathlib.Path], shape: "Shape") -> Iterator["Images"]:
    import numpy as np

    from seqkit.corpora.image_files import read_image
    from seqkit.tasks.imaging import unlabelled
    from seqkit.tasks.imaging.images import check_shape

    channels = shape[0] if shape[0] in (1, 3) else None
    for start in range(0, len(paths), TOGETHER):
        chosen = paths[start : start + TOGETHER]
        pixels = []
        for path in chosen:
            image, _ = read_image(path, channels)
            check_shape(unlabelled(image[np.newaxis], [str(path)], str(path)), shape)
            pixels.append(image)
        yield unlabelled(np.stack(pixels), [str(path) for path in chosen], str(paths[0].parent))


def _array(source: str, shape: "Shape", index: int | None) -> "Images":
    """Images that lie in one array, or one of them."""
    from seqkit.tasks.imaging import unlabelled
    from seqkit.tasks.imaging.images import check_shape

    pixels = _pixels(source)  # (N, Y, X, C)
    numbers = range(len(pixels))
    if index is not None:
        if not 1 <= index <= len(pixels):
            raise ValueError(f"--index {index}: {source} has the images 1 to {len(pixels):,}")
        pixels, numbers = pixels[index - 1 : index], range(index - 1, index)
    images = unlabelled(pixels, [f"{source}, image {k + 1}" for k in numbers], source)
    check_shape(images, shape)
    return images


def _pixels(source: str) -> "NDArray[np.uint8]":
    """The pixels of a file of many images, (N, Y, X, C); their labels are not needed."""
    import numpy as np

    from seqkit.corpora.downloadable import files_of, is_download
    from seqkit.corpora.idx import read_idx
    from seqkit.corpora.image_arrays import read_npz_pixels
    from seqkit.corpora.image_built_in import IMAGES, open_built_in_images

    if source in IMAGES:
        return open_built_in_images(source, "test").pixels
    if is_download(source):
        (source,) = files_of(source, "images", "test")
    if not pathlib.Path(source).exists():
        raise FileNotFoundError(f"{source}: no such file; give images, or a folder of them")
    if source.lower().endswith(".npz"):
        return read_npz_pixels(source)
    pixels = read_idx(source)
    if pixels.dtype != np.uint8 or pixels.ndim not in (3, 4):
        raise ValueError(f"{source} holds no images but {pixels.dtype} of shape {pixels.shape}")
    return pixels if pixels.ndim == 4 else pixels[..., np.newaxis]
