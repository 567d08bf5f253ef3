"""Language models that learn to classify: thawed layer by layer, the lower the slower (G3)."""

import dataclasses
from typing import Any

import torch

from seqkit.models.fine_tuned import FineTunedClassifier, FineTunedConfig
from seqkit.tasks.classifying.bodies import Bodies
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.typed import from_json
from seqkit.train.averaging import build_average
from seqkit.train.optimizers import ClipNorm, optimizer_over
from seqkit.train.recipe import Recipe
from seqkit.train.schedules import build_schedule
from seqkit.train.unfreezing import RATIO, Unfreezing, layered_groups


def net_config(settings: ClassifierSettings, labels: Labels, bodies: Bodies) -> dict[str, Any]:
    """The configuration of the net: dropout before the head, and half of it inside."""
    half = settings.dropped / 2
    inside = tuple(
        dataclasses.replace(
            config,
            dropout_input=half,
            dropout_layers=half,
            dropout_output=0.0,
            dropout_words=settings.dropout_words,
            weight_drop=half,
        )
        for config in bodies.configs
    )
    config = FineTunedConfig(inside, len(labels.names), labels.many, dropout=settings.dropped)
    return dataclasses.asdict(config)


def build_net(config: dict[str, Any], weights: torch.Tensor | None = None) -> FineTunedClassifier:
    """A new net; `weights` (K,) say how dear errors are on each label."""
    return FineTunedClassifier(from_json(FineTunedConfig, config), weights)


def recipe(settings: ClassifierSettings, net: FineTunedClassifier) -> Recipe:
    """Each layer is trained more slowly than the one above it, and thawed after it."""
    groups = net.layer_groups()
    rates = layered_groups(groups, RATIO, settings.weight_decay, settings.l1)
    optimizer = optimizer_over(settings.optimizer, rates, settings.peak)
    schedule = build_schedule(settings.schedule, settings.passes, settings.decay_rate)
    clip = ClipNorm(settings.clip)
    average = build_average(settings.optimizer, net, settings.average)
    if not settings.unfreeze:
        return Recipe(net, optimizer, schedule, clip, average, pieces=settings.accumulate)
    plan = Unfreezing(groups, settings.unfreeze)
    return Recipe(net, optimizer, schedule, clip, average, plan.begin, settings.accumulate)
