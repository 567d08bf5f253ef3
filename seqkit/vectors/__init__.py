"""Finished word vectors: look-up, neighbours, analogies, files; however they were trained."""

from seqkit.vectors.files import convert, load, save
from seqkit.vectors.vectors import WordVectors

__all__ = ["WordVectors", "convert", "load", "save"]
