"""Transfer: the trunk is kept and frozen, the last layers learn (N7)."""

import pytest
import torch

from seqkit.vision.cnn import CNN, CNNConfig
from seqkit.vision.mlp import MLP, MLPConfig
from seqkit.vision.model import ImageBatch
from seqkit.vision.siamese import Siamese, SiameseConfig
from seqkit.vision.transfer import transfer

SHAPE = (1, 6, 6)
LAYERS = "conv 4x3 same, bn, relu, pool 2, flatten, dense 8, bn, relu, dense 3"


def source():
    torch.manual_seed(0)
    model = CNN(CNNConfig(SHAPE, 3, LAYERS))
    for _ in range(3):
        model(torch.randn(5, *SHAPE) + 1)  # running averages of its own
    return model


def target(model, classes=5):
    torch.manual_seed(1)
    return CNN(model.config.for_classes(classes))


def taught(model):
    """A few steps on random images of five classes; the names of the parameters that moved."""
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), 0.1, weight_decay=0.1)
    model.train()
    for _ in range(3):
        optimizer.zero_grad()
        model.loss(ImageBatch(torch.randn(10, *SHAPE), torch.arange(10) % 5))[0].backward()
        optimizer.step()
    return {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}


def test_the_trunk_is_kept_and_only_the_head_learns():
    old = source()
    new = target(old)
    transfer(old, new)
    assert taught(new) == {"head.weight", "head.bias"}
    x = torch.randn(4, *SHAPE)
    assert torch.equal(new.features(x), old.eval().features(x))
    assert new(x).shape == (4, 5)


def test_the_last_layers_can_learn_too():
    old = source()
    new = target(old)
    drawn = new.trunk[5].weight.clone()
    transfer(old, new, layers=5)
    assert torch.equal(new.trunk[0].weight, old.trunk[0].weight)
    assert torch.equal(new.trunk[5].weight, drawn) and not torch.equal(drawn, old.trunk[5].weight)
    learnt = {"weight", "bias", "mean", "variance"}
    wanted = {"trunk.5.weight", *(f"trunk.6.{name}" for name in learnt)}
    assert taught(new) == wanted | {"head.weight", "head.bias"}


def test_thawed_all_of_it_learns():
    old = source()
    new = target(old)
    transfer(old, new)
    new.freeze(0)
    assert taught(new) == {name for name, _ in new.named_parameters()}
    assert not new.trunk[1].mean.requires_grad


def test_a_siamese_net_takes_the_trunk_of_a_classifier():
    old = source()
    new = Siamese(SiameseConfig(4), target(old))
    transfer(old, new)
    assert torch.equal(new.trunk[0].weight, old.trunk[0].weight)
    assert taught(new) == {"head.0.weight", "head.0.bias"}


def test_the_source_stays_as_it_was():
    old = source()
    transfer(old, target(old))
    assert old.training and old.trunk[0].weight.requires_grad


@pytest.mark.parametrize(
    "model",
    [
        lambda: CNN(CNNConfig(SHAPE, 3, LAYERS.replace("4x3", "5x3"))),
        lambda: MLP(MLPConfig(SHAPE, 3)),
    ],
)
def test_trunks_that_differ_are_refused(model):
    with pytest.raises(ValueError, match=r"layer [12] of the trunks differs: .*the same layers"):
        transfer(source(), model())
    with pytest.raises(ValueError, match="of 8 layers of the trunk 9 cannot be frozen"):
        transfer(source(), target(source()), layers=9)
