"""Every way in which weights change is noticed, and nothing else is taken for a change."""

import pytest
import torch

from seqkit.models.unchanged import Unchanged


def net():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2, bias=False))


def step(optimizer, **options):
    def change(model):
        model(torch.ones(1, 3)).sum().backward()
        optimizer(model.parameters(), lr=0.1, **options).step()

    return change


def scaled(model):
    with torch.no_grad():
        model[1].weight *= 2


def scaled_in_inference(model):
    with torch.inference_mode():
        model[0].bias.mul_(2)


def exchanged(model):
    model[1].weight = torch.nn.Parameter(model[1].weight.detach().clone())


def given_other_memory(model):
    model[0].weight.data = model[0].weight.data.clone()


CHANGES = {
    "sgd": step(torch.optim.SGD),
    "adamw": step(torch.optim.AdamW),
    "adamw, many at once": step(torch.optim.AdamW, foreach=True),
    "scaled": scaled,
    "scaled in inference mode": scaled_in_inference,
    "exchanged": exchanged,
    "given other memory": given_other_memory,
    "loaded": lambda model: model.load_state_dict(model.state_dict()),
    "of another type": lambda model: model.double(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(change):
    model = net()
    unchanged = Unchanged(model)
    assert unchanged()
    CHANGES[change](model)
    assert not unchanged()
    assert Unchanged(model)()


def test_using_a_model_changes_nothing():
    model = net()
    unchanged = Unchanged(model)
    model.eval()(torch.ones(1, 3)).sum().backward()
    with torch.inference_mode():
        model.train()(torch.ones(1, 3))
    assert unchanged()


def test_memory_that_was_given_back_is_not_taken_for_the_same():
    model = net()
    unchanged, weight = Unchanged(model), model[0].weight
    for _ in range(50):  # an allocator that is handed a block back gives it out again
        weight.data = torch.ones(4, 3)
        assert not unchanged()


def test_parameters_whose_changes_are_not_counted_are_refused():
    with torch.inference_mode():
        model = net()
    with pytest.raises(RuntimeError, match="version counter"):
        Unchanged(model)
