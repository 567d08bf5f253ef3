"""Every net of images: the contract of models, smoothing, precision, shapes and settings."""

import math

import numpy as np
import pytest
import torch

from seqkit.vision.cnn import CNN, CNNConfig, default_specification
from seqkit.vision.logistic import Logistic, LogisticConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.model import ImageBatch, channels_last
from seqkit.vision.resnet import ResNet, ResNetConfig
from seqkit.vision.siamese import Siamese, SiameseConfig
from tests.contracts import ModelContract

SHAPE, K = (2, 8, 6), 3


def images(B=6, shape=SHAPE):
    return torch.randn(B, *shape, generator=torch.Generator().manual_seed(0))


BATCH = ImageBatch(images(), torch.tensor([0, 2, 1, 1, 0, 2]))


class OfImages(ModelContract):
    def batch(self):
        return BATCH


class TestLogistic(OfImages):
    def build(self):
        return Logistic(LogisticConfig(SHAPE, K))


class TestLogisticOfTwo(OfImages):
    def build(self):
        return Logistic(LogisticConfig(SHAPE, 2))

    def batch(self):
        return BATCH._replace(labels=BATCH.labels.clamp(max=1))


class TestMLP(OfImages):
    def build(self):
        return MLP(MLPConfig(SHAPE, K, hidden=(9, 7), keep=1.0))


class TestMLPWithoutNorm(OfImages):
    def build(self):
        return MLP(MLPConfig(SHAPE, K, (9,), "tanh", batch_norm=False, keep=1.0))


class TestCNN(OfImages):
    def build(self):
        layers = "conv 5x3 same, bn, relu, pool 2, conv 6x3 leaky-relu, flatten, dense 3"
        return CNN(CNNConfig(SHAPE, K, layers))


class TestResNet(OfImages):
    def build(self):
        return ResNet(ResNetConfig(SHAPE, K, widths=(4, 6), blocks=2))


class TestSiamese(OfImages):
    def build(self):
        return Siamese(SiameseConfig(embedding=5), TestCNN().build())


class TestSiameseOfAnyLength(OfImages):
    def build(self):
        return Siamese(SiameseConfig(embedding=5, unit_length=False, margin=2), TestMLP().build())


CLASSIFIERS = [TestLogistic, TestMLP, TestMLPWithoutNorm, TestCNN, TestResNet]


@pytest.fixture(params=CLASSIFIERS, ids=lambda kind: kind.__name__)
def model(request):
    torch.manual_seed(0)
    return request.param().build()


def test_scores_are_the_head_on_the_trunk(model):
    scores, features = model(BATCH.images), model.features(BATCH.images)
    assert scores.shape == (6, K) and features.dim() == 2
    torch.testing.assert_close(model.head(features), scores)
    shares = model.probabilities(BATCH.images)
    torch.testing.assert_close(shares, scores.exp() / scores.exp().sum(1, keepdim=True))


def test_at_inference_each_image_is_seen_alone(model):
    model.double().eval()
    together = model(BATCH.images.double())
    alone = torch.cat([model(image[None].double()) for image in BATCH.images])
    torch.testing.assert_close(alone, together)


def test_label_smoothing_by_hand_in_training_alone(model):
    model.double().eval()
    model.smoothing = epsilon = 0.3
    batch = BATCH._replace(images=BATCH.images.double())
    logs = model(batch.images).log_softmax(1).tolist()

    def loss(epsilon):
        return -sum(
            ((1 - epsilon) * (k == label) + epsilon / K) * row[k]
            for row, label in zip(logs, batch.labels.tolist(), strict=True)
            for k in range(K)
        )

    assert model.loss(batch)[0].item() == pytest.approx(loss(0))
    model.training = True  # the layers stay as they are
    assert model.loss(batch)[0].item() == pytest.approx(loss(epsilon))


def test_bfloat16_computes_about_the_same_and_learns_float32_weights(model):
    exact = model(BATCH.images)
    model.dtype = torch.bfloat16
    scores = model(BATCH.images)
    assert scores.dtype == torch.float32 and not torch.equal(scores, exact)
    torch.testing.assert_close(scores, exact, rtol=0.1, atol=0.1)
    model.loss(BATCH)[0].backward()
    assert all(p.grad.dtype == torch.float32 for p in model.parameters() if p.requires_grad)


