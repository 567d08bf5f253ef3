"""Frozen layers keep their bytes, thawed ones learn, and each learns at its own rate."""

import pytest
import torch
from torch import nn

from seqkit.train.averaging import WeightAverage
from seqkit.train.loop import Hooks, Loop
from seqkit.train.optimizers import OPTIMIZERS, ClipNorm, ClipValue, optimizer_over
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import SCHEDULES
from seqkit.train.unfreezing import Unfreezing, layered_groups, set_rates


class Layers(nn.Module):
    """Three layers, the lowest with a part that never trains."""

    def __init__(self):
        super().__init__()
        self.fixed = nn.Parameter(torch.randn(4), requires_grad=False)
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))

    def loss(self, batch, carry):
        x = self.fixed + torch.ones(2, 4) * (batch + 1)
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return (x - 0.3).square().sum(), 2, None

    def layer_groups(self):
        groups = [list(layer.parameters()) for layer in self.layers]
        return [[self.fixed, *groups[0]], *groups[1:]]


def layers():
    torch.manual_seed(0)
    return Layers()


def contents(group):
    return [parameter.detach().numpy().tobytes() for parameter in group]


def make(model, epochs=4, each=1, checkpoint=None, look=None, optimizer="adamw", clip=None):
    """A loop that thaws before each epoch, with all that could touch a frozen weight."""
    plan = Unfreezing(model.layer_groups(), each)
    groups = layered_groups(model.layer_groups(), weight_decay=0.1)
    recipe = Recipe(
        model,
        optimizer_over(optimizer, groups, 0.05),
        SCHEDULES["one-cycle"],
        clip or ClipNorm(1.0),
        WeightAverage(model, 0.5),
        plan.begin,
    )

    def batches(epoch):
        if look:
            look(epoch)
        return range(3)

    def evaluate():
        return {"loss": -float(len(loop.history))}  # the last epoch counts as the best

    loop = Loop(recipe, batches, evaluate, Limits(epochs), checkpoint)
    return loop


