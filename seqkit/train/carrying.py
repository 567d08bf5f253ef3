"""What batches hand on to the next (recurrent states), cut into the shares of processes and pieces.

A carry is a tuple of tensors, a row for each row of the batch, or None.
"""

from typing import Any

import torch
from torch import Tensor

from seqkit.train.distribution import Team, bounds

Carry = tuple[Tensor, ...]


def joined(carries: list[Any] | None, team: Team) -> Carry | None:
    """The carry of the whole batch, out of those of the pieces of all processes.

    Each piece has one, or none has: a batch must have a row or more for each.
    """
    if carries is None or carries[0] is None:
        return None
    mine = tuple(map(torch.cat, zip(*carries, strict=True)))
    count = round(team.sum([len(mine[0])])[0])
    first, _ = bounds(count, team.rank, team.size)
    return tuple(team.rows(tensor, first, count) for tensor in mine)


def cut(
    carry: Carry | None, rank: int, pieces: int, parts: int, device: torch.device
) -> list[Any] | None:
    """The carries of this process's pieces."""
    if carry is None:
        return None
    found = []
    for part in range(rank * pieces, (rank + 1) * pieces):
        first, last = bounds(len(carry[0]), part, parts)
        found.append(tuple(tensor[first:last].to(device) for tensor in carry))
    return found
