"""Settings of nets of images: what is refused, what a net comes of, what goes together."""

import pytest

from seqkit.tasks.imaging import ImageSettings
from seqkit.vision.cnn import CNNConfig
from seqkit.vision.logistic import LogisticConfig
from seqkit.vision.mlp import MLPConfig
from seqkit.vision.resnet import ResNetConfig

SHAPE = (1, 12, 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "vgg"}, "unknown --model 'vgg'; there are: logistic, mlp, cnn, resnet, siamese"),
        ({"activation": "swish"}, "unknown --activation 'swish'"),
        ({"precision": "fp8"}, "unknown --precision 'fp8'"),
        ({"blocks": 0}, "--blocks must be 1 or more, got 0"),
        ({"shift": -1}, "--shift must be 0 or more, got -1"),
        ({"margin": 0.0}, "--margin must be above 0, got 0.0"),
        ({"dropout": 1.0}, "--dropout must be in [0, 1), got 1.0"),
        ({"hidden": "8,,8"}, "--hidden 8,,8: write numbers with commas between"),
        ({"widths": "8;8"}, "--widths 8;8: write numbers with commas between"),
        ({"model": "mlp", "layers": "dense 2"}, "--layers goes with --model cnn or siamese"),
        ({"hold_out": "7"}, "--hold-out goes with --model siamese, not cnn"),
        ({"freeze": 1}, "--freeze goes with --from RUN"),
        (
            {"layers": "conv 8x3, pol 2, flatten, dense 2"},
            "--layers: layer 2, 'pol 2': 'pol' at word 1 is no kind of layer; there are: conv, ",
        ),
        (
            {"layers": "conv 8x3 sane, flatten"},
            "--layers: layer 1, 'conv 8x3 sane': 'sane' at word 3 ",
        ),
        ({"layers": ""}, "--layers: the specification has no layers"),
    ],
)
def test_what_is_refused_names_the_option(changes, message):
    with pytest.raises(ValueError) as caught:
        ImageSettings(**changes)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "net"),
    [
        ({"model": "logistic", "label_smoothing": 0.1}, LogisticConfig(SHAPE, 3, 0.1)),
        (
            {"model": "mlp", "hidden": "8,4", "activation": "tanh", "batch_norm": False},
            MLPConfig(SHAPE, 3, (8, 4), "tanh", False, 1.0, 0.8, 0.0),
        ),
        (
            {"model": "resnet", "widths": "4,8", "blocks": 2, "dropout": 0.5},
            ResNetConfig(SHAPE, 3, (4, 8), 2, 0.5, 0.0),
        ),
        ({"layers": "flatten, dense 3"}, CNNConfig(SHAPE, 3, "flatten, dense 3")),
        (
            {"model": "siamese", "layers": "flatten, dense 9 relu"},
            CNNConfig(SHAPE, 3, "flatten, dense 9 relu, dense 3"),
        ),
    ],
)
def test_the_net_that_settings_say(changes, net):
    assert ImageSettings(**changes).net(SHAPE, 3) == net


def test_the_default_fits_small_images_and_any_number_of_classes():
    assert ImageSettings().net((3, 32, 32), 7).classes == 7


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            "conv 8x13, flatten, dense 3",
            "--layers: layer 1, 'conv 8x13': a filter of 13 is larger ",
        ),
        ("flatten, dense 10", "--layers: the last layer is 'dense 10', but "),
        ("conv 8x3, dense 3", "--layers: layer 2, 'dense 3': W[l] is (n[l], n[l-1])"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers, message):
    with pytest.raises(ValueError) as caught:
        ImageSettings(layers=layers).net(SHAPE, 3)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": "8"}, "--hidden goes with --model mlp, not cnn: leave it out"),
        ({"model": "mlp", "blocks": 2}, "--blocks goes with --model resnet, not mlp: leave it out"),
        ({"dropout": 0.1}, "--dropout goes with --model mlp or resnet, not cnn: leave it out"),
        (
            {"model": "siamese", "label_smoothing": 0.1},
            "--label-smoothing goes with --model logistic or mlp or cnn or resnet, not siamese",
        ),
        (
            {"layers": "flatten, dense 3", "begin_from": "run"},
            "--layers goes with a net from scratch, not with --from, which brings its own",
        ),
    ],
)
def test_settings_that_the_net_does_not_obey_are_refused(changes, message):
    with pytest.raises(ValueError) as caught:
        ImageSettings(**changes).check_obeyed(changes)
    assert str(caught.value).startswith(message)


def test_what_is_obeyed_is_not_refused():
    changes = {"model": "siamese", "margin": 0.1, "hold_out": "7, 8,9", "epochs": 3}
    settings = ImageSettings(**changes)
    settings.check_obeyed(changes)
    assert settings.held_out == ("7", "8", "9") and ImageSettings().held_out == ()
