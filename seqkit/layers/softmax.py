"""The output layer: softmax over the vocabulary and its cross-entropy, in chunks of rows (C6, L1).

The (N, V) matrix of a softmax is the largest tensor of a language model. Here it exists once, in
the type of the computation, and becomes the gradient in place; logits, log-probabilities and their
gradients are never held side by side.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

LOGITS_AT_A_TIME = 4_000_000  # keeps a chunk of rows in the processor's cache


def linear_cross_entropy(
    hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Sum of -log softmax(W @ h + b)[target] over N rows, in nats, as a scalar.

    hidden (N, D), weight (V, D), bias (V,), targets (N,) int64. The products run in the type of
    `hidden`; the gradients reach weight and bias in their own types. With `smoothing` e the labels
    are 1 - e on the target and e spread over all V words (Szegedy et al. 2016, section 7).
    """
    return _LinearCrossEntropy.apply(hidden, weight, bias, targets, smoothing)  # type: ignore[no-untyped-call, no-any-return]


@torch.no_grad()
def token_losses(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """-log softmax(W @ h + b)[target] of each row, in nats: (N,), at least float32; no gradient."""
    losses = hidden.new_empty(len(targets), dtype=torch.promote_types(hidden.dtype, torch.float32))
    weight, bias = weight.to(hidden.dtype), bias.to(hidden.dtype)
    for rows in _chunks(len(targets), len(weight)):
        logits = torch.addmm(bias, hidden[rows], weight.T).to(losses.dtype)  # (n, V)
        target = logits.gather(1, targets[rows, None]).squeeze(1)  # (n,)
        losses[rows] = logits.logsumexp(dim=1) - target
    return losses


class _LinearCrossEntropy(torch.autograd.Function):
    """The loss and all its gradients in one forward pass: d logits = softmax - one-hot."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
    ) -> Tensor:
        """Return the summed loss; keep the gradients for a loss of weight one."""
        dtype = hidden.dtype
        w, b = weight.to(dtype), bias.to(dtype)
        errors = hidden.new_empty(len(hidden), len(w))  # (N, V)
        d_hidden = torch.empty_like(hidden)  # (N, D)
        loss = torch.zeros((), dtype=torch.float64 if hidden.device.type == "cpu" else None)
        loss = loss.to(hidden.device)
        for rows in _chunks(len(hidden), len(w)):
            chunk, target = errors[rows], targets[rows, None]
            torch.addmm(b, hidden[rows], w.T, out=chunk)  # logits (n, V)
            if smoothing:  # -mean log softmax is larger than -log softmax[target] by so much
                gap = chunk.gather(1, target).sum(dtype=loss.dtype)
                loss += smoothing * (gap - chunk.mean(dim=1, dtype=loss.dtype).sum())
            torch.softmax(chunk, dim=1, out=chunk)
            loss -= _log(chunk.gather(1, target)).sum(dtype=loss.dtype)
            chunk.scatter_add_(1, target, chunk.new_full(target.shape, smoothing - 1))
            if smoothing:
                chunk.sub_(smoothing / len(w))
            torch.mm(chunk, w, out=d_hidden[rows])
        ones = errors.new_ones(1, len(errors))
        d_weight = (errors.T @ hidden).to(weight.dtype)  # (V, D)
        d_bias = (ones @ errors).squeeze(0).to(bias.dtype)  # (V,): far faster than sum over rows
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        return loss

    @staticmethod
    def backward(ctx, scale: Tensor):  # type: ignore[no-untyped-def,override]
        """Scale the gradients by that of the loss."""
        d_hidden, d_weight, d_bias = ctx.saved_tensors
        return (
            d_hidden * scale.to(d_hidden.dtype),
            d_weight * scale.to(d_weight.dtype),
            d_bias * scale.to(d_bias.dtype),
            None,
            None,
        )


def _log(probabilities: Tensor) -> Tensor:
    """Natural logarithm in at least float32, finite where a probability has underflowed."""
    exact = probabilities.to(torch.promote_types(probabilities.dtype, torch.float32))
    return exact.clamp_min(torch.finfo(exact.dtype).tiny).log()


def _chunks(rows: int, vocabulary_size: int) -> Iterator[slice]:
    size = max(1, LOGITS_AT_A_TIME // vocabulary_size)
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))
