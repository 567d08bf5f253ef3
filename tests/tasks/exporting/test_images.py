"""Nets of images written as ONNX and run by onnxruntime, beside the same nets in torch."""

import numpy as np
import pytest
import torch

from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.images import ImageSubject
from seqkit.tasks.imaging.trained import TrainedImageModel
from seqkit.vision.cnn import CNN, CNNConfig
from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.resnet import ResNet, ResNetConfig
from seqkit.vision.siamese import Siamese, SiameseConfig
from seqkit.vision.transforms import Normalisation
from tests.tasks.exporting.written import compare, scattered, written

SHAPE = (3, 9, 8)
LAYERS = (
    "conv 4x3 same, bn, leaky-relu, pool 2, conv 5x2 pad 1 stride 2, sigmoid, dropout 0.2, "
    "conv 3x1, tanh, avgpool 2 stride 1, identity, flatten, dense 7, bn, relu, keep 0.9, dense 4"
)
GLOBAL = "conv 6x3 valid, relu, avgpool all, flatten, dense 4"
NETS = {
    "logistic of two": lambda: Logistic(LogisticConfig(SHAPE, 2)),
    "logistic of more": lambda: Logistic(LogisticConfig(SHAPE, 4)),
    "mlp": lambda: MLP(MLPConfig(SHAPE, 4, (6, 5))),
    "cnn": lambda: CNN(CNNConfig(SHAPE, 4, LAYERS)),
    "cnn, global": lambda: CNN(CNNConfig(SHAPE, 4, GLOBAL)),
    "resnet": lambda: ResNet(ResNetConfig(SHAPE, 4, (4, 6), blocks=2, keep=0.8)),
}
NORMALISATION = Normalisation((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))


def trained(model):
    labels = Labels(("two", "three", "four", "five"))
    return TrainedImageModel(scattered(model), labels, NORMALISATION)


def pixels_of(batch):
    return np.random.default_rng(batch).integers(0, 256, (batch, 9, 8, 3), np.uint8)


def by_torch(model, pixels):
    """The scores, in float64 throughout, of pixels normalised by hand."""
    x = (pixels / 255 - np.array(NORMALISATION.mean)) / np.array(NORMALISATION.deviation)
    with torch.no_grad():
        scores = model.double()(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
    model.float()
    return scores


@pytest.mark.parametrize("name", NETS)
def test_probabilities(name):
    model = NETS[name]()
    known = trained(model)
    if name == "logistic of two":
        known.labels = Labels(("two", "three"))
    data = written(ImageSubject(known))
    for batch in (5, 1):
        pixels = pixels_of(batch)
        (found,) = run(data, {"pixels": pixels})
        compare([found], [by_torch(model, pixels).softmax(1)])
        assert found.std() > 0.01


@pytest.mark.parametrize("unit_length", [True, False])
def test_a_siamese_net_gives_embeddings(unit_length):
    model = Siamese(SiameseConfig(5, unit_length), NETS["cnn"]())
    pixels = pixels_of(4)
    found = run(written(ImageSubject(trained(model))), {"pixels": pixels})
    compare(found, [by_torch(model, pixels)])
    assert found[0].shape == (4, 5)


def test_metadata_and_example():
    subject = ImageSubject(trained(NETS["mlp"]()))
    assert subject.metadata()["labels"] == ["two", "three", "four", "five"]
    assert subject.example(2, 7, seed=0)["pixels"].shape == (2, 9, 8, 3)
