"""The list of gradient checks: nothing is missing, all pass, and a mistake anywhere is found."""

import pytest
import torch

from seqkit.layers import CELLS, fast
from seqkit.layers.attention import ATTENTIONS
from seqkit.layers.gradcheck import TOLERANCE
from seqkit.layers.rnn import RNN
from seqkit.layers.unroll import unroll
from seqkit.layers.wrappers import Wrapper
from seqkit.tasks.gradcheck import WRAPPERS, check, choose


@pytest.mark.parametrize("name", choose())
def test_gradients_agree_with_two_sided_differences(name):
    made = check(name)
    assert made.worst.error < TOLERANCE, made.worst
    assert all(found.numeric > 1e-3 for found in made.differences), "a check of nothing"


def test_every_cell_is_checked_in_every_way():
    ways = {"unroll", "unroll/padded", "run", "run/padded", "language-model", *WRAPPERS}
    assert {f"{cell}/{way}" for cell in CELLS for way in ways} <= set(choose())


def test_every_wrapper_is_checked():
    made = {type(wrap(RNN(2, 3))) for wrap in WRAPPERS.values()}
    assert made == set(Wrapper.__subclasses__())


def test_every_attention_is_checked():
    assert choose(["attention"]) == [f"attention/{name}" for name in ATTENTIONS]


def test_a_check_has_every_parameter_the_input_and_the_state():
    names = [found.name for found in check("lstm-peephole/run").differences]
    parameters = ["input_weight", "recurrent_weight", "bias", "peephole_weight"]
    assert names == ["x", "state[0]", "state[1]", *parameters]


def wrong(name):
    """The tensors of a check whose error is above the tolerance."""
    return {found.name for found in check(name).differences if found.error > TOLERANCE}


def test_a_mistake_in_a_step_is_found_in_the_loop_alone(monkeypatch):
    """The compiled path has a backward pass of its own, so it does not share the mistake."""

    def forgets_to_learn(self, projected, state, weights):
        return (torch.tanh(projected + weights.product(state[0]).detach()),)

    monkeypatch.setattr(RNN, "step", forgets_to_learn)
    assert wrong("rnn/unroll") >= {"recurrent_weight", "state[0]"}
    assert wrong("rnn/run") == set()


def test_a_mistake_in_a_fast_path_is_found_there_alone(monkeypatch):
    def twin_of(cell, x, real):
        return lambda x, state, weights, real: unroll(cell, x.detach(), state, weights, real)

    monkeypatch.setattr(fast, "twin_of", twin_of)
    assert wrong("rnn/run") == wrong("rnn/run/padded") == {"x"}
    assert wrong("rnn/unroll") == wrong("rnn/unroll/padded") == set()


def test_the_seed_and_nothing_else_decides_the_numbers():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first = check("gru/zoneout", seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(2)
    assert check("gru/zoneout", seed=3) == first != check("gru/zoneout", seed=4)


def test_checks_are_chosen_by_name_or_part():
    assert choose(["lstm/run"]) == ["lstm/run"]
    assert choose(["zoneout"]) == [f"{cell}/zoneout" for cell in CELLS]
    assert choose(["one-hot", "stack"]) == ["stack", "one-hot", "language-model/one-hot"]
    with pytest.raises(ValueError, match=r"no check 'lsmt'; there are: rnn, unroll, padded, run, "):
        choose(["lstm", "lsmt"])
