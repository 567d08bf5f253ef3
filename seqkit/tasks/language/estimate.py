"""What a training of a language model would take, before it begins."""

import contextlib
import tempfile

import torch

from seqkit.models.language import LanguageModel
from seqkit.tasks.devices import choose_device, cpu_threads
from seqkit.tasks.estimates import FIXED, of_layer, of_weights
from seqkit.tasks.language.data import Source, choose_types, learn_tokenizer, least_count
from seqkit.tasks.language.evaluation import COUNTED
from seqkit.tasks.language.settings import LanguageSettings
from seqkit.text.scanner import scan
from seqkit.train.precision import choose_precision

COMPILED = 125_000_000
"""Bytes that the compiled loops of cells and counts take, and the kernels of torch."""
A_TRIGRAM = 75
"""Bytes for each token that the baseline counts, which is done before the training."""


def estimate(settings: LanguageSettings, train: Source) -> dict[str, int]:
    """What training on a text would take: types, tokens, parameters, and bytes of memory.

    `memory_bytes` is as in `memory_of`.
    """
    tokenizer, processes = learn_tokenizer(settings, train), cpu_threads(settings.threads)
    folder = tempfile.gettempdir()
    with contextlib.closing(scan(train.blocks(), tokenizer, folder, processes)) as found:
        counts = found.common(settings.vocabulary_limit, least_count(settings, tokenizer))
    types = len(choose_types(counts, settings, tokenizer))
    with torch.device("meta"):  # shapes without numbers
        parameters = sum(p.numel() for p in LanguageModel(settings.model(types)).parameters())
    precision = choose_precision(settings.precision, choose_device(settings.device))
    return {
        "vocabulary": types,
        "tokens": found.tokens,
        "parameters": parameters,
        "memory_bytes": memory_of(settings, precision, types, parameters, found.tokens),
    }


def memory_of(
    settings: LanguageSettings, precision: str, types: int, parameters: int, tokens: int
) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process.

    Beside FIXED and COMPILED that is either the counting of trigrams, or a step (`memory_of_step`).
    Processes that help to encode a large text come on top, before that, some 200 MB each; so does
    compiling loops, where numba has not kept them from an earlier run. benchmarks/estimates.py
    measures how right it is.
    """
    counting = 4 * parameters + A_TRIGRAM * min(tokens, COUNTED)
    return FIXED + COMPILED + max(counting, memory_of_step(settings, precision, types, parameters))


def memory_of_step(settings: LanguageSettings, precision: str, types: int, parameters: int) -> int:
    """Bytes that a step takes, beside FIXED and COMPILED.

    Weights, gradients, the best weights so far, the optimizer's numbers and an average, 4 bytes
    each; what every layer keeps for the way back; the softmax (N, V) of the N = B T positions of a
    window; the matrix of the softmax (V, D) as it is used, and its gradient thrice; the weights
    of the layers as they are used, turned round or their gradients, and with some dropped.
    """
    model, size = settings.model(types), 2 if precision == "bf16" else 4
    N = -(-settings.batch_size // settings.accumulate) * settings.bptt
    layers = sum(of_layer(settings.cell, width, model.embed) for width in model.widths)
    matrix = types * model.widths[-1]
    recurrent = parameters - matrix - (0 if model.tie else types * model.embed)
    # Numbers in the type of the computation.
    used = N * layers + N * types + matrix + 2 * recurrent
    dropped = 4 * recurrent if settings.weight_drop else 0
    one_hot = 8 * N * types if settings.input == "one-hot" else 0
    weights = of_weights(settings, parameters)
    return weights + size * used + 3 * 4 * matrix + dropped + one_hot
