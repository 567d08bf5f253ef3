"""Transfer: keep what a trunk has learnt, replace and retrain the last layers (N7)."""

import torch

from seqkit.vision.model import ImageModel


@torch.no_grad()
def transfer(source: ImageModel, target: ImageModel, layers: int | None = None) -> None:
    """Copy the first `layers` of the source's trunk into the target's and freeze them there.

    None: the whole trunk, so that the head alone is trained. What is not copied stays as it was
    drawn and trains; `target.freeze(0)` thaws all for fine-tuning. The target is a fresh model of
    the same trunk, as from `source.config.for_classes(5)`, or a siamese net over one.

    Raises ValueError where the trunks differ.
    """
    target.freeze(layers)
    pairs = zip(source.trunk, target.trunk, strict=False)
    for k, (old, new) in zip(range(target.frozen), pairs, strict=False):
        known = dict(old.named_parameters())
        if {n: p.shape for n, p in known.items()} != {
            n: p.shape for n, p in new.named_parameters()
        }:
            raise ValueError(
                f"layer {k + 1} of the trunks differs: {old} against {new}; "
                "give both models the same layers and images of the same shape"
            )
        for name, parameter in new.named_parameters():
            parameter.copy_(known[name])
