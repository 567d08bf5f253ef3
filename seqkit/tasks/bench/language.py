"""Rows of language models: training each cell, sampling, scoring."""

from functools import partial

from seqkit.decode.filters import SamplingConfig
from seqkit.decode.sampling import NEVER
from seqkit.layers import CELLS
from seqkit.tasks import language
from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.bench.row import Row, Subject, size_of
from seqkit.tasks.bench.stopwatch import Stopwatch
from seqkit.tasks.bench.timed import time_steps
from seqkit.tasks.fast_paths import path_of

PRESET = "small"
"""The one size that all cells are measured at: 2 layers of 200."""
SAMPLES, TOKENS = 20, 50
"""Samples that are drawn side by side, and how many tokens each has."""


def language_rows() -> list[Row]:
    """The rows, in the order of the table."""
    training = [
        Row(
            f"train-lm:{cell}", f"language model, {cell}, training", "tokens", partial(_train, cell)
        )
        for cell in CELLS
    ]
    return [
        *training,
        Row("sample", f"language model, sampling {SAMPLES} at once", "tokens", _sample),
        Row("score", "language model, scoring lines", "tokens", _score),
    ]


def _train(cell: str, setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = language.build_settings(
        PRESET, cell=cell, precision=setup.precision, **setup.endless
    )
    size = time_steps(language.training(settings, setup.texts.running, folder), watch)
    return Subject(size, path_of(cell, setup.device), setup.precision)


def _sample(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    model = _trained(setup, folder)
    config = SamplingConfig(max_tokens=TOKENS, banned=(model.vocabulary.unk,), seed=setup.seed)
    watch.time(lambda: sum(len(one.ids) for one in model.sample([], SAMPLES, config, NEVER)))
    return _subject(setup, model)


def _score(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    model = _trained(setup, folder)
    text = b"".join(setup.texts.running.valid.blocks()).decode()
    lines = text.splitlines()
    watch.time(lambda: sum(len(one.tokens) for one in model.score(lines)))
    return _subject(setup, model)


def _trained(setup: Setup, folder: str) -> language.TrainedLanguageModel:
    """A model of the default cell that has seen next to nothing, which is as fast as any other."""
    settings = language.build_settings(PRESET, precision=setup.precision, **setup.brief())
    language.train(settings, setup.texts.running, folder)
    return language.load(folder, setup.device)


def _subject(setup: Setup, model: language.TrainedLanguageModel) -> Subject:
    return Subject(size_of(model.model), path_of("lstm", setup.device), "fp32")
