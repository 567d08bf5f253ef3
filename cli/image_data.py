"""Labelled images for commands: opened as options say, or as a run was trained on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqkit.cli import training_data

if TYPE_CHECKING:
    from seqkit.corpora.images import ImageSplits, LabelledImages

PARTS = ("train", "valid", "test", "labels")
"""The parameters that say what is read."""

_UNTOLD = {"train": "-", "valid": None, "test": None, "labels": None}
"""What holds where a run has no notes."""


def open_splits(given: Mapping[str, Any]) -> "ImageSplits":
    """The training, validation and test images that options, or the notes of a run, name."""
    from seqkit.corpora.image_catalogue import open_image_splits

    return open_image_splits(*(given[name] for name in PARTS))


def open_data(run: str, data: str, labels: str | None = None) -> "LabelledImages":
    """The labelled images to measure a run on; those of a folder in its number of channels."""
    from seqkit.corpora.image_catalogue import open_images

    return open_images(data, labels, "test", channels_of(run))


def channels_of(run: str) -> int | None:
    """How many channels the images of a run have, if files can be read as such."""
    from seqkit.tasks.imaging.nets import read_net
    from seqkit.tasks.runs import Run

    _, net = read_net(Run(run), Run(run).read_config("imaging"))
    return net.shape[0] if net.shape[0] in (1, 3) else None


def validation_data(run: str) -> "LabelledImages":
    """The images by which a run chose its best epoch; ValueError if they cannot be had again."""
    notes = training_data.notes_of(run, _UNTOLD)
    with training_data.wanting_text(), training_data.reading_again(run, notes):
        return open_splits(notes).valid
