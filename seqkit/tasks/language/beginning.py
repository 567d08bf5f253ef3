"""Beginning from a trained language model instead of at random (G3): words, layers, rates."""

import hashlib
import pathlib
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqkit.models.language import LanguageModel
from seqkit.tasks.language.settings import LanguageSettings
from seqkit.tasks.language.trained import TrainedLanguageModel, load
from seqkit.tasks.runs import Run
from seqkit.train.checkpoint import fitting, load_tree, save_tree
from seqkit.train.optimizers import build_optimizer, optimizer_over
from seqkit.train.unfreezing import RATIO, layered_groups

FILE = "beginning.safetensors"
"""In the checkpoint: the weights before the first step, so that the other run may go away."""


def begin(
    model: LanguageModel, types: Sequence[str], path: str, folder: pathlib.Path
) -> dict[str, str | int]:
    """Take over the weights of a run, and keep what comes of it in `folder`.

    Returns what config.json says of it; ValueError where there is no such run.
    """
    try:
        with torch.random.fork_rng(devices=[]):  # a resumed training loads nothing
            earlier = load(path, "cpu")
    except ValueError as error:
        raise ValueError(f"--from {error}") from error
    begin_from(model, types, earlier)
    save_tree(folder / FILE, list(model.parameters()))
    weights = pathlib.Path(path, "model.safetensors").read_bytes()
    return {
        "run": path,
        "corpus": Run(path).read_config()["corpus"].get("name", ""),
        "sha256": hashlib.sha256(weights).hexdigest(),
        "types": len(earlier.vocabulary),
        "known_types": sum(token in earlier.vocabulary for token in types),
    }


@torch.no_grad()
def begin_from(model: LanguageModel, types: Sequence[str], earlier: TrainedLanguageModel) -> None:
    """Take over the recurrent layers, and the rows of those of the V types that are known.

    A type that the earlier model does not know begins at the mean of its rows, in the embedding
    as in the output.
    """
    old = earlier.model
    ids = zip(types, earlier.vocabulary.ids(types), strict=True)
    rows = torch.tensor([i if token in earlier.vocabulary else -1 for token, i in ids])  # (V,)
    _fill(model.embedding.weight, old.embedding.weight, rows)
    _fill(model.output_weight, old.output_weight, rows)  # the same once more where both are tied
    _fill(model.output_bias, old.output_bias, rows)
    for layer, trained in zip(model.stack.layers, old.stack.layers, strict=True):
        layer.core.load_state_dict(trained.core.state_dict())  # type: ignore[union-attr]


@torch.no_grad()
def reopen(model: LanguageModel, folder: pathlib.Path) -> None:
    """Read what `begin` kept; ValueError where it is gone or damaged."""
    path = folder / FILE
    if not path.exists():
        raise ValueError(f"{path}: no such file; train anew with --force")
    with fitting(path):
        for parameter, kept in zip(model.parameters(), load_tree(path), strict=True):
            parameter.copy_(kept)


def optimizer_for(model: LanguageModel, settings: LanguageSettings) -> torch.optim.Optimizer:
    """An optimizer; after a beginning from a run, the lower a layer the slower it learns.

    What lower layers know is of more use to any text (Howard & Ruder 2018, section 3.2).
    """
    if not settings.begin_from:
        penalties = (settings.weight_decay, settings.l1)
        return build_optimizer(settings.optimizer, model, settings.lr, *penalties)
    groups = layered_groups(layer_groups(model), RATIO, settings.weight_decay, settings.l1)
    return optimizer_over(settings.optimizer, groups, settings.lr)


def layer_groups(model: LanguageModel) -> list[list[nn.Parameter]]:
    """The parameters from the lowest recurrent layer to the output.

    The embedding is in the top group, whether or not it is tied to the output: it has the new
    words, and those must be learnt.
    """
    layers = [list(layer.parameters()) for layer in model.stack.layers]
    below = {parameter for layer in layers for parameter in layer}
    return [*layers, [p for p in model.parameters() if p not in below]]


def _fill(own: Tensor, old: Tensor, rows: Tensor) -> None:
    """own (V, ...) := the given rows of old; where one is -1, the mean of all."""
    known = (rows >= 0).to(own.device)
    own[~known] = old.mean(0).to(own)
    own[known] = old[rows[rows >= 0]].to(own)
