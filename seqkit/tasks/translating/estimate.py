"""What a training would take, before it begins."""

from seqkit.models.translator import Translator
from seqkit.tasks.translating.data import read_training
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.texts import Source

AT_ONCE = 64 * 1024 * 1024
"""Numbers of the softmax that are worked on together, at most: a quarter of a GB."""


def estimate(settings: TranslatorSettings, train: Source) -> dict[str, int]:
    """What training on pairs would take: pairs, types, parameters, bytes of memory, about."""
    texts, sides = read_training(settings, train)
    model = settings.model(len(sides.source.vocabulary), len(sides.target.vocabulary))
    parameters = sum(p.numel() for p in Translator(model).parameters())
    copies = 4 + 2 * settings.optimizer.startswith("adam") + bool(settings.average)
    tokens = settings.batch_size
    layers = 20 * settings.layers * settings.hidden + 10 * settings.embed
    activations = tokens * layers + min(2 * tokens * model.target_types, AT_ONCE)
    characters = sum(map(len, texts.sources)) + sum(map(len, texts.targets))
    return {
        "pairs": len(texts),
        "source_types": model.source_types,
        "target_types": model.target_types,
        "parameters": parameters,
        "memory_bytes": 4 * (copies * parameters + activations) + 10 * characters,
    }
