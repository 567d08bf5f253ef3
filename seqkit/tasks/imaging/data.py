"""The data of a training: the images of each part, their classes, the normalisation (O5)."""

import pathlib
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.files import atomic_write
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.imaging.images import Images, Source, check_shape, read_images
from seqkit.tasks.runs import Run
from seqkit.tasks.sources import SourcesOf
from seqkit.vision.shapes import Shape
from seqkit.vision.transforms import Normalisation

NAMES = ("train", "valid", "test")
Sources = SourcesOf[Source]


@dataclass(frozen=True)
class ImagingData:
    """The images of each part, the classes of the training part, and its mean and variance."""

    labels: Labels
    normalisation: Normalisation
    parts: dict[str, Images]

    @property
    def shape(self) -> Shape:
        """Of one image: (C, Y, X)."""
        return self.parts["train"].shape

    def describe(self) -> dict[str, Any]:
        """The size and the sha256 of each part, and how often each class comes."""
        return {
            name: {
                "images": len(part),
                "labels": part.counts(),
                "sha256": part.sha256(),
            }
            for name, part in self.parts.items()
        }

    def warnings(self) -> list[str]:
        """What users should know of the images."""
        return [warning for part in self.parts.values() for warning in part.warnings]

    def save(self, run: Run) -> None:
        """Write the images into a run's checkpoint, where `reopen_data` finds them again."""
        for name, part in self.parts.items():
            with atomic_write(run.checkpoint / f"{name}.npz") as file:
                np.savez(
                    file,
                    pixels=part.pixels,
                    labels=np.array(part.plain_labels),
                    name=np.array(part.name),
                    places=np.array(part.places),
                    warnings=np.array(part.warnings, str),
                )


def read_data(sources: Sources, held_out: Collection[str] = ()) -> ImagingData:
    """Take images over; ValueError for those that no net can be trained on.

    Images of the classes `held_out` are kept out of the training part, and the other parts have
    them alone.
    """
    parts = {"train": read_images(sources.train)}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            parts[name] = read_images(source)
            check_shape(parts[name], parts["train"].shape)
    return _data(_hold_out(parts, held_out) if held_out else parts)


def reopen_data(run: Run) -> ImagingData:
    """The data of an unfinished run."""
    paths = {name: run.checkpoint / f"{name}.npz" for name in NAMES}
    parts = {name: _reopen(path) for name, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(parts):
        raise ValueError(f"{run.checkpoint}: its images are gone; train anew with --force")
    return _data(parts)


def _hold_out(parts: dict[str, Images], classes: Collection[str]) -> dict[str, Images]:
    """The parts without, or for all but training with nothing but, the images of some classes."""
    for name in classes:
        for part in parts.values():
            if (name,) not in part.labels:
                known = ", ".join(list(part.counts())[:20])
                raise ValueError(f"--hold-out {name}: no image of {part.name} is one of {known}")
    found = {}
    for name, part in parts.items():
        held = np.array([label in classes for label in part.plain_labels])  # (N,)
        found[name] = part.at(np.flatnonzero(held != (name == "train")))
    return found


def _data(parts: dict[str, Images]) -> ImagingData:
    train = parts["train"]
    labels = Labels(tuple(train.counts()))
    if len(labels.names) < 2:
        raise ValueError(
            f"{train.name}: all images are of one class, so there is nothing to learn; "
            "give images of two classes or more"
        )
    return ImagingData(labels, Normalisation.of(train.pixels), parts)


def _reopen(path: pathlib.Path) -> Images:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            labels: list[tuple[str, ...]] = [(str(label),) for label in kept["labels"]]
            places, warnings = kept["places"].tolist(), kept["warnings"].tolist()
            return Images(str(kept["name"]), kept["pixels"], labels, places, warnings)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: damaged ({error}); train anew with --force") from error
