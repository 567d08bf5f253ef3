"""Provisional."""

from seqkit.tasks.classifying.linear import LinearScorer as AveragedScorer

__all__ = ["AveragedScorer"]
