"""Evaluating a language model that adapts to the text: by a cache, or by learning from it."""

import math
from typing import Any

import numpy as np

from seqkit.layers.cache import CacheSettings
from seqkit.metrics.language import by_sentence, compare, exp_or_infinity
from seqkit.tasks.language.caching import cached_losses, choose_cache
from seqkit.tasks.language.data import Source
from seqkit.tasks.language.dynamic import MEASURED, choose_dynamic, dynamic_losses
from seqkit.tasks.language.evaluation import metrics_of, text_losses
from seqkit.tasks.language.trained import TrainedLanguageModel
from seqkit.text.streams import TokenStream
from seqkit.text.vocabulary import Vocabulary
from seqkit.train.dynamic import DynamicSettings

NAMES = ("perplexity", "perplexity_interval", "loss", "bits_per_char")


def evaluate_cached(
    model: TrainedLanguageModel, source: Source, settings: CacheSettings
) -> dict[str, Any]:
    """The metrics of a text with a continuous cache beside the model (Grave et al. 2017).

    `gain` is how many nats a token it saves, with its 95 % interval by a paired bootstrap over
    lines.
    """
    with model.encoded(source) as stream:
        losses = cached_losses(model.model, stream.ids, settings)
        return _metrics(model, losses, stream)


def tune_cache(model: TrainedLanguageModel, source: Source) -> CacheSettings:
    """The settings of a cache for texts like this one, which must not be the one to evaluate."""
    with model.encoded(source) as stream:
        return choose_cache(model.model, stream.ids)


def evaluate_dynamic(
    model: TrainedLanguageModel, source: Source, settings: DynamicSettings, other: Source
) -> dict[str, Any]:
    """The metrics of a text from which the model learns as it goes (Krause et al. 2018).

    How far each weight is moved depends on its gradients on the `other` text, which must not be the
    one to evaluate. The model itself stays as it is; `gain` as in `evaluate_cached`.
    FloatingPointError where the weights run away.
    """
    with model.encoded(other) as stream:
        measured = stream.read(0, min(len(stream), MEASURED))
    with model.encoded(source) as stream:
        losses = dynamic_losses(model.model, stream.ids, settings, measured)
        if math.isinf(exp_or_infinity(float(losses.mean(dtype=np.float64)))):
            raise FloatingPointError(
                f"the weights have run away at a rate of {settings.rate:g}: choose a smaller one"
            )
        return _metrics(model, losses, stream)


def tune_dynamic(model: TrainedLanguageModel, source: Source) -> DynamicSettings:
    """The settings of a step for texts like this one, which must not be the one to evaluate."""
    with model.encoded(source) as stream:
        return choose_dynamic(model.model, stream.ids)


def _metrics(
    model: TrainedLanguageModel, losses: np.ndarray, stream: TokenStream
) -> dict[str, Any]:
    """The metrics of the adapted model, and what it gains."""
    found = metrics_of(losses, stream, model.vocabulary)
    plain = text_losses(model.model, stream.ids)
    gain = float((plain.astype(np.float64) - losses).mean())
    return {
        **{name: found[name] for name in NAMES if name in found},
        "gain": gain,
        **_interval(plain, losses, stream, model.vocabulary),
    }


def _interval(
    plain: np.ndarray, losses: np.ndarray, stream: TokenStream, vocabulary: Vocabulary
) -> dict[str, list[float]]:
    """The interval of the gain, if there is more than one line to tell it by."""
    nats, tokens = by_sentence(plain, stream.ids, vocabulary.eos)
    if len(nats) < 2:
        return {}
    found = compare(nats, by_sentence(losses, stream.ids, vocabulary.eos)[0], tokens)
    return {"gain_interval": [found.low, found.high]}
