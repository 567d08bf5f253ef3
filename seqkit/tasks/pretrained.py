"""Word vectors as the beginning of a model's embedding (G3)."""

from collections.abc import Sequence

import torch
from torch import Tensor

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
