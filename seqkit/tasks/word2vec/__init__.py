"""Word vectors: train, resume, load."""

from seqkit.tasks.word2vec.beginning import Source, estimate, memory_of
from seqkit.tasks.word2vec.judging import Judge
from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.tasks.word2vec.training import (
    Hooks,
    Training,
    read_settings,
    resumed_training,
    train,
    training,
)

__all__ = [
    "Hooks",
    "Judge",
    "Source",
    "Training",
    "Word2VecSettings",
    "estimate",
    "memory_of",
    "read_settings",
    "resumed_training",
    "train",
    "training",
]
