"""What a training would take, before it begins."""

from collections.abc import Sequence
from math import prod

from seqkit.tasks.imaging.beginning import kept_net
from seqkit.tasks.imaging.images import Source, read_images
from seqkit.tasks.imaging.layers import layers_of
from seqkit.tasks.imaging.settings import ImageSettings
from seqkit.vision.shapes import Row

INSIDE = 6
"""Tensors of the size of its output that a residual block keeps for the way back."""


def estimate(settings: ImageSettings, train: Source) -> tuple[dict[str, int], Sequence[Row]]:
    """What training on images would take, about, and the layers of the net.

    That is images, classes, parameters, and bytes of memory.
    """
    images = read_images(train)
    counts = {n: count for n, count in images.counts().items() if n not in settings.held_out}
    classes = len(counts)
    if settings.begin_from:
        net = kept_net(settings, images.shape, classes)
    else:
        net = settings.net(images.shape, classes)
    layers = layers_of(settings, net)
    parameters = sum(row.parameters for row in layers)
    copies = 4 + 2 * settings.optimizer.startswith("adam") + bool(settings.average)
    numbers = sum(
        prod(row.after) * (INSIDE if str(row.layer).startswith("residual") else 1) for row in layers
    )
    activations = 2 * settings.batch_size * numbers  # and as many gradients
    memory = 4 * (copies * parameters + activations) + 3 * images.pixels.nbytes
    found = {"images": sum(counts.values()), "classes": classes}
    return {**found, "parameters": parameters, "memory_bytes": memory}, layers
