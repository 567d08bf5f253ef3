"""The panel of a net of images: the classes of an image that is sent along."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqkit.serve.asking import Asked
from seqkit.serve.commands import argument, command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.tasks.imaging import TrainedImageModel, unlabelled

ReadImage = Callable[[bytes, int | None], NDArray[np.uint8]]
"""From the bytes of a PNG or JPEG file to pixels (Y, X, C), of so many channels."""

NAME = 200
"""Characters of a file's name."""


class ImagePanel:
    """Classifies as `seqkit classify-image` does; ValueError for a siamese net."""

    kind = "image"

    def __init__(
        self, path: str, trained: TrainedImageModel, read: ReadImage, limits: Limits = LIMITS
    ) -> None:
        if trained.is_siamese:
            raise ValueError(
                f"{path}: a siamese net recognises by known images; use seqkit classify-image "
                "with --gallery"
            )
        self.path, self.trained, self.read, self.limits = path, trained, read, limits
        channels, rows, columns = trained.model.shape
        self.command = command("classify-image", path, "image.png")
        self.facts = {
            "labels": list(trained.labels.names),
            **{"rows": rows, "columns": columns, "channels": channels},
        }
        self.answers: Mapping[str, Answer] = {"image": self.classify}
        self.streams: Mapping[str, Events] = {}

    def classify(self, asked: Asked) -> dict[str, Any]:
        """The class of an image, given as base64 of a PNG or JPEG file, and P of every class."""
        encoded = asked.text("image", None, self.limits.body)
        name = asked.text("name", "image.png", NAME)
        asked.end()
        try:
            data = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError("'image' is no base64; send a PNG or JPEG file in base64") from None
        channels = self.trained.model.shape[0]
        pixels = self.read(data, channels if channels in (1, 3) else None)  # (Y, X, C)
        images = unlabelled(pixels[np.newaxis], ["the image"], "the image")
        (found,) = self.trained.classify(images)
        names = self.trained.labels.names
        return {
            "label": found.label,
            "probabilities": dict(zip(names, found.probabilities, strict=True)),
            "command": command(
                *("classify-image", self.path, argument(name)), "--top", str(min(5, len(names)))
            ),
        }
