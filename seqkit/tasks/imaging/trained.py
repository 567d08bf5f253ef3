"""Using a trained net of images: classes and probabilities, or recognition by a gallery."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.trained import read_labels
from seqkit.tasks.devices import choose_device
from seqkit.tasks.imaging import evaluation
from seqkit.tasks.imaging.images import Images, Source, check_shape, read_images
from seqkit.tasks.imaging.nets import build_from, read_net, read_normalisation
from seqkit.tasks.runs import Run
from seqkit.vision.model import ImageModel
from seqkit.vision.siamese import Gallery, Siamese
from seqkit.vision.transforms import Normalisation


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where an image stands, its class, and P of every class.

    Of a siamese net: the class of the nearest known image, no probabilities, and the squared
    distance.
    """

    place: str
    label: str
    probabilities: tuple[float, ...] = ()
    distance: float | None = None


class TrainedImageModel:
    """A net, its classes, and the normalisation of its training."""

    def __init__(self, model: ImageModel, labels: Labels, normalisation: Normalisation) -> None:
        self.model, self.labels, self.normalisation = model.eval(), labels, normalisation

    @property
    def is_siamese(self) -> bool:
        """Whether it recognises by a gallery instead of giving probabilities."""
        return isinstance(self.model, Siamese)

    def classify(self, images: Images) -> Iterator[Recognition]:
        """The class of each image; ValueError for images of another size, and a siamese net."""
        if self.is_siamese:
            raise ValueError("a siamese net knows no classes; give it a gallery of known images")
        check_shape(images, self.model.shape)
        shares = evaluation.probabilities(self.model, images, self.normalisation)
        for place, row in zip(images.places, shares, strict=True):
            label = self.labels.names[int(row.argmax())]
            yield Recognition(place, label, tuple(row.tolist()))

    def recognise(self, gallery: Images, images: Images) -> Iterator[Recognition]:
        """The class of the image of a gallery that is nearest to each image (N6)."""
        for part in (gallery, images):
            check_shape(part, self.model.shape)
        names = sorted({label for (label,) in gallery.labels})
        numbers = torch.tensor([names.index(label) for (label,) in gallery.labels])
        known = Gallery(self.embeddings(gallery), numbers)
        found, distances = known.recognise(self.embeddings(images))
        for place, k, distance in zip(
            images.places, found.tolist(), distances.tolist(), strict=True
        ):
            yield Recognition(place, names[k], distance=distance)

    def embeddings(self, images: Images) -> Tensor:
        """What a siamese net makes of each image, (N, D)."""
        return evaluation.outputs(self.model, images, self.normalisation)

    def evaluate(
        self, source: Source, weights: Mapping[str, float] | None = None
    ) -> dict[str, Any]:
        """Measure on labelled images; `weights` by class add the weighted error (O8)."""
        images = read_images(source)
        check_shape(images, self.model.shape)
        start = time.perf_counter()
        metrics = evaluation.evaluate_images(
            self.model, self.labels, images, self.normalisation, weights
        )
        seconds = max(time.perf_counter() - start, 1e-9)
        speed = len(images) / seconds
        return {**metrics, "images_per_second": speed, "warnings": images.warnings}


def unlabelled(pixels: NDArray[np.uint8], places: list[str], name: str) -> Images:
    """Images (N, Y, X, C) of which nobody has said what they are."""
    return Images(name, pixels, [("",)] * len(pixels), places, [])


def load(path: str | os.PathLike[str], device: str = "auto") -> TrainedImageModel:
    """A trained net from its run folder, computing in float32.

    ValueError for a folder that is no run, is damaged, or holds a run of another task.
    """
    run = Run(path)
    config = run.read_config("imaging")
    model = run.build(lambda: build_from(run, config))
    normalisation, labels = read_normalisation(run, config["model"]), read_labels(run)
    _, net = read_net(run, config)
    if not isinstance(model, Siamese) and net.classes != len(labels.names):
        known = len(labels.names)
        path = run.path / "symbols.json"
        raise ValueError(f"{path}: {known} classes, config.json says {net.classes}")
    return TrainedImageModel(model.to(choose_device(device)), labels, normalisation)
