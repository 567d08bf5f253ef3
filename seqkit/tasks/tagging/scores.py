"""The scores that a tagger decodes: of sentences by themselves, or as parts of their documents."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqkit.models.agreement import FORMS, elsewhere
from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.encoding import Encoded
from seqkit.tasks.tagging.symbols import Symbols
from seqkit.text.batching import Ints, groups_of_one_length

TOKENS = 2_000
"""Tokens of a batch of sentences of one length."""


class Reading(NamedTuple):
    """B sentences of one length as they were read at first."""

    chosen: Ints  # (B,): their numbers
    scores: Tensor  # (B, T, K)
    evidence: Tensor  # (B, T, C, 2): what their words are elsewhere, at most; C types, two forms


def all_scores(model: Tagger, symbols: Symbols, text: Encoded) -> Iterator[tuple[Ints, Tensor]]:
    """The numbers of sentences of one length (B,) and the scores of their tags (B, T, K).

    Words that come again in a document are brought into agreement, if the model knows how.
    """
    stop_training(model)
    agreement = model.agreement
    if agreement is None or not agreement.weight.any() or (text.again < 0).all():
        for chosen in _groups(text):
            yield chosen, emissions(model, text, chosen)
        return
    members = symbols.members().to(agreement.weight)  # (K, C, 2)
    for chosen, scores, evidence in read_first(model, symbols, text):
        yield chosen, scores + added(agreement(evidence), members)


@torch.no_grad()
def read_first(model: Tagger, symbols: Symbols, text: Encoded) -> list[Reading]:
    """Read all sentences by themselves, and note what is thought of each word elsewhere."""
    stop_training(model)
    groups = _groups(text)
    scores = [emissions(model, text, chosen) for chosen in groups]
    again = torch.from_numpy(text.again)  # (N,)
    members = symbols.members().flatten(1)  # (K, C * 2)
    shares = torch.zeros(len(again), members.shape[1])  # (N, C * 2)
    for chosen, own in zip(groups, scores, strict=True):
        shares[text.at(chosen)] = model.head.shares(own, None).float().cpu() @ members
    evidence, repeated = torch.zeros_like(shares), again >= 0
    if repeated.any():
        evidence[repeated] = elsewhere(shares[repeated], again[repeated])
    evidence = evidence.view(len(again), len(symbols.types), FORMS)  # (N, C, 2)
    return [
        Reading(chosen, own, evidence[text.at(chosen)].to(own))
        for chosen, own in zip(groups, scores, strict=True)
    ]


def added(support: Tensor, members: Tensor) -> Tensor:
    """What classes (B, T, C, 2) are given, for each of their tags: (B, T, K)."""
    return support.flatten(2) @ members.flatten(1).T


def emissions(model: Tagger, text: Encoded, chosen: Ints) -> Tensor:
    """Scores of tags (B, T, K) for sentences of one length, each by itself."""
    device = model.output.weight.device
    return model.scores(text.tokens(chosen).to(device))


def stop_training(model: Tagger) -> None:
    """`model.eval()`, which walks through all modules, only where it is needed."""
    if model.training:
        model.eval()


def _groups(text: Encoded) -> list[Ints]:
    return [
        np.asarray(group) for group in groups_of_one_length(text.lengths, range(len(text)), TOKENS)
    ]
