"""What a training would take, before it begins."""

from collections.abc import Sequence
from math import prod

from seqkit.tasks.devices import choose_device
from seqkit.tasks.estimates import FIXED, of_weights
from seqkit.tasks.imaging.beginning import kept_net
from seqkit.tasks.imaging.evaluation import ANSWERED
from seqkit.tasks.imaging.images import Images, Source, read_images
from seqkit.tasks.imaging.layers import layers_of
from seqkit.tasks.imaging.settings import ImageSettings
from seqkit.train.precision import choose_precision
from seqkit.vision.shapes import Row

INSIDE, LIVE = 6, 4
"""Tensors of the size of its output that a residual block keeps, and any other layer at work."""
COPIES = 2.5
"""How often there are the pixels: in parts, and moved about."""


def estimate(settings: ImageSettings, train: Source) -> tuple[dict[str, int], Sequence[Row]]:
    """What training on images would take, and the layers of the net.

    That is images, classes, parameters, and bytes of memory as in `memory_of`.
    """
    images = read_images(train)
    counts = {n: count for n, count in images.counts().items() if n not in settings.held_out}
    classes = len(counts)
    if settings.begin_from:
        net = kept_net(settings, images.shape, classes)
    else:
        net = settings.net(images.shape, classes)
    layers = layers_of(settings, net)
    precision = choose_precision(settings.precision, choose_device(settings.device))
    found = {
        "images": sum(counts.values()),
        "classes": classes,
        "parameters": sum(row.parameters for row in layers),
        "memory_bytes": memory_of(settings, precision, layers, images),
    }
    return found, layers


def memory_of(
    settings: ImageSettings, precision: str, layers: Sequence[Row], images: Images
) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process.

    Beside what is fixed: the images; the weights, and as they are used in bf16 with their
    gradients; what layers keep of a batch, with gradients; and the layer that needs most where
    many images are answered at once, in the type of the training and then in fp32, for which other
    memory is taken. benchmarks/estimates.py measures how right it is.
    """
    bf16 = precision == "bf16"
    parameters = sum(row.parameters for row in layers)
    weights = of_weights(settings, parameters) + 4 * parameters * bf16
    numbers = sum(prod(row.after) * _tensors(row, 1) for row in layers)
    batch = -(-settings.batch_size // settings.accumulate)
    step = 2 * (2 if bf16 else 4) * batch * numbers
    widest = max(prod(row.after) * _tensors(row, LIVE) for row in layers)
    answers = (4 + 2 * bf16) * min(ANSWERED, len(images)) * widest
    return FIXED + round(COPIES * images.pixels.nbytes) + weights + step + answers


def _tensors(row: Row, of_others: int) -> int:
    """How many tensors of the size of its output a layer has."""
    return INSIDE if str(row.layer).startswith("residual") else of_others
