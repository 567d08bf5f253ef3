"""What a CRF refuses, and the one-line messages that say why."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from seqkit.layers.chain import Moves, real_mask
from seqkit.layers.unroll import check_input, real_positions


def checked_moves(classes: int, forbidden: Moves | Sequence[Tensor] | None) -> Moves:
    """The masks of what is forbidden, as bools: nothing where there are none."""
    shapes = {"start": (classes,), "end": (classes,), "transitions": (classes, classes)}
    if forbidden is None:
        return Moves(*(torch.zeros(shape, dtype=torch.bool) for shape in shapes.values()))
    if len(forbidden) != len(shapes):
        raise ValueError(f"forbidden must be (start, end, transitions), got {len(forbidden)} masks")
    masks = Moves(*(torch.as_tensor(mask).clone() for mask in forbidden))
    for (name, shape), mask in zip(shapes.items(), masks, strict=True):
        if mask.shape != shape or mask.dtype != torch.bool:
            raise ValueError(
                f"the mask of forbidden {name} must be {shape} of bools, "
                f"got {tuple(mask.shape)} of {mask.dtype}"
            )
    return masks


def checked_lengths(emissions: Tensor, classes: int, lengths: Tensor | None) -> Tensor:
    """The lengths (B,) of sequences with emissions (B, T, K), beside them; all T unless given."""
    check_input(emissions, classes)
    batch, positions = emissions.shape[:2]
    if lengths is None:
        return torch.full((batch,), positions, device=emissions.device)
    real_positions(lengths, emissions)
    return lengths.to(emissions.device, torch.int64).contiguous()


def checked_tags(emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
    """Tags (B, T) as int64 beside the emissions (B, T, K), 0 at padding."""
    whole = not (tags.is_floating_point() or tags.is_complex() or tags.dtype == torch.bool)
    if tags.shape != emissions.shape[:2] or not whole:
        raise ValueError(
            f"the tags must be {tuple(emissions.shape[:2])} of integers, "
            f"got {tuple(tags.shape)} of {tags.dtype}"
        )
    tags = tags.to(emissions.device, torch.int64)
    tags = tags.where(real_mask(tags, lengths), 0)
    classes = emissions.shape[2]
    for row, t in ((tags < 0) | (tags >= classes)).nonzero().tolist():
        raise ValueError(
            f"the tag of sequence {row} at position {t} is {int(tags[row, t])}; "
            f"it must be between 0 and {classes - 1}"
        )
    return tags


def check_finite(emissions: Tensor, lengths: Tensor) -> None:
    """Raise ValueError for NaN and infinity in emissions (B, T, K), except at padding."""
    if emissions.isfinite().all():
        return
    good = emissions.isfinite().all(dim=2) | ~real_mask(emissions, lengths)  # (B, T)
    for row, t in (~good).nonzero().tolist():
        raise ValueError(
            f"the emissions of sequence {row} at position {t} are not finite: "
            "has the net that made them diverged?"
        )


def refuse_no_path(scores: Tensor, lengths: Tensor) -> None:
    """Raise ValueError where the best path, or all paths together, score -inf: (B,)."""
    for row in (scores == -math.inf).nonzero().flatten().tolist():
        raise ValueError(
            f"sequence {row} of length {int(lengths[row])} has no allowed path of tags; "
            "forbid fewer moves"
        )


def refuse_forbidden(tags: Tensor, moves: Moves, lengths: Tensor) -> None:
    """Raise ValueError for the first of the paths (B, T) that makes a forbidden move."""
    for row, (path, length) in enumerate(zip(tags.tolist(), lengths.tolist(), strict=True)):
        wrong = _forbidden_move(path[:length], moves)
        if wrong:
            raise ValueError(
                f"the tags of sequence {row} are forbidden: {wrong}; repair the tags or allow it"
            )


def _forbidden_move(path: list[int], moves: Moves) -> str | None:
    """What is wrong with a path, in words; positions count from 0."""
    if moves.start[path[0]] == -math.inf:
        return f"none may begin with tag {path[0]}"
    for t, (before, after) in enumerate(itertools.pairwise(path), start=1):
        if moves.transitions[before, after] == -math.inf:
            return f"tag {after} at position {t} may not follow tag {before}"
    if moves.end[path[-1]] == -math.inf:
        return f"none may end with tag {path[-1]}"
    return None
