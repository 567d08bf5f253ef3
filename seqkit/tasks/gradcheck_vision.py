"""The gradient checks of the nets of images (O10)."""

from collections.abc import Callable

import torch

from seqkit.tasks.gradcheck_numbers import Case, draw, drawn_parameters
from seqkit.vision.batch_norm import BatchNorm
from seqkit.vision.build import ACTIVATIONS
from seqkit.vision.cnn import CNN, CNNConfig
from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.model import ImageBatch, ImageModel
from seqkit.vision.resnet import ResidualBlock, ResNet, ResNetConfig
from seqkit.vision.siamese import Siamese, SiameseConfig
from seqkit.vision.triplets import triplet_loss

B, K = 4, 3
SHAPE = (2, 4, 4)  # C, Y, X
KEEP, SMOOTHING = 0.7, 0.2
LAYERS = """conv 3x3 same tanh, pool 2, conv 2x3 pad 1 stride 2, bn, leaky-relu,
keep 0.7, flatten, dense 3 sigmoid, dense 3"""


def _model(model: ImageModel, labels: tuple[int, ...] = (0, 2, 1, 2)) -> Case:
    """A whole net from the images to the loss of a batch."""
    images = draw(B, *SHAPE)
    batch = ImageBatch(images, torch.tensor(labels))
    return lambda: model.loss(batch)[0], {"images": images, **drawn_parameters(model)}


def _mlp(activation: str) -> Case:
    config = MLPConfig(SHAPE, K, (4, 3), activation, keep=KEEP, smoothing=SMOOTHING)
    return _model(MLP(config))


def _block(inputs: int, outputs: int, stride: int) -> Case:
    block, a = ResidualBlock(inputs, outputs, stride), draw(B, inputs, 3, 3)
    return lambda: block(a), {"a": a, **drawn_parameters(block)}


def _norm() -> Case:
    norm, x = BatchNorm(3), draw(B, 3, 2, 2)
    return lambda: norm(x), {"x": x, **drawn_parameters(norm)}


def _triplets() -> Case:
    anchor, positive, negative = (draw(B, K) for _ in range(3))
    tensors = {"anchor": anchor, "positive": positive, "negative": negative}
    return lambda: triplet_loss(anchor, positive, negative, alpha=3.0), tensors


def _siamese() -> Case:
    trunk = MLP(MLPConfig(SHAPE, K, (4,), "tanh", batch_norm=False, keep=1.0))
    return _model(Siamese(SiameseConfig(embedding=3), trunk), labels=(0, 1, 1, 0))


VISION_CASES: dict[str, Callable[[], Case]] = {
    "logistic/sigmoid": lambda: _model(Logistic(LogisticConfig(SHAPE, 2)), (0, 1, 1, 0)),
    "logistic/softmax": lambda: _model(Logistic(LogisticConfig(SHAPE, K))),
    **{f"mlp/{name}": lambda name=name: _mlp(name) for name in ACTIVATIONS},  # type: ignore[misc]
    "batch-norm": _norm,
    "cnn": lambda: _model(CNN(CNNConfig(SHAPE, K, LAYERS))),
    "residual-block": lambda: _block(2, 2, 1),
    "residual-block/projected": lambda: _block(2, 3, 2),
    "resnet": lambda: _model(ResNet(ResNetConfig(SHAPE, K, (2, 3), keep=KEEP))),
    "triplet-loss": _triplets,
    "siamese": _siamese,
}
"""How each check is made ready, by its name."""
