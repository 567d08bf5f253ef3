"""The memory that is told before a net of images is trained."""

import numpy as np

from seqkit.tasks.estimates import FIXED
from seqkit.tasks.imaging.estimate import memory_of
from seqkit.tasks.imaging.images import Images
from seqkit.tasks.imaging.layers import Module
from tests.tasks.pictured import settings

LAYERS = [Module("conv 2x3 same", (2, 5, 5), 20), Module("dense 4", (4,), 200)]


def memory(layers, precision="fp32", images=100, **changes):
    pixels = np.zeros((images, 5, 5, 1), np.uint8)
    found = Images("some", pixels, [("a",)] * images, ["here"] * images, [])
    return memory_of(settings(**changes), precision, layers, found) - FIXED


def test_weights_layers_pixels_and_answers():
    """By hand: 220 parameters, 54 numbers an image, the widest layer has 50."""
    own = {"batch_size": 10, "optimizer": "sgd", "average": 0.0}
    assert memory(LAYERS, **own) == 6250 + 4 * 3 * 220 + 10 * 54 * 2 * 4 + 4 * 100 * 50 * 4
    answers = (4 + 2) * 100 * 50 * 4
    assert memory(LAYERS, "bf16", **own) == 6250 + 16 * 220 + 10 * 54 * 2 * 2 + answers


def test_a_residual_block_counts_for_six():
    own = {"batch_size": 10, "optimizer": "sgd", "average": 0.0}
    block = [Module("residual 2", (2, 5, 5), 20), LAYERS[1]]
    more = memory(block, **own) - memory(LAYERS, **own)
    assert more == 10 * 5 * 50 * 2 * 4 + 4 * 100 * 50 * 2


def test_many_images_are_answered_some_at_a_time():
    assert memory(LAYERS, images=2000) - memory(LAYERS, images=1000) == 2.5 * 25 * 1000
