"""Word vectors as the beginning of a model's embedding (G3)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqkit.models.token_vectors import WordEmbedding
from seqkit.vectors.vectors import WordVectors


@torch.no_grad()
def fill_embedding(
    weight: Tensor, types: Sequence[str], vectors: WordVectors, source: str = "--vectors"
) -> Tensor:
    """Put vectors into the rows of an embedding (V, D); which types have one, as bools (V,).

    A word that is not among the vectors is looked for in lower case, and else keeps its row. The
    vectors are scaled together to the root mean square of the rows they replace, so that the net
    above begins as it would without them. ValueError for vectors of another width, and for those of
    none of the types; `source`, such as "--vectors FILE", is what it calls them.
    """
    found_width, width = vectors.vector_size, weight.shape[1]
    if found_width != width:
        raise ValueError(
            f"{source}: they have {found_width} numbers, the embedding {width}; "
            f"use --embed {found_width}"
        )
    chosen = [(i, w if w in vectors else w.lower()) for i, w in enumerate(types)]
    known = [(i, vectors.get_index(w)) for i, w in chosen if w in vectors]
    if not known:
        raise ValueError(
            f"{source}: they know none of the {len(types):,} types of the text; use vectors of "
            "words that are in it"
        )
    places = torch.tensor([i for i, _ in known], device=weight.device)  # (N,)
    found = torch.from_numpy(vectors.vectors[[row for _, row in known]]).to(weight)  # (N, D)
    size = weight[places].square().mean().sqrt() / found.square().mean().sqrt().clamp(min=1e-12)
    weight[places] = found * size
    has_one = torch.zeros(len(types), dtype=torch.bool)
    has_one[places.cpu()] = True
    return has_one


def begin_words(
    words: WordEmbedding,
    types: Sequence[str],
    rare: Tensor,
    vectors: WordVectors | None,
    source: str,
) -> None:
    """Put finished vectors in place, and mark the words that may well be unknown elsewhere.

    `rare` (V,) says which types are seldom in the training text; those with a vector are known all
    the same. Errors and `source` as in `fill_embedding`.
    """
    if vectors is not None:
        rows = words.rows()
        rare = rare & ~fill_embedding(rows, types, vectors, source)
        words.fill(rows)
    words.rare.copy_(rare)
