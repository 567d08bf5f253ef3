"""Building the nets of images, reading and writing what config.json says of them."""

import dataclasses
from typing import Any

from seqkit.tasks.imaging.settings import SUPERVISED, Config, ImageSettings
from seqkit.tasks.runs import Run
from seqkit.tasks.typed import from_json
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


def build_from(run: Run, config: dict[str, Any]) -> ImageModel:
    """The net that config.json describes, its weights drawn anew; ValueError if damaged."""
    _, net = read_net(run, config)
    if config["model"]["kind"] != "siamese":
        return build(net)
    try:
        siamese = from_json(SiameseConfig, config["model"].get("siamese"))
    except ValueError as error:
        raise _damaged(run, error) from error
    return Siamese(siamese, build(net))


def read_net(run: Run, config: dict[str, Any]) -> tuple[str, Config]:
    """The kind of the net that sees and its configuration; ValueError where they are damaged."""
    try:
        kind = config["model"]["kind"]
        trunk = SUPERVISED.get(kind, kind)
        return trunk, from_json(CONFIGS[trunk], config["model"]["net"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(run, error) from error


def read_normalisation(run: Run, model: dict[str, Any]) -> Normalisation:
    """The training set's mean and deviation."""
    try:
        return from_json(Normalisation, model.get("normalisation"))
    except ValueError as error:
        raise _damaged(run, error) from error


def _damaged(run: Run, error: Exception) -> ValueError:
    return ValueError(f"{run.path / 'config.json'}: damaged ({error})")
