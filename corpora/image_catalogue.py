"""Opening labelled images by whatever the user calls them, and their validation and test images."""

import pathlib

from seqkit.corpora.catalogue import names, not_found
from seqkit.corpora.corpus import Split
from seqkit.corpora.downloadable import files_of, is_download, own_parts
from seqkit.corpora.idx import read_idx_images
from seqkit.corpora.image_arrays import read_npz
from seqkit.corpora.image_built_in import IMAGES, open_built_in_images
from seqkit.corpora.image_files import ENDINGS
from seqkit.corpora.image_folder import read_image_folder
from seqkit.corpora.image_splitting import hold_out_images
from seqkit.corpora.images import ImageSplits, LabelledImages, size_of
from seqkit.corpora.labelled_columns import listed
from seqkit.corpora.splitting import held_out


def open_images(
    source: str,
    labels: str | None = None,
    split: Split = "train",
    channels: int | None = None,
) -> LabelledImages:
    """Return the labelled images called `source`.

    That is `shapes` (its `split`), drawn here; the name of a downloaded corpus; or a path: of a
    folder with a sub-folder of PNG or JPEG files for each class, of a .npz with the arrays images
    and labels, or of an IDX file, plain or gzip, whose `labels` are in another, by default in the
    one beside it of the usual name. `channels`, 1 or 3, is for folders: what images are turned
    into; by default what the first has. Raises ValueError or an OSError such as FileNotFoundError
    that says in one line what is wrong, and RuntimeError where a folder needs Pillow.
    """
    if is_download(source):
        (source,) = files_of(source, "images", split)
    _check_source(source)
    path = pathlib.Path(source)
    built_in, folder, packed = source in IMAGES, path.is_dir(), path.suffix.lower() == ".npz"
    if labels is not None and (built_in or folder or packed):
        raise ValueError(f"{source} has its labels with it: leave {labels} out")
    if built_in:
        return open_built_in_images(source, split)
    if folder:
        return read_image_folder(path, channels)
    return read_npz(path) if packed else read_idx_images(path, labels)


def _check_source(source: str) -> None:
    """Refuse what holds no images by its name."""
    if source in IMAGES:
        return
    if source == "-":
        raise ValueError("images are not read from standard input (-): give a file or a folder")
    if source in names() or source.startswith("nltk:"):
        raise ValueError(f"{source} has no images: take shapes, a file or a folder of images")
    path = pathlib.Path(source)
    if not source or not path.exists():
        raise FileNotFoundError(not_found(source))
    if path.suffix.lower() in ENDINGS and path.is_file():
        raise ValueError(
            f"{source} is one image: give a folder with a sub-folder of images for each class"
        )


def open_image_splits(
    train: str, valid: str | None = None, test: str | None = None, labels: str | None = None
) -> ImageSplits:
    """Return the images `train` with those to validate and test on.

    `valid` and `test` are names or paths as for `open_images`, or shares of `train` to hold out,
    such as 0.1 or 10%, by the fixed rule of `hold_out_images`, stratified by class. Left out, they
    are those of shapes where `train` is; else a tenth to validate, and None to test. `labels` are
    those of `train`. Folders get the channels of `train`. Errors as in `open_images`, and
    ValueError where there is nothing to learn, or to measure, and where sizes differ.
    """
    valid, test = own_parts(train, valid, test)
    wanted = held_out(train, valid, test, train in IMAGES)
    if test is None:
        wanted.shares.pop("test", None)
    images = open_images(train, labels)
    if len(images.classes) == 1:
        raise ValueError(
            f"{images.source}: every image has the label {images.labels[0]}, so there is nothing "
            "to learn; give images of two classes or more"
        )
    channels = images.shape[2] if images.shape[2] in (1, 3) else None
    parts: dict[str, LabelledImages] = {
        label: open_images(name, None, label, channels) for label, name in wanted.texts.items()
    }
    for label, part in parts.items():
        _check_part(f"--{label} {part.source}", part, images)
    rest, *cut = hold_out_images(images, wanted.shares) if wanted.shares else [images]
    parts |= dict(zip(wanted.shares, cut, strict=True))
    return ImageSplits(rest, parts["valid"], parts.get("test"))


def _check_part(named: str, part: LabelledImages, train: LabelledImages) -> None:
    """Refuse a part that nothing can be measured on."""
    if part.shape != train.shape:
        raise ValueError(
            f"{named}: its images are {size_of(part.shape)}, those to train on "
            f"{size_of(train.shape)}; make all of one size"
        )
    if not set(part.classes) & set(train.classes):
        raise ValueError(
            f"{named}: no image has a label of the training images; here they are "
            f"{listed(part.classes)}, there {listed(train.classes)}"
        )
