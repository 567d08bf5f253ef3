"""One training by several processes, started by torchrun: what they tell each other.

Every process holds the whole model and works on its share of each batch; gradients are added up
before each step, so all take the same step. `team()` is the processes there are: one, unless
torchrun has set the variables of the environment by which they find each other.
"""

import datetime
import functools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from seqkit.train.rendezvous import meet

PATIENCE = datetime.timedelta(hours=12)
"""How long one waits for the others: the first may encode a large text meanwhile."""


def bounds(count: int, part: int, parts: int) -> tuple[int, int]:
    """Where a part of `count` items begins and ends; those that are cut again fit into each other.

    Part p of P has the items from count p // P up to count (p + 1) // P, perhaps none.
    """
    return count * part // parts, count * (part + 1) // parts


class Team:
    """The processes of a training, of which this is number `rank` of `size`; the first leads.

    Whatever it offers must be called by all of them in the same order. RuntimeError where one of
    the others is gone.
    """

    def __init__(self, rank: int, size: int) -> None:
        self.rank, self.size = rank, size

    @property
    def leads(self) -> bool:
        """Whether this process is the one that speaks, measures and writes."""
        return self.rank == 0

    def sum(self, values: Sequence[float]) -> list[float]:
        """Add up the numbers of all, place by place, in float64."""
        if self.size == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64)
        self._exchange(lambda: dist.all_reduce(tensor))
        return tensor.tolist()

    def sum_(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors, of one shape in all processes, by their sums over them."""
        if self.size > 1:
            self._exchange(
                lambda: [
                    work.wait() for work in [dist.all_reduce(t, async_op=True) for t in tensors]
                ]
            )

    def add_up(self, numbers: Sequence[float], parameters: Sequence[nn.Parameter]) -> list[float]:
        """Add up the numbers and the gradients of all; who has no gradient of a parameter adds 0.

        A parameter of which nobody has one keeps none, as optimizers pass over it then.
        """
        if self.size == 1:
            return list(numbers)
        has = [float(parameter.grad is not None) for parameter in parameters]
        found = self.sum([*numbers, *has])
        owners = found[len(numbers) :]
        together = [p for p, owned in zip(parameters, owners, strict=True) if owned]
        for parameter in together:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self.sum_([p.grad for p in together if p.grad is not None])
        return found[: len(numbers)]

    def rows(self, mine: Tensor, first: int, count: int) -> Tensor:
        """Join the rows of all into a tensor of `count` rows; mine are those from `first` on."""
        if self.size == 1:
            return mine
        whole = mine.new_zeros(count, *mine.shape[1:])
        whole[first : first + len(mine)] = mine
        self.sum_([whole])
        return whole

    def follow(self, tensors: Sequence[Tensor]) -> None:
        """Overwrite tensors with those of the first."""
        if self.size > 1:
            self._exchange(lambda: [dist.broadcast(tensor, 0) for tensor in tensors])

    def agree(self, value: Any) -> Any:
        """What the first says, a value in JSON's terms; what the others say is ignored."""
        if self.size == 1:
            return value
        text = json.dumps(value).encode() if self.leads else b""
        length = torch.tensor([len(text)])
        self.follow([length])
        content = torch.empty(int(length), dtype=torch.uint8)
        if self.leads:
            content = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        self.follow([content])
        return json.loads(content.numpy().tobytes())

    def wait_for_first(self) -> None:
        """Go on when the first has come to this point, too."""
        self.agree(None)

    def dismiss(self) -> None:
        """End every process but the first, whose alone the rest is."""
        if not self.leads:
            raise SystemExit(0)

    def _exchange(self, what: Callable[[], Any]) -> None:
        try:
            what()
        except RuntimeError as error:
            raise RuntimeError(
                f"process {self.rank + 1} of {self.size} has lost the others; the same command "
                "with --resume goes on from the last checkpoint"
            ) from error


@functools.cache
def team() -> Team:
    """The team that the environment speaks of (RANK, WORLD_SIZE, MASTER_ADDR …), joined once."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Team(0, 1)
    rank = int(os.environ["RANK"])
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    store = meet(rank, size)
    dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=PATIENCE)
    return Team(rank, size)
