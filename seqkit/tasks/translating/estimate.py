"""What a training of a translator would take, before it begins."""

import numpy as np
import torch

from seqkit.models.translator import Translator, TranslatorConfig
from seqkit.tasks.devices import choose_device
from seqkit.tasks.estimates import FIXED, of_layer, of_weights
from seqkit.tasks.translating.data import read_training
from seqkit.tasks.translating.encoding import Encoded, encode, groups
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.texts import Source
from seqkit.train.precision import choose_precision

KERNELS = {"fp32": (3_000_000, 170_000_000), "bf16": (10_000_000, 730_000_000)}
"""Bytes that torch keeps for each new shape of a batch, the kernels it made for it, and at most.

In bf16 all products have such kernels, in fp32 the LSTM alone. Shapes differ from epoch to epoch.
"""
A_TOKEN = 60
"""Bytes for each token of source and target: as it is read, and in numbers."""


def estimate(settings: TranslatorSettings, train: Source) -> dict[str, int]:
    """What training on pairs would take: pairs, types, parameters, and bytes of memory.

    `memory_bytes` is as in `memory_of`.
    """
    texts, sides = read_training(settings, train)
    model = settings.model(len(sides.source.vocabulary), len(sides.target.vocabulary))
    with torch.device("meta"):  # shapes without numbers
        parameters = sum(p.numel() for p in Translator(model).parameters())
    precision = choose_precision(settings.precision, choose_device(settings.device))
    encoded = encode(sides, texts.sources, texts.targets)
    return {
        "pairs": len(texts),
        "source_types": model.source_types,
        "target_types": model.target_types,
        "parameters": parameters,
        "memory_bytes": memory_of(settings, precision, model, parameters, encoded),
    }


def memory_of(
    settings: TranslatorSettings,
    precision: str,
    model: TranslatorConfig,
    parameters: int,
    encoded: Encoded,
) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process.

    Beside what is fixed: the pairs; the weights, and as they are used in bf16 with their gradients;
    a step; torch's kernels. benchmarks/estimates.py measures how right it is.
    """
    sources, targets = encoded.lengths
    size, cast = (2, 4 * parameters) if precision == "bf16" else (4, 0)
    each, most = KERNELS[precision]
    step = size * numbers_of_step(settings, model, int(sources.max()))
    kernels = min(each * batches_of(settings, encoded), most)
    weights = of_weights(settings, parameters) + cast
    return FIXED + A_TOKEN * int(sources.sum() + targets.sum()) + weights + step + kernels


def numbers_of_step(settings: TranslatorSettings, model: TranslatorConfig, longest: int) -> int:
    """Numbers that a step on N tokens keeps for the way back.

    Those of every layer, the softmax (N, V), the attention's contexts, queries and outputs, and in
    additive attention a vector for each token of the source at each of the target.
    """
    N, H, D = -(-settings.batch_size // settings.accumulate), model.hidden, model.embed
    directions = 1 + model.bidirectional
    widths = [D] + [H] * (model.layers - 1)
    decoder = model.decoder_cell or model.cell
    layers = sum(
        directions * of_layer(model.cell, H // directions, width) + of_layer(decoder, H, width)
        for width in widths
    )
    pairs = 3 * longest * H if model.attention == "additive" else 0
    return N * (layers + 6 * H + model.target_types + pairs)


def batches_of(settings: TranslatorSettings, encoded: Encoded) -> int:
    """How many batches all epochs together have, about."""
    order = np.arange(len(encoded))
    return settings.epochs * sum(1 for _ in groups(encoded, order, settings.batch_size))
