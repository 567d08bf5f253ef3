"""The likeliest continuations of many prompts at once: the tensor part of beam search."""

import math
from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import pad_sequence

from seqkit.decode.filters import best
from seqkit.decode.step import check_numbers

Continuation = tuple[int, int, float]
"""Which hypothesis of its prompt goes on, with which token, and log P of the whole in nats."""


def continuations(
    log_probs: torch.Tensor,
    so_far: Sequence[float],
    sizes: Sequence[int],
    width: int,
    kept: Sequence[int | None] | None = None,
) -> list[list[Continuation]]:
    """The `width` likeliest continuations of each of P prompts, best first.

    kept: for each prompt a hypothesis whose own best continuation follows in any case, if it is
    not among them; None where there is no such hypothesis.

    log_probs: (R, V), of the next token of R hypotheses; so_far: log P of each until here. The
    first sizes[0] rows belong to the first prompt, best first, and so on. log P is summed and
    compared in float64 on the CPU; at ties the better hypothesis, then the lower id, comes first.
    Impossible continuations are left out.
    """
    sums = torch.tensor(so_far, dtype=torch.float64).unsqueeze(1)  # (R, 1)
    totals, ids = _of_each_row(log_probs, sums, min(width, log_probs.shape[-1]))  # (R, k)
    # Side by side, (P, K * k), in the order in which ties are decided: hypotheses, then ids.
    beside = _padded(totals, sizes, -math.inf)
    tokens = _padded(ids, sizes, 0)
    values, places = beside.sort(dim=-1, descending=True, stable=True)
    values, places = values[:, :width], places[:, :width]  # (P, width)
    parents, tokens = places // ids.shape[1], tokens.gather(1, places)
    found = [
        [found for found in zip(*prompt, strict=True) if found[2] > -math.inf]
        for prompt in zip(parents.tolist(), tokens.tolist(), values.tolist(), strict=True)
    ]
    _keep(found, totals, ids, sizes, kept or [])
    return found


def _keep(
    found: list[list[Continuation]],
    totals: torch.Tensor,
    ids: torch.Tensor,
    sizes: Sequence[int],
    kept: Sequence[int | None],
) -> None:
    """Add the best continuation of each kept hypothesis to those found, if it is not there."""
    row = 0
    for own, size, at in zip(found, sizes, kept, strict=False):
        if at is not None and all(parent != at for parent, _, _ in own):
            best_total = float(totals[row + at].max())
            if best_total > -math.inf:
                place = int((totals[row + at] == best_total).nonzero()[0, 0])  # the lowest id
                own.append((at, int(ids[row + at, place]), best_total))
        row += size


def _padded(rows: torch.Tensor, sizes: Sequence[int], filler: float) -> torch.Tensor:
    """The rows (R, k) of each of P prompts in one row, filled up to (P, max(sizes) * k)."""
    parts = list(torch.split(rows, list(sizes)))
    return pad_sequence(parts, batch_first=True, padding_value=filler).flatten(1)


def _of_each_row(
    log_probs: torch.Tensor, sums: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The k highest of sums (R, 1) + log_probs (R, V), in float64, and their ids, ids rising.

    The k highest log-probabilities of a row give them, for a sum never turns their order around.
    Only where the k-th is level with the next does it matter which ids stand for them, as `topk`
    picks any of those: there the whole row is added up.
    """
    values, ids = log_probs.topk(min(k + 1, log_probs.shape[-1]), dim=-1)  # (R, k + 1)
    check_numbers(values)  # NaN counts as the highest
    totals, ids = sums + values.cpu().double(), ids.cpu()
    edge = totals[:, k - 1]
    level = (edge > -math.inf) & (totals[:, k:] == edge.unsqueeze(1)).any(dim=-1)  # (R,)
    totals, ids = totals[:, :k], ids[:, :k]
    if level.any():
        rows = sums[level] + log_probs[level.to(log_probs.device)].cpu().double()
        ids[level] = best(rows, k).nonzero()[:, 1].view(-1, k)
        totals[level] = rows.gather(1, ids[level])
    ids, order = ids.sort(dim=-1)
    return totals.gather(1, order), ids
