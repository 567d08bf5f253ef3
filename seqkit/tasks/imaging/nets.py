"""Building the nets of images, reading and writing what config.json says of them."""

import dataclasses
from typing import Any

from seqkit.tasks.imaging.settings import Config, ImageSettings
from seqkit.tasks.runs import Run
from seqkit.vision.cnn import CNN, CNNConfig
from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.model import ImageModel
from seqkit.vision.resnet import ResNet, ResNetConfig
from seqkit.vision.siamese import Siamese, SiameseConfig
from seqkit.vision.transforms import Normalisation

CONFIGS: dict[str, type[Config]] = {
    "logistic": LogisticConfig,
    "mlp": MLPConfig,
    "cnn": CNNConfig,
    "resnet": ResNetConfig,
}


def build(config: Config) -> ImageModel:
    """The net of a configuration, its weights drawn anew."""
    match config:
        case LogisticConfig():
            return Logistic(config)
        case MLPConfig():
            return MLP(config)
        case CNNConfig():
            return CNN(config)
        case ResNetConfig():
            return ResNet(config)


def describe(settings: ImageSettings, net: Config, normalisation: Normalisation) -> dict[str, Any]:
    """What config.json says of a net."""
    return {
        "kind": settings.model,
        "net": dataclasses.asdict(net),
        "siamese": dataclasses.asdict(siamese_config(settings)),
        "normalisation": normalisation.as_json(),
    }


def siamese_config(settings: ImageSettings) -> SiameseConfig:
    """What is put upon the trunk of a siamese net."""
    return SiameseConfig(settings.embedding, margin=settings.margin)


def build_from(run: Run, model: dict[str, Any], settings: ImageSettings) -> ImageModel:
    """The net that config.json describes, its weights drawn anew; ValueError where it is damaged."""
    try:
        net = CONFIGS[settings.trunk](**_tuples(model["net"]))
        found = build(net)
        if settings.model == "siamese":
            return Siamese(SiameseConfig(**model["siamese"]), found)
        return found
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error


def read_normalisation(run: Run, model: dict[str, Any]) -> Normalisation:
    """The training set's mean and deviation."""
    try:
        return Normalisation.from_json(model["normalisation"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as tuples."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
