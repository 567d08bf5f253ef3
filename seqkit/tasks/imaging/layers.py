"""The layers of a net of images as a table has them: what each is, its output, its parameters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from seqkit.tasks.imaging.nets import siamese_config
from seqkit.tasks.imaging.settings import Config, ImageSettings
from seqkit.vision.batch_norm import BatchNorm
from seqkit.vision.cnn import CNNConfig
from seqkit.vision.layer_kinds import Dense, Flatten
from seqkit.vision.logistic import LogisticConfig
from seqkit.vision.mlp import MLPConfig
from seqkit.vision.resnet import ResidualBlock, ResNet, ResNetConfig
from seqkit.vision.shapes import Row, Shape, plan
from seqkit.vision.specification import parse


@dataclass(frozen=True)
class Module:
    """A part of a net that is no layer of a specification, with what comes out of it."""

    layer: str
    after: Shape
    parameters: int


def layers_of(settings: ImageSettings, net: Config) -> Sequence[Row]:
    """Every layer from the pixels to the scores, or to the embedding of a siamese net."""
    match net:
        case LogisticConfig(shape, classes):  # one sigmoid tells two classes apart (N1)
            return plan((Flatten(), Dense(1 if classes == 2 else classes)), shape)
        case MLPConfig():
            return plan((*net.specification, Dense(net.classes)), net.shape)
        case CNNConfig():
            *trunk, last = parse(net.specification)
            assert isinstance(last, Dense)
            if settings.model == "siamese":
                last = replace(last, units=siamese_config(settings).embedding)
            return plan((*trunk, last), net.shape)
        case ResNetConfig():
            return _modules(net)


@torch.no_grad()
def _modules(config: ResNetConfig) -> list[Module]:
    """What a black image meets on its way through a residual net."""
    net = ResNet(config).eval()
    x, rows = torch.zeros(1, *config.shape), []
    for module in [*net.trunk, net.head]:
        x = module(x)
        learnt = sum(p.numel() for p in module.parameters() if p.requires_grad)
        rows.append(Module(_name(module, x.shape[1]), tuple(x.shape[1:]), learnt))
    return rows


def _name(module: nn.Module, width: int) -> str:
    match module:
        case nn.Conv2d():
            return f"conv {width}x{module.kernel_size[0]} same"
        case ResidualBlock():
            stride = module.conv1.stride[0]
            return f"residual {width}" + (f" stride {stride}" if stride > 1 else "")
        case nn.Linear():
            return f"dense {width}"
        case BatchNorm():
            return "bn"
        case nn.AdaptiveAvgPool2d():
            return "avgpool all"
    return {"ReLU": "relu", "KeepDropout": "dropout"}.get(
        type(module).__name__, type(module).__name__.lower()
    )