@pytest.mark.parametrize("each", [1, 2])
def test_frozen_layers_keep_their_bytes_and_thawed_ones_change(each):
    model, seen = layers(), []

    def look(_=None):
        seen.append(list(map(contents, model.layer_groups())))

    make(model, 6, each, look=look).fit()
    look()
    del seen[0]  # the loop asks for the batches of epoch 0 twice
    for epoch in range(6):
        before, after = seen[epoch], seen[epoch + 1]
        trained = min(3, 1 + epoch // each)
        for index in range(3):
            fixed = 1 if index == 0 else 0
            assert before[index][:fixed] == after[index][:fixed]
            for one, two in zip(before[index][fixed:], after[index][fixed:], strict=True):
                assert (one != two) == (index >= 3 - trained), (epoch, index)


@pytest.mark.parametrize("clip", [ClipNorm(0.01), ClipValue(0.001)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_killed_between_epochs_and_within_one_it_ends_with_the_same_bytes(
    tmp_path, optimizer, clip
):
    """The optimizer has no state yet of what is frozen; nor may the resumed one invent any."""
    whole = layers()
    make(whole, optimizer=optimizer, clip=clip).fit()
    path = tmp_path / "state"
    for steps in (2, 3, 5, 10):
        path.unlink(missing_ok=True)
        loop = make(layers(), checkpoint=path, optimizer=optimizer, clip=clip)
        _stop_after(loop, steps)
        resumed = layers()
        again = make(resumed, checkpoint=path, optimizer=optimizer, clip=clip)
        assert again.resume()
        again.fit()
        assert contents(resumed.parameters()) == contents(whole.parameters()), steps


def test_the_loop_thaws_before_the_epoch_that_a_resumed_training_goes_on_with(tmp_path):
    path = tmp_path / "state"
    loop = make(layers(), checkpoint=path)
    _stop_after(loop, 4)  # within the second epoch
    told = []
    again = make(layers(), checkpoint=path)
    begin = again.recipe.before_epoch
    again.recipe.before_epoch = lambda epoch: (told.append(epoch), begin(epoch))
    assert again.resume()
    again.fit()
    assert told == [1, 2, 3]


def test_the_norm_that_is_clipped_is_that_of_what_trains():
    """The top layer alone: its gradient is scaled to the limit, however large the others were."""
    model, moved = layers(), []
    loop = make(model, epochs=1, optimizer="sgd", clip=ClipNorm(0.01))
    before = [parameter.detach().clone() for parameter in model.layers[2].parameters()]
    rate = 0.05 * SCHEDULES["one-cycle"](0)

    class Look(Hooks):
        def on_step(self, loop):
            if not moved:
                moved.extend(p.detach().clone() for p in model.layers[2].parameters())

    loop.hooks = Look()
    loop.fit()
    steps = [(old - new) / rate for old, new in zip(before, moved, strict=True)]
    steps[0] -= 0.1 * before[0]  # weight decay, on the matrix alone
    norm = torch.cat([step.flatten() for step in steps]).norm()
    assert norm.item() == pytest.approx(0.01, rel=1e-3)


def _stop_after(loop, steps):
    def stop(running):
        if running.at.steps == steps:
            running.save()
            raise KeyboardInterrupt

    loop.hooks.on_step = stop
    with pytest.raises(KeyboardInterrupt):
        loop.fit()


def test_what_is_frozen_depends_on_the_epoch_alone():
    model = layers()
    plan = Unfreezing(model.layer_groups(), epochs=2)
    wanted = {0: 1, 1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 50: 3}
    for epoch in (50, 0, 3, 1, 5, 2, 4):
        plan.begin(epoch)
        found = [all(p.requires_grad for p in layer.parameters()) for layer in model.layers]
        assert found == [index >= 3 - wanted[epoch] for index in range(3)]
        assert plan.thawed(epoch) == wanted[epoch] and not model.fixed.requires_grad
    assert plan.complete == 4


def test_a_gradient_from_before_does_not_move_a_frozen_layer():
    model = layers()
    plan = Unfreezing(model.layer_groups())
    model.loss(0, None)[0].backward()
    plan.begin(0)
    assert [p.grad is None for p in model.layers[0].parameters()] == [True, True]
    assert [p.grad is None for p in model.layers[2].parameters()] == [False, False]


def test_each_layer_steps_at_its_own_rate():
    """Plain descent, w - rate * g / 2.6 ** (layers above), with decay on matrices only."""
    model = layers()
    optimizer = torch.optim.SGD(layered_groups(model.layer_groups(), 2.6, 0.5), 1.0)
    set_rates(optimizer.param_groups, 0.1)
    model.loss(1, None)[0].backward()
    wanted = []
    for above, layer in zip((2, 1, 0), model.layers, strict=True):
        rate = 0.1 / 2.6**above
        weight = layer.weight - rate * (layer.weight.grad + 0.5 * layer.weight)
        wanted += [weight.detach(), (layer.bias - rate * layer.bias.grad).detach()]
    optimizer.step()
    for layer, pair in zip(model.layers, zip(wanted[::2], wanted[1::2], strict=True), strict=True):
        torch.testing.assert_close((layer.weight.data, layer.bias.data), pair)


@pytest.mark.parametrize("ratio", [1, 2.6])
def test_the_loop_gives_every_group_its_share_of_the_rate_of_the_schedule(ratio):
    model, seen = layers(), []
    groups = layered_groups(model.layer_groups(), ratio)
    plain = [model.fixed.requires_grad_()]  # a group without a factor
    recipe = Recipe(
        model,
        optimizer_over("sgd", [*groups, {"params": plain}], 0.4),
        lambda progress: 1 - progress,
        ClipNorm(1.0),
        WeightAverage(model, 0),
    )

    class Look(Hooks):
        def on_step(self, loop):
            seen.append([group["lr"] for group in loop.recipe.optimizer.param_groups])

    Loop(recipe, lambda epoch: range(2), lambda: {"loss": 0.0}, Limits(2), hooks=Look()).fit()
    for step, rates in enumerate(seen):
        top = 0.4 * (1 - step / 4)
        below, lowest = top / ratio, top / ratio / ratio
        assert rates == pytest.approx([top, top, below, below, lowest, lowest, top])
    assert len(seen) == 4


def test_the_optimizer_keeps_the_factors_in_its_state():
    model = layers()
    first = torch.optim.AdamW(layered_groups(model.layer_groups(), 2.0), 0.1)
    second = torch.optim.AdamW(layered_groups(model.layer_groups(), 3.0), 0.1)
    second.load_state_dict(first.state_dict())
    factors = [group["factor"] for group in second.param_groups]
    assert factors == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_groups_without_a_factor_get_the_rate_itself():
    groups = [{"lr": 3.0}, {"lr": 3.0, "factor": 0.5}]
    set_rates(groups, 0.2)
    assert [group["lr"] for group in groups] == [0.2, 0.1]


def test_what_cannot_be_is_refused():
    model = layers()
    groups = model.layer_groups()
    with pytest.raises(ValueError, match="1 epoch or more, got 0"):
        Unfreezing(groups, 0)
    with pytest.raises(ValueError, match=r"ratio must be >= 1, got 0\.5"):
        layered_groups(groups, 0.5)
    with pytest.raises(ValueError, match="in two layers"):
        Unfreezing([*groups, groups[1]])
    with pytest.raises(ValueError, match="none of the layers has a parameter to train"):
        layered_groups([[model.fixed], []])
