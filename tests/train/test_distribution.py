"""Several processes: what they tell each other, and that together they train as one would."""

import hashlib
import os
import sys

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from seqkit.train.averaging import WeightAverage
from seqkit.train.distribution import Team, bounds, team
from seqkit.train.loop import Hooks, Loop
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import cosine
from tests import together

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

ROWS, STEPS = 7, 6


@pytest.mark.parametrize("count", [0, 1, 5, 12, 100])
@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_parts_cover_all_in_order_and_are_alike(count, parts):
    found = [range(*bounds(count, part, parts)) for part in range(parts)]
    assert [item for part in found for item in part] == list(range(count))
    assert max(map(len, found)) - min(map(len, found)) <= 1


@pytest.mark.parametrize("count", [3, 13])
def test_what_is_cut_again_fits_into_what_was_cut_first(count):
    halves = [range(*bounds(count, half, 2)) for half in range(2)]
    sixths = [range(*bounds(count, sixth, 6)) for sixth in range(6)]
    for half in range(2):
        joined = [item for sixth in sixths[3 * half : 3 * half + 3] for item in sixth]
        assert joined == list(halves[half])


def test_one_process_is_its_own_team():
    alone, tensor = Team(0, 1), torch.tensor([1.0, 2.0])
    assert alone.leads and alone.sum([1, 2.5]) == [1, 2.5] and alone.agree("x") == "x"
    alone.sum_([tensor])
    alone.follow([tensor])
    assert tensor.tolist() == [1, 2] and alone.rows(tensor, 0, 2) is tensor
    alone.dismiss()


def speak():
    """What a process hears of the others."""
    own = team()
    first = torch.full((2, 2), float(own.rank))
    own.follow([first])
    added = torch.tensor([1.0, own.rank])
    own.sum_([added])
    mine = torch.full((own.rank + 1, 2), 10.0 + own.rank)
    whole = own.rows(mine, sum(range(1, own.rank + 1)), sum(range(1, own.size + 1)))
    said = own.agree({"text": "ä", "number": 0.1, "from": own.rank})
    return [
        own.leads,
        own.sum([own.rank, 0.5]),
        first.tolist(),
        added.tolist(),
        whole.tolist(),
        said,
    ]


def test_processes_tell_each_other():
    rows = [[10.0, 10.0], *[[11.0, 11.0]] * 2, *[[12.0, 12.0]] * 3]
    said = {"text": "ä", "number": 0.1, "from": 0}
    for rank, heard in enumerate(together.run(speak, 3)):
        assert heard == [rank == 0, [3, 1.5], [[0, 0], [0, 0]], [3, 3], rows, said]


def lose():
    """What a process says when the other one has ended."""
    own = team()
    own.wait_for_first()
    if own.rank:
        os._exit(0)
    try:
        while True:
            own.sum([1.0])
    except RuntimeError as error:
        return str(error)


def test_who_has_lost_the_others_says_so():
    (process, receiver), _ = together.start(lose, 2)
    process.join(60)
    assert "process 1 of 2 has lost the others; the same command with --resume" in receiver.recv()


def join(port):
    """What two processes add up to that meet in a store which torchrun keeps."""
    os.environ |= {"MASTER_PORT": str(port), "TORCHELASTIC_USE_AGENT_STORE": "True"}
    return team().sum([1.0])


def test_processes_that_died_before_do_not_stand_in_the_way():
    port = together.free_port()
    store = dist.TCPStore("127.0.0.1", port, is_master=True, wait_for_workers=False)
    dead = hashlib.sha256(b"dead gone").hexdigest()
    for key, value in (("0", "dead"), ("1", "gone"), ("proposed", "dead gone")):
        store.set(f"seqkit {key}", value)
    for key in (f"{dead} 1", f"{dead} begins"):
        store.set(f"seqkit {key}", "")
    for _ in range(2):  # and once more after these, too, are gone
        assert together.run(join, 2, port) == [[2.0], [2.0]]


class Net(nn.Module):
    """A recurrent sum of the rows of a batch, and a weight that only the first row touches."""

    def __init__(self):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.full((3,), 0.5)), nn.Parameter(torch.zeros(1))
        self.first = nn.Parameter(torch.ones(1))

    def loss(self, batch, carry):
        x, is_first = batch
        state = torch.zeros(len(x), 1) if carry is None else carry[0]
        state = 0.5 * state + (x @ self.weight + self.bias)[:, None]  # (rows, 1)
        loss = (state - 1).square().sum()
        if is_first.any():
            loss = loss + (self.first * x[0, 0] - 2).square().sum()
        return loss, len(x), (state.detach(),)


class Epoch:
    """Batches of random rows, by the number of the epoch."""

    def __init__(self, number):
        generator = np.random.default_rng(number)
        self.batches = torch.from_numpy(generator.random((STEPS, ROWS, 3))).float()

    def __len__(self):
        return STEPS

    def __getitem__(self, k):
        return self.batches[k], torch.arange(ROWS) == 0

    def share(self, k, part, parts):
        first, last = bounds(ROWS, part, parts)
        whole, is_first = self[k]
        return (whole[first:last], is_first[first:last]) if last > first else None


class Stop(Hooks):
    """Ends the training, as a kill would, after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_step(self, loop):
        if loop.at.steps == self.steps:
            loop.save()
            raise InterruptedError


def learn(pieces=1, folder=None, stop=None):
    """Train by whatever team there is: the history of losses and the weights at the end."""
    torch.manual_seed(3)
    net = Net()
    optimizer = build_optimizer("adamw", net, 0.05, 0.01, 0.0)
    parts = (net, optimizer, cosine, ClipNorm(0.5), WeightAverage(net, 0.5))
    checkpoint = folder and folder / "state"
    given = (Epoch, lambda: {"loss": net.weight.sum().item()}, Limits(3), checkpoint, Stop(stop))
    loop = Loop(Recipe(*parts, pieces=pieces), *given)
    loop.resume()
    try:
        loop.fit()
    except InterruptedError:
        return None
    losses = [record["train"]["loss"] for record in loop.history]
    return losses, [p.detach().tolist() for p in net.parameters()]


def assert_alike(one, other):
    np.testing.assert_allclose(one[0], other[0], rtol=1e-6)
    for mine, its in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pieces", [2, 3, 7])
def test_a_batch_in_pieces_makes_the_same_step(pieces):
    assert_alike(learn(pieces), learn())


@pytest.mark.parametrize(("size", "pieces"), [(2, 1), (3, 2)])
def test_several_processes_train_as_one(size, pieces):
    found = together.run(learn, size, pieces)
    assert all(one == found[0] for one in found), "they must agree to the last bit"
    assert_alike(found[0], learn())


@pytest.mark.parametrize(("before", "after"), [(2, 2), (2, 1), (1, 3)])
def test_a_training_goes_on_with_more_or_fewer_processes(tmp_path, before, after):
    for size, stop in ((before, 8), (after, None)):
        found = together.run(learn, size, 1, tmp_path, stop)
    assert_alike(found[0], learn())
