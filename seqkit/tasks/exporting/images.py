"""Nets of images as ONNX: pixels in, probabilities out, the normalisation within (N1 to N6)."""

from typing import Any

import numpy as np
import torch
from torch import nn

from seqkit.tasks.exporting.graph import FLOAT, Array, Graph
from seqkit.tasks.exporting.subject import Feeds
from seqkit.tasks.imaging.trained import TrainedImageModel
from seqkit.vision.batch_norm import EPSILON, BatchNorm
from seqkit.vision.build import KeepDropout
from seqkit.vision.logistic import OneSigmoid
from seqkit.vision.resnet import ResidualBlock
from seqkit.vision.siamese import Siamese, UnitLength
from seqkit.vision.transforms import to_pixels


class ImageSubject:
    """pixels (B, Y, X, C) uint8 -> probabilities (B, K), of a siamese net embeddings (B, D)."""

    def __init__(self, trained: TrainedImageModel) -> None:
        self.model, self.trained = trained.model, trained

    def write(self, graph: Graph) -> None:
        """As `Subject`."""
        C, Y, X = self.model.shape
        pixels = graph.input("pixels", "uint8", "batch", Y, X, C)
        seen = write_layer(graph, self.model.trunk, self._normalised(graph, pixels))
        x = write_layer(graph, self.model.head, seen)
        if isinstance(self.model, Siamese):
            graph.output(x, "embeddings", "float32", "batch", self.model.config.embedding)
            return
        shares = graph.add("Softmax", x, attributes={"axis": 1})
        classes = len(self.trained.labels.names)
        graph.output(shares, "probabilities", "float32", "batch", classes)

    def _normalised(self, graph: Graph, pixels: str) -> str:
        """(pixel / 255 - μ) / σ of each channel (O5): (B, C, Y, X)."""
        turned = graph.add("Transpose", pixels, attributes={"perm": [0, 3, 1, 2]})
        numbers = graph.add("Cast", turned, attributes={"to": FLOAT})
        mean, deviation = (
            np.array(part, np.float32)[:, None, None]
            for part in (self.trained.normalisation.mean, self.trained.normalisation.deviation)
        )
        scaled = graph.add("Div", numbers, graph.constant(255 * deviation))
        return graph.add("Sub", scaled, graph.constant(mean / deviation))

    def metadata(self) -> dict[str, Any]:
        """The classes, in the order of the probabilities."""
        return {"task": "imaging", "labels": list(self.trained.labels.names)}

    def example(self, batch: int, positions: int, seed: int) -> Feeds:
        """Any pixels."""
        C, Y, X = self.model.shape
        draw = np.random.default_rng(seed)
        return {"pixels": draw.integers(0, 256, (batch, Y, X, C), np.uint8)}

    @torch.no_grad()
    def outputs(self, feeds: Feeds) -> list[Array]:
        """As `Subject`."""
        scores = self.model(self.trained.normalisation(to_pixels(feeds["pixels"])))
        return [(scores if self.trained.is_siamese else scores.softmax(1)).numpy()]


def write_layer(graph: Graph, layer: nn.Module, x: str) -> str:
    """What a layer makes of x (B, ...), by the modules that nets of images are made of."""
    match layer:
        case nn.Sequential():
            for inner in layer:
                x = write_layer(graph, inner, x)
            return x
        case ResidualBlock():
            return _residual(graph, layer, x)
        case nn.Conv2d():
            return _convolution(graph, layer, x)
        case nn.Linear():
            return graph.linear(x, layer.weight, layer.bias)
        case OneSigmoid():
            parts = (layer.linear.weight, layer.linear.bias)
            return graph.linear(x, *(torch.cat([torch.zeros_like(part), part]) for part in parts))
        case BatchNorm():
            weights = map(graph.weights, (layer.weight, layer.bias, layer.mean, layer.variance))
            return graph.add("BatchNormalization", x, *weights, attributes={"epsilon": EPSILON})
        case nn.MaxPool2d() | nn.AvgPool2d():
            return _pool(graph, layer, x)
        case nn.Identity() | KeepDropout():
            return x
    return _plain(graph, layer, x)


def _plain(graph: Graph, layer: nn.Module, x: str) -> str:
    """Layers without weights that are one node."""
    match layer:
        case nn.Flatten():
            return graph.add("Flatten", x)
        case nn.AdaptiveAvgPool2d():  # to 1 x 1
            return graph.add("GlobalAveragePool", x)
        case nn.ReLU():
            return graph.add("Relu", x)
        case nn.LeakyReLU():
            return graph.add("LeakyRelu", x, attributes={"alpha": layer.negative_slope})
        case nn.Sigmoid():
            return graph.add("Sigmoid", x)
        case nn.Tanh():
            return graph.add("Tanh", x)
    assert isinstance(layer, UnitLength)
    return graph.add("LpNormalization", x, attributes={"axis": 1, "p": 2})


def _convolution(graph: Graph, layer: nn.Conv2d, x: str) -> str:
    """Of the layer's weights (N4)."""
    weights = [graph.weights(part) for part in (layer.weight, layer.bias) if part is not None]
    pads = [int(p) for p in layer.padding]
    attributes = {"strides": list(layer.stride), "pads": pads * 2}
    return graph.add("Conv", x, *weights, attributes=attributes)


def _pool(graph: Graph, layer: nn.MaxPool2d | nn.AvgPool2d, x: str) -> str:
    """The largest, or the mean, of each window (N4)."""
    name = "MaxPool" if isinstance(layer, nn.MaxPool2d) else "AveragePool"
    sizes = {"kernel_shape": layer.kernel_size, "strides": layer.stride}
    both = {
        key: [size, size] if isinstance(size, int) else list(size) for key, size in sizes.items()
    }
    return graph.add(name, x, attributes=both)


def _residual(graph: Graph, block: ResidualBlock, x: str) -> str:
    """g(z + a) beside a shortcut (N5)."""
    z = graph.add("Relu", write_layer(graph, nn.Sequential(block.conv1, block.norm1), x))
    z = write_layer(graph, nn.Sequential(block.conv2, block.norm2), z)
    return graph.add("Relu", graph.add("Add", z, write_layer(graph, block.shortcut, x)))
