"""Explanations of real scorers: what they add up to, and who may be explained how."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.classifying.explaining import explain
from seqkit.tasks.classifying.explanation import contrast
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.summed import SumScorer
from tests.tasks import classified
from tests.tasks.classifying.test_gradient import net_of

TEXTS = [
    ("i loved this film !", "good"),
    ("loved it , loved its end !", "good"),
    ("this film was so dull", "bad"),
    ("a dull end , not loved", "bad"),
    ("not dull , not good", "so-so"),
    ("this was so-so , not more", "so-so"),
]
ODD = st.text(st.one_of(st.characters(), st.sampled_from("lovedfilm !\u200b\u0301İ\n\t")))


def linear(names=("bad", "good", "so-so"), many=False, level="word", order=2):
    """A linear model of TEXTS, of the texts with these labels."""
    kept = [(text, (label,)) for text, label in TEXTS if label in names]
    given = [own for _, own in kept]
    if many:
        given = [(*own, "short") if len(text) < 20 else own for text, own in kept]
        names = (*names, "short")
    labels, texts = Labels(tuple(sorted(names)), many), [text for text, _ in kept]
    return LinearScorer.fit(texts * 3, given * 3, labels, level, order), labels


def trained(scorer, labels, level="word"):
    return SimpleNamespace(scorer=scorer, labels=labels, settings=classified.settings(level=level))
