"""Which engine trains word vectors: compiled tiles on a CPU, or torch."""

import importlib.util

import numpy as np
import numpy.typing as npt

from seqkit.tasks.devices import choose_device, cpu_threads
from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.text.vocabulary import Vocabulary
from seqkit.word2vec.engine import Engine

Array = npt.NDArray[np.float32]


def engine_name(settings: Word2VecSettings) -> str:
    """tiles, or torch: for full softmax, on other devices than the CPU, and without numba."""
    on_cpu = choose_device(settings.device).type == "cpu"
    has_numba = importlib.util.find_spec("numba") is not None
    tiles = on_cpu and has_numba and settings.loss != "softmax"
    if settings.exact and not tiles:
        raise ValueError("--exact needs a CPU, numba and --loss ns or hs")
    return "tiles" if tiles else "torch"


def threads_of(settings: Word2VecSettings) -> int:
    """How many threads the tiles run on."""
    return 1 if settings.exact else cpu_threads(settings.threads)


def build_engine(
    settings: Word2VecSettings, vocabulary: Vocabulary, inputs: Array, outputs: Array
) -> Engine:
    """The engine for these settings over matrices (V, D)."""
    counts = np.array(vocabulary.counts, np.int64)
    if engine_name(settings) == "tiles":
        # Importing numba takes a moment, and it may be missing.
        from seqkit.word2vec.tile_engine import TileEngine

        return TileEngine(settings.config(), counts, inputs, outputs, threads_of(settings))
    from seqkit.word2vec.torch_engine import TorchEngine

    device = choose_device(settings.device)
    return TorchEngine(settings.config(), counts, inputs, outputs, device)
