"""Labelled images out of a folder: a sub-folder of PNG or JPEG files for each class."""

import os
import pathlib

import numpy as np
from numpy.typing import NDArray

from seqkit.corpora.image_files import ENDINGS, read_image
from seqkit.corpora.images import LARGEST, LabelledImages, counted, too_large

_SPLITS = ("train", "test", "valid", "dev", "val")


def read_image_folder(
    folder: str | os.PathLike[str], channels: int | None = None
) -> LabelledImages:
    """Return the images of a folder; the name of the sub-folder that a file is in is its label.

    Images come by label, then by name of file. Those of one folder have one size; each gets the
    channels, 1 or 3, of the first, or as many as `channels` says; how many were made grey or
    colour is told in the warnings, and so is how many files were left out: hidden ones, other
    endings, and what lies beside or below the sub-folders.

    Raises:
        RuntimeError: Pillow is not installed.
        ValueError: a folder of splits, fewer than two classes, a class without images, images of
            different sizes, more than LARGEST bytes of pixels; and as `read_image` does. The
            first file that is wrong is named.
    """
    place = pathlib.Path(folder)
    classes = sorted(path for path in place.iterdir() if path.is_dir() and not _hidden(path))
    if splits := [path for path in classes if path.name in _SPLITS]:
        named = " and ".join(path.name for path in splits)
        raise ValueError(f"{place} holds {named}, which are no classes: give {splits[0]}")
    paths, left_out = list[pathlib.Path](), len(list(place.iterdir())) - len(classes)
    for path in classes:
        inside = sorted(path.iterdir())
        images = [file for file in inside if _is_image(file)]
        if not images:
            raise ValueError(f"{path} holds no {_ENDED} file: give it images, or remove it")
        paths += images
        left_out += len(inside) - len(images)
    if len(classes) < 2:
        found = f"one class alone, {classes[0].name}" if classes else "no classes"
        raise ValueError(f"{place} holds {found}: give a sub-folder of images for each class")
    pixels, remarks = _pixels(paths, channels)
    if left_out:
        files = f"{counted(left_out, 'file')} {'is' if left_out == 1 else 'are'}"
        remarks.append(f"{place}: {files} left out, being hidden or no {_ENDED} file of a class")
    return LabelledImages(
        place.resolve().name,
        f"{len(paths):,} images in a folder for each of {len(classes):,} classes",
        str(place),
        False,
        pixels,
        tuple(path.parent.name for path in paths),
        tuple(map(str, paths)),
        tuple(remarks),
    )


_ENDED = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"


def _hidden(path: pathlib.Path) -> bool:
    return path.name.startswith(".")


def _is_image(path: pathlib.Path) -> bool:
    return path.suffix.lower() in ENDINGS and not _hidden(path) and path.is_file()


def _pixels(paths: list[pathlib.Path], wanted: int | None) -> tuple[NDArray[np.uint8], list[str]]:
    """Return the pixels of all files, (N, Y, X, C), and a remark where colours were changed."""
    folder = paths[0].parent.parent
    first, channels = read_image(paths[0], wanted)
    channels, changed = wanted or channels, 0
    if (size := len(paths) * first.size) > LARGEST:
        raise ValueError(f"{folder}: {too_large(size)}")
    pixels = np.empty((len(paths), *first.shape), np.uint8)  # (N, Y, X, C)
    for k, path in enumerate(paths):
        image, own = read_image(path, channels)
        if image.shape != first.shape:
            one, other = (f"{height} x {width}" for height, width, _ in (image.shape, first.shape))
            raise ValueError(
                f"{path} is {one}, but {paths[0]} {other} (height x width): make all images of one "
                "size, nothing is resized here"
            )
        pixels[k] = image
        changed += own != channels
    if not changed:
        return pixels, []
    said = f"{counted(changed, 'image')} {'was' if changed == 1 else 'were'} made"
    why = "asked for" if wanted else f"{paths[0]} is"
    return pixels, [f"{folder}: {said} {'grey' if channels == 1 else 'colour'}, as {why}"]
