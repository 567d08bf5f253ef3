"""What a training of a classifier would take, before it begins."""

from seqkit.layers import CELLS
from seqkit.tasks.classifying.batches import TOKENS
from seqkit.tasks.classifying.data import ClassifyingData
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.net_training import NetTraining
from seqkit.tasks.classifying.nets import net_config, new_net, new_reader
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.texts import LabelledTexts, Source, read_texts
from seqkit.tasks.devices import choose_device
from seqkit.tasks.estimates import FIXED, of_layer, of_weights
from seqkit.train.precision import choose_precision

COMPILED = 230_000_000
"""Bytes that the compiled loops and torch's kernels of a net take."""
A_CHARACTER = 2
"""Bytes for each character of the texts, which are held in memory."""
OF_CHARACTERS, OF_WORDS = 0.7, 0.155
"""N-grams of each length that a character of a text makes, if they are of characters or words."""
A_FEATURE, KEPT = 63, 0.3
"""Bytes for each n-gram of a text while the linear model is fitted, and the share kept then."""


def estimate(settings: ClassifierSettings, train: Source) -> dict[str, int]:
    """What training on a text would take: texts, types, parameters, and bytes of memory.

    `memory_bytes` is as in `memory_of`.
    """
    texts = read_texts(train)
    data = ClassifyingData(Labels.of(texts.labels), {"train": texts})
    found = {"texts": len(texts), "labels": len(data.labels.names)}
    if settings.model != "recurrent":
        return {**found, "memory_bytes": memory_of(settings, "fp32", texts, None)}
    reader = new_reader(settings, data)
    precision = choose_precision(settings.precision, choose_device(settings.device))
    config = {"model": net_config(settings, data, reader), "precision": precision}
    net = new_net(settings, data, config, reader)
    memory = memory_of(settings, precision, texts, net)
    return {**found, "parameters": net.parameter_count, "memory_bytes": memory}


def memory_of(
    settings: ClassifierSettings, precision: str, texts: LabelledTexts, net: NetTraining | None
) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process.

    Beside what is fixed: the texts; the n-grams of the linear model, which is always fitted; and
    after that what a net takes (`memory_of_net`). benchmarks/estimates.py measures how right it is.
    """
    share = OF_CHARACTERS if settings.level == "char" else OF_WORDS
    linear = round(A_FEATURE * settings.order * share * texts.characters)
    held = FIXED + A_CHARACTER * texts.characters
    if net is None:
        return held + linear
    held += COMPILED + 8 * int(net.encoded["train"].lengths.sum())
    return held + max(linear, round(KEPT * linear) + memory_of_net(settings, precision, net))


def memory_of_net(settings: ClassifierSettings, precision: str, net: NetTraining) -> int:
    """Bytes that a net takes: its weights, a step on the longest texts, and answers to many texts.

    Those are given in the type of the training and then in fp32, for which other memory is taken.
    """
    bf16, longest = precision == "bf16", int(net.encoded["train"].lengths.max())
    N = -(-settings.batch_size // settings.accumulate) * longest
    kept, live = numbers_of_position(settings)
    tokens = min(TOKENS, int(net.encoded["train"].lengths.sum()))
    answers = (4 + 2 * bf16) * max(tokens, longest) * live
    parameters = sum(p.numel() for p in net.scorer.model.parameters())
    weights = of_weights(settings, parameters)
    return weights + (2 if bf16 else 4) * N * kept + answers


def numbers_of_position(settings: ClassifierSettings) -> tuple[int, int]:
    """Numbers that all layers keep of each token for the way back, and one at work without it.

    Those of a language model that is trained further are taken for those of a net from scratch.
    """
    H, D, directions = settings.hidden, settings.embed, 1 + settings.bidirectional
    widths = [D] + [directions * H] * (settings.layers - 1)
    kept = sum(directions * of_layer(settings.cell, H, width) for width in widths)
    live = CELLS[settings.cell].gates * H + 2 * directions * H + 2 * widths[-1]
    return kept + 3 * D + 2 * directions * H, live + D
