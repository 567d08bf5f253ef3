"""A recurrent net from scratch: its vocabulary, its model and the rule that trains it (G2)."""

import dataclasses
from typing import Any

import torch

from seqkit.models.classifier import Classifier, ClassifierConfig
from seqkit.tasks.classifying.data import ClassifyingData
from seqkit.tasks.classifying.reading import Reader
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.pretrained import begin_words
from seqkit.tasks.typed import from_json
from seqkit.train.averaging import build_average
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.recipe import Recipe
from seqkit.train.schedules import build_schedule
from seqkit.vectors.files import load
from seqkit.vectors.vectors import WordVectors


def learn_reader(settings: ClassifierSettings, data: ClassifyingData) -> Reader:
    """The reader for a new training; words of finished vectors join its vocabulary."""
    vectors = _vectors(settings)
    return Reader.learn(
        data.texts["train"].texts,
        settings.level,
        settings.max_tokens,
        settings.vocab_size,
        settings.min_count,
        vectors.index_to_key if vectors else (),
    )


def net_config(
    settings: ClassifierSettings, data: ClassifyingData, reader: Reader
) -> dict[str, Any]:
    """The configuration of the net; words that only finished vectors know are not trained."""
    vocabulary, labels = reader.vocabulary, data.labels
    frozen = vocabulary.counts[2:].count(0) if settings.vectors else 0
    config = settings.net(len(vocabulary), len(labels.names), labels.many, frozen)
    return dataclasses.asdict(config)


def begin(net: Classifier, reader: Reader, settings: ClassifierSettings) -> None:
    """Put finished vectors in place, and mark the words that may well be unknown elsewhere."""
    vocabulary, source = reader.vocabulary, f"--vectors {settings.vectors}"
    rare = torch.tensor(vocabulary.counts) <= settings.min_count
    begin_words(net.words, vocabulary.types, rare, _vectors(settings), source)


def build_net(config: dict[str, Any], weights: torch.Tensor | None = None) -> Classifier:
    """A new net; `weights` (K,) say how dear errors are on each label."""
    return Classifier(from_json(ClassifierConfig, config), weights)


def recipe(settings: ClassifierSettings, net: Classifier) -> Recipe:
    """All layers are trained alike."""
    return Recipe(
        net,
        build_optimizer(settings.optimizer, net, settings.peak, settings.weight_decay, settings.l1),
        build_schedule(settings.schedule, settings.passes, settings.decay_rate),
        ClipNorm(settings.clip),
        build_average(settings.optimizer, net, settings.average),
        pieces=settings.accumulate,
    )


def _vectors(settings: ClassifierSettings) -> WordVectors | None:
    return load(settings.vectors) if settings.vectors else None
