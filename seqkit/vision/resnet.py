"""Residual nets for small images (N5), after He et al. 2016."""

from dataclasses import dataclass, replace

from torch import Tensor, nn

from seqkit.vision.batch_norm import BatchNorm
from seqkit.vision.build import KeepDropout, checked_keep, draw
from seqkit.vision.model import ImageModel, check_classes, checked_smoothing
from seqkit.vision.shapes import Shape, check_shape


@dataclass(frozen=True)
class ResNetConfig:
    """The shape and the regularisation of a residual net.

    The defaults suit images of about 28 x 28 or 32 x 32.
    """

    shape: Shape  # (C, Y, X) of an image
    classes: int  # K
    widths: tuple[int, ...] = (32, 64, 128)  # channels; each stage after the first halves Y and X
    blocks: int = 1  # residual blocks a stage
    keep: float = 1.0  # the probability that a number before the head is kept
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Reject sizes below 1 and probabilities out of range."""
        check_shape(self.shape)
        check_classes(self.classes)
        if not self.widths or min(self.widths) < 1:
            raise ValueError(f"stages need 1 or more channels each, got {list(self.widths)}")
        if self.blocks < 1:
            raise ValueError(f"blocks must be 1 or more a stage, got {self.blocks}")
        checked_keep(self.keep)
        checked_smoothing(self.smoothing)

    def for_classes(self, classes: int) -> "ResNetConfig":
        """The same for another number of classes."""
        return replace(self, classes=classes)


class ResidualBlock(nn.Module):
    """a[l+2] = g(z[l+2] + a[l]) (N5): conv-bn-relu-conv-bn beside a shortcut, g the rectifier.

    Where the number of channels or the size changes, the shortcut is a 1 x 1 convolution with
    batch normalisation (He et al. 2016, option B).
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1, self.norm1 = convolution(inputs, outputs, 3, stride), BatchNorm(outputs)
        self.conv2, self.norm2 = convolution(outputs, outputs, 3), BatchNorm(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            projection = convolution(inputs, outputs, 1, stride)
            self.shortcut = nn.Sequential(projection, BatchNorm(outputs))

    def forward(self, a: Tensor) -> Tensor:
        """a[l] (B, C, Y, X) -> a[l+2] (B, C', ceil(Y / s), ceil(X / s))."""
        z = self.norm1(self.conv1(a)).relu()
        z = self.norm2(self.conv2(z))  # z[l+2]
        result: Tensor = (z + self.shortcut(a)).relu()
        return result


class ResNet(ImageModel):
    """conv-bn-relu, stages of residual blocks, the mean of every channel, and a layer of scores."""

    def __init__(self, config: ResNetConfig) -> None:
        first, last = config.widths[0], config.widths[-1]
        stem = [convolution(config.shape[0], first, 3), BatchNorm(first), nn.ReLU()]
        top = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), KeepDropout(config.keep)]
        trunk = nn.Sequential(*stem, *_stages(config), *top)
        super().__init__(config.shape, trunk, nn.Linear(last, config.classes), config.smoothing)
        self.config = config


def convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Conv2d:
    """A "same" convolution without bias, for a batch normalisation behind it."""
    layer = nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, bias=False)
    draw(layer, "relu")
    return layer


def _stages(config: ResNetConfig) -> list[ResidualBlock]:
    blocks, inputs = [], config.widths[0]
    for stage, width in enumerate(config.widths):
        for k in range(config.blocks):
            blocks.append(ResidualBlock(inputs, width, 2 if stage and k == 0 else 1))
            inputs = width
    return blocks
