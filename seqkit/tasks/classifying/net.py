"""The recurrent net as a scorer of texts: what reads, and the model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch

from seqkit.models.classifier import Classifier
from seqkit.models.fine_tuned import FineTunedClassifier
from seqkit.tasks.classifying.batches import Encoded, by_length
from seqkit.tasks.classifying.labels import Array
from seqkit.tasks.runs import Run

Model = Classifier | FineTunedClassifier


class Reading(Protocol):
    """What turns texts into the input of a model, and can be kept in a run folder."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Texts as ids."""
        ...

    def save(self, run: Run) -> None:
        """Write what it knows."""
        ...


class NetScorer:
    """A net and its reader; texts of like lengths are worked on together."""

    def __init__(self, model: Model, reader: Reading) -> None:
        self.model, self.reader = model, reader

    def scores(self, texts: Sequence[str]) -> Array:
        """B texts -> (B, K)."""
        return scores(self.model, self.reader.encode(texts))

    def scale(self, factor: float) -> None:
        """Multiply all scores by a factor for good."""
        self.model.scale_scores(factor)

    def save(self, run: Run) -> None:
        """Write model.safetensors; what the reader knows was written when the training began."""
        run.write_weights(self.model)


@torch.inference_mode()
def scores(model: Model, encoded: Encoded) -> Array:
    """The scores of encoded texts, (B, K)."""
    model.eval()
    device = model.output.weight.device
    found = np.zeros((len(encoded), model.output.weight.shape[0]))  # (B, K)
    for chosen in by_length(encoded):
        found[chosen] = model(encoded.texts(chosen).to(device)).double().cpu().numpy()
    return found
