"""Training a net by the loop, whatever reads the texts and by whatever recipe."""

import torch

from seqkit.models.class_heads import balanced_weights
from seqkit.tasks.classifying.batches import EpochOfTexts
from seqkit.tasks.classifying.data import ClassifyingData
from seqkit.tasks.classifying.evaluation import quick_scores
from seqkit.tasks.classifying.labels import Ints
from seqkit.tasks.classifying.net import NetScorer, scores
from seqkit.tasks.classifying.settings import BALANCED, ClassifierSettings
from seqkit.tasks.history import fit_in_run
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Record
from seqkit.train.recipe import Limits, Recipe


class NetTraining:
    """A net, its reader and its loop; the texts are encoded when this is made."""

    def __init__(
        self, settings: ClassifierSettings, data: ClassifyingData, scorer: NetScorer, recipe: Recipe
    ) -> None:
        self.settings, self.data, self.scorer, self.recipe = settings, data, scorer, recipe
        reader = scorer.reader
        self.encoded = {name: reader.encode(part.texts) for name, part in data.texts.items()}
        self.targets: Ints = data.labels.targets(data.texts["train"].labels)

    @property
    def parameter_count(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self.scorer.model.parameters() if p.requires_grad)

    @property
    def cut_share(self) -> float:
        """The share of the training texts of which the net reads as much as it may."""
        lengths, most = self.encoded["train"].lengths, self.settings.max_tokens
        longest = lengths.max()
        return float((lengths == longest).mean()) if 0 < most <= longest else 0.0

    def fit(self, run: Run, hooks: Hooks) -> list[Record]:
        """Train, or go on from the run's checkpoint; the best weights are in place at the end."""
        settings = self.settings
        device = self.scorer.model.output.weight.device

        def batches(epoch: int) -> EpochOfTexts:
            seed = [settings.seed, epoch]
            encoded, size = self.encoded["train"], settings.batch_size
            return EpochOfTexts(encoded, self.targets, size, device, seed)

        ends = (settings.passes, settings.max_minutes, settings.patience)
        limits = Limits(*ends, settings.checkpoint_seconds)
        return fit_in_run(run, self.recipe, batches, self._validate, limits, hooks, badness)

    def _validate(self) -> dict[str, float]:
        labels, part = self.data.labels, self.data.texts["valid"]
        shares = labels.probabilities(scores(self.scorer.model, self.encoded["valid"]))
        return quick_scores(labels, shares, part)


def badness(metrics: dict[str, float]) -> float:
    """How far from perfect: the share that is wrong; of equals the one with the lower loss."""
    return 1 - metrics["accuracy"] + 1e-9 * metrics["loss"]


def label_weights(settings: ClassifierSettings, data: ClassifyingData) -> torch.Tensor | None:
    """How dear errors are on each label, (K,); None: all alike. ValueError for unknown labels."""
    names, given = data.labels.names, settings.weights_by_label()
    for name in given:
        if name not in names:
            known = ", ".join(names[:20]) + ", ..." * (len(names) > 20)
            raise ValueError(f"--class-weights {name}: no such label; there are: {known}")
    if settings.class_weights == BALANCED:
        train = data.texts["train"].labels
        return balanced_weights([sum(name in own for own in train) for name in names])
    return torch.tensor([given.get(name, 1.0) for name in names]) if given else None
