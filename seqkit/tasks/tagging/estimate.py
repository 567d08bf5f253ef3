"""What a training of a tagger would take, before it begins."""

from seqkit.models.tagger import Tagger
from seqkit.tasks.estimates import FIXED, of_layer, of_weights
from seqkit.tasks.tagging.sentences import Source, read_text
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.tasks.tagging.symbols import choose_symbols
from seqkit.tasks.tagging.trained import build_tagger
from seqkit.vectors.files import load

COMPILED = 90_000_000
"""Bytes that the compiled loops and torch's kernels for sentences of each length take."""
A_TOKEN = 330
"""Bytes for each token of the training text: as it is read, and in numbers."""


def estimate(settings: TaggerSettings, train: Source) -> dict[str, int]:
    """What training on a text would take: types, parameters, and bytes of memory.

    `memory_bytes` is as in `memory_of`.
    """
    text = read_text(train, settings.scheme)
    known = load(settings.vectors).index_to_key if settings.vectors else ()
    symbols = choose_symbols(text.sentences, text.written, settings.min_count, known)
    model = build_tagger(symbols.model(settings), symbols, settings)
    return {
        "words": len(symbols.words),
        "tags": len(symbols.tags),
        "tokens": text.tokens,
        "parameters": sum(p.numel() for p in model.parameters()),
        "memory_bytes": memory_of(settings, model, text.tokens),
    }


def memory_of(settings: TaggerSettings, model: Tagger, tokens: int) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process.

    Beside what is fixed: the text; the weights; what every layer keeps of each position of a batch,
    and the head, which scores K x K moves between tags. What language models make of the text
    (`encoder`) comes on top. benchmarks/estimates.py measures how right it is.
    """
    config = model.config
    N = -(-settings.batch_size // settings.accumulate) * (2 if settings.r_drop else 1)
    first = model.words.embedding.weight.shape[1] + model.forms.output_size
    inputs = [first] + [2 * config.hidden] * (config.layers - 1)
    layers = sum(2 * of_layer(config.cell, config.hidden, width) for width in inputs)
    head = 2 * config.tags**2 if config.crf else 2 * config.tags
    parameters = sum(p.numel() for p in model.parameters())
    weights = of_weights(settings, parameters)
    return FIXED + COMPILED + A_TOKEN * tokens + weights + 4 * N * (layers + head)
