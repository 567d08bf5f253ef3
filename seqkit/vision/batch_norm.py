"""Batch normalisation (O5) whose running averages are kept like weights."""

import torch
from torch import Tensor, nn

MOMENTUM = 0.1
EPSILON = 1e-5


class BatchNorm(nn.Module):
    """γ (z - μ) / sqrt(σ² + ε) + β for every channel or unit (Ioffe & Szegedy 2015).

    In training μ and σ² are those of the batch, over all images and places, and the running
    averages follow, μ' := 0.9 μ' + 0.1 μ and likewise σ²' with m / (m - 1) σ² over m numbers; at
    inference μ' and σ²' stand in. They are parameters that never train, so that checkpoints,
    averages of weights and run folders, which keep parameters, keep them as well.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))  # γ (C,)
        self.bias = nn.Parameter(torch.zeros(channels))  # β (C,)
        self.mean = nn.Parameter(torch.zeros(channels))  # μ' (C,)
        self.variance = nn.Parameter(torch.ones(channels))  # σ²' (C,)
        self.spare_averages()

    def spare_averages(self) -> None:
        """Let no optimizer touch μ' and σ²', whatever else is thawed."""
        self.mean.requires_grad_(False)
        self.variance.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C) or (B, C, Y, X) -> the same shape; ValueError for one number a channel."""
        if self.training and x.numel() == x.shape[1]:
            raise ValueError("batch normalisation cannot train on a batch of one; use two or more")
        return nn.functional.batch_norm(
            x,
            self.mean,
            self.variance,
            self.weight,
            self.bias,
            self.training,
            MOMENTUM,
            EPSILON,
        )
