"""How much occurrences of a word in a document have to agree: four weights, fitted (G1)."""

import torch
from torch import Tensor

from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.encoding import Encoded
from seqkit.tasks.tagging.prediction import known_sentences
from seqkit.tasks.tagging.scores import added, read_first
from seqkit.tasks.tagging.symbols import Symbols

STEPS = 50
"""The most steps of L-BFGS; a handful is enough."""


def fit_agreement(model: Tagger, symbols: Symbols, valid: Encoded) -> None:
    """Give `model.agreement` the weights under which the tags of `valid` are likeliest.

    A normal prior of variance 1 keeps them finite. The loss is convex, as that of a CRF is in
    whatever its scores are linear in.
    """
    assert model.agreement is not None
    members = symbols.members().to(model.agreement.weight)  # (K, C, 2)
    batches = _batches(model, symbols, valid)
    weight = torch.zeros_like(model.agreement.weight).requires_grad_()
    optimizer = torch.optim.LBFGS([weight], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        loss = weight.square().sum() / 2
        for scores, evidence, tags in batches:
            loss = loss + model.head.loss(scores + added(evidence @ weight, members), tags, None)
        (weight.grad,) = torch.autograd.grad(loss, weight)  # of nothing else
        return loss.detach()

    if batches:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        model.agreement.weight.copy_(weight)


def _batches(model: Tagger, symbols: Symbols, text: Encoded) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Scores, evidence and true tags (B, T) of the sentences whose words come again."""
    known = set(known_sentences(text).tolist())
    found = []
    for chosen, scores, evidence in read_first(model, symbols, text):
        told = evidence.flatten(1).any(dim=1).tolist()
        rows = [row for row, n in enumerate(chosen.tolist()) if told[row] and n in known]
        tags = torch.from_numpy(text.tags[text.at(chosen)])[rows].to(scores.device)
        if rows:
            found.append((scores[rows], evidence[rows], tags))
    return found