def test_images_of_another_shape_are_refused(model):
    with pytest.raises(ValueError, match=r"for images of 2 x 8 x 6 .*, got 2 x 6 x 8"):
        model(images(shape=(2, 6, 8)))


def test_the_same_for_other_classes(model):
    other = type(model)(model.config.for_classes(5))
    assert other(BATCH.images).shape == (6, 5)
    trunks = [dict(net.trunk.named_parameters()) for net in (model, other)]
    assert trunks[0].keys() == trunks[1].keys()


@pytest.mark.parametrize("C", [1, 3])
def test_channels_last_changes_the_memory_alone(C):
    x = images(shape=(C, 4, 5))
    for given in (x, x[1:], x.permute(0, 1, 3, 2)):
        moved = channels_last(given)
        assert torch.equal(moved, given) and moved.stride()[1] == 1
        conv = torch.nn.Conv2d(C, 4, 3)
        assert conv(moved).stride()[1] == 1, "and torch takes it for what it is"


@pytest.mark.parametrize("side", [28, 32])
def test_the_default_nets_take_usual_images(side):
    C = 1 if side == 28 else 3
    for model in (
        CNN(CNNConfig((C, side, side), 10, default_specification(10))),
        ResNet(ResNetConfig((C, side, side), 10)),
        MLP(MLPConfig((C, side, side), 10)),
    ):
        assert model(images(2, (C, side, side))).shape == (2, 10)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: LogisticConfig((28, 28), 10), "images are channels x rows x columns"),
        (lambda: LogisticConfig(SHAPE, 1), "1 class is nothing to choose from"),
        (lambda: MLPConfig(SHAPE, K, ()), r"got \[\]; a net without any is logistic regression"),
        (lambda: MLPConfig(SHAPE, K, (4, 0)), "1 or more units each"),
        (lambda: MLPConfig(SHAPE, K, activation="rely"), "unknown activation 'rely'; there are: s"),
        (lambda: MLPConfig(SHAPE, K, keep=0), "keep-probability must be above 0"),
        (lambda: CNNConfig(SHAPE, 10, "flatten, dense 8"), "last layer is 'dense 8', .* dense 10"),
        (lambda: CNNConfig(SHAPE, 10, "conv 10x3 relu"), "last layer is 'relu', .* end the spec"),
        (lambda: ResNetConfig(SHAPE, K, widths=()), "stages need 1 or more channels"),
        (lambda: ResNetConfig(SHAPE, K, blocks=0), "blocks must be 1 or more"),
        (lambda: ResNetConfig(SHAPE, K, smoothing=1), r"label smoothing must be in \[0, 1\)"),
        (lambda: SiameseConfig(embedding=0), "embedding must be 1 or more"),
        (lambda: SiameseConfig(margin=0), "the margin must be above 0"),
    ],
)
def test_settings_that_make_no_net_are_refused(make, error):
    with pytest.raises(ValueError, match=error) as raised:
        make()
    assert "\n" not in str(raised.value)


def test_logistic_regression_by_hand():
    """N1, one image with each label: L = -(y log ŷ + (1 - y) log(1 - ŷ))."""
    model = Logistic(LogisticConfig((1, 1, 2), 2)).double()
    with torch.no_grad():
        model.head.linear.weight.copy_(torch.tensor([[0.5, -2.0]]))
        model.head.linear.bias.fill_(0.25)
    x = torch.tensor([[[[1.0, 0.5]]], [[[-2.0, 1.0]]]], dtype=torch.float64)
    likely = [1 / (1 + math.exp(-z)) for z in (0.5 - 1 + 0.25, -1 - 2 + 0.25)]
    np.testing.assert_allclose(model.probabilities(x)[:, 1].numpy(), likely)
    loss, count, _ = model.loss(ImageBatch(x, torch.tensor([1, 0])))
    assert count == 2
    assert loss.item() == pytest.approx(-math.log(likely[0]) - math.log(1 - likely[1]))
