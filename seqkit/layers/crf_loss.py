"""The loss of a CRF with its gradient written by hand: marginals minus what the tags say (G1)."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqkit.layers import chain
from seqkit.layers.chain import Moves, Posterior, count_moves, last_of, real_mask
from seqkit.layers.crf_checks import refuse_forbidden, refuse_no_path


def negative_log_likelihood(
    emissions: Tensor, parameters: Moves, moves: Moves, tags: Tensor, lengths: Tensor
) -> Tensor:
    """Sum over the batch of log Z - score(tags), in nats, as a scalar of the type of `exact`.

    emissions (B, T, K); the parameters get gradients, and `moves` are their `exact` numbers, with
    -inf where forbidden; tags (B, T) int64 in 0..K-1 even at padding; lengths (B,). Raises
    ValueError for forbidden tags and where no path is allowed.
    """
    return _NegativeLogLikelihood.apply(emissions, *parameters, moves, tags, lengths)  # type: ignore[no-untyped-call, no-any-return]


class _NegativeLogLikelihood(torch.autograd.Function):
    """The loss and all its gradients in the forward pass: forward-backward yields both at once."""

    @staticmethod
    def forward(
        ctx: Any,
        emissions: Tensor,
        start: Tensor,
        end: Tensor,
        transitions: Tensor,
        moves: Moves,
        tags: Tensor,
        lengths: Tensor,
    ) -> Tensor:
        scores = exact(emissions)
        taken = count_moves(tags, len(end), lengths)
        gold = _total(taken, moves)
        if gold == -math.inf:
            refuse_forbidden(tags, moves, lengths)
        log_z, nodes, pairs = find_posterior(scores, moves, lengths)
        d_start = nodes[:, 0].sum(0) - taken.start
        d_end = last_of(nodes, lengths).sum(0) - taken.end
        real, chosen = real_mask(tags, lengths), tags[:, :, None]  # (B, T), (B, T, 1)
        d_emissions = nodes.scatter_add_(2, chosen, -real[:, :, None].to(nodes.dtype))
        gold += scores.gather(2, chosen).squeeze(2).where(real, 0).sum()
        ctx.save_for_backward(
            d_emissions.to(emissions.dtype),
            d_start.to(start.dtype),
            d_end.to(end.dtype),
            (pairs - taken.transitions).to(transitions.dtype),
        )
        return log_z.sum() - gold

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, ...]:
        return *(d * scale.to(d.dtype) for d in ctx.saved_tensors), None, None, None


def _total(taken: Moves, moves: Moves) -> Tensor:
    """The score of moves that are taken so often, as a scalar."""
    scores = [(n * s).where(n > 0, 0).sum() for n, s in zip(taken, moves, strict=True)]
    return scores[0] + scores[1] + scores[2]


def find_posterior(emissions: Tensor, moves: Moves, lengths: Tensor) -> Posterior:
    """Forward-backward over `exact` numbers, by the fastest way that their device has.

    Raises ValueError for a sequence without any allowed path.
    """
    if emissions.device.type == "cpu":
        from seqkit.layers.fast import chain as compiled  # by numba, which is slow to import

        found = compiled.posterior(emissions, moves, lengths)
    else:
        found = chain.posterior(emissions, moves, lengths)
    refuse_no_path(found.log_z, lengths)
    return found


def exact(tensor: Tensor) -> Tensor:
    """The same numbers in the type that chains are computed in: float64 where the device has it."""
    dtype = torch.float32 if tensor.device.type == "mps" else torch.float64
    return tensor.detach().to(dtype).contiguous()
