"""A language model with a continuous cache beside it: its losses, and the choice of settings."""

from collections.abc import Iterator

import numpy as np
import torch

from seqkit.layers.cache import CacheSettings, Comparison, Positions, mixed_losses
from seqkit.layers.softmax import token_losses
from seqkit.models.language import LanguageModel
from seqkit.tasks.language.evaluation import pieces_of
from seqkit.text.windows import Windows

ROWS = 4
"""Pieces that are read side by side: their top outputs are all held at once."""
BLOCK = 256
"""Positions compared at once with those before them."""

TUNED = 20_000
"""Tokens of a text that settings are chosen on, at most."""
SIZES = (100, 500, 2000)
THETAS = (0.0, 0.03, 0.1, 0.3, 1.0)
WEIGHTS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)


def cached_losses(model: LanguageModel, ids: np.ndarray, settings: CacheSettings) -> np.ndarray:
    """-log P of every token given those before it, in nats: float32 (n,), in order."""
    found = []
    for losses, comparison in _compared(model, ids, settings.size):
        cached = comparison.log_probs(settings.size, settings.theta)
        found.append(mixed_losses(losses, cached, settings.weight).float().cpu().numpy())
    return np.concatenate(found)


def choose_cache(model: LanguageModel, ids: np.ndarray) -> CacheSettings:
    """The settings of SIZES, THETAS and WEIGHTS with the least loss on the beginning of a text.

    Weight 0, no cache, is among them. Of equally good ones it is the first.
    """
    shapes = [(size, theta) for size in SIZES for theta in THETAS]
    totals = np.zeros((len(shapes), len(WEIGHTS)))
    for losses, comparison in _compared(model, ids[:TUNED], max(SIZES)):
        for row, shape in enumerate(shapes):
            cached = comparison.log_probs(*shape)
            for column, weight in enumerate(WEIGHTS):
                totals[row, column] += float(mixed_losses(losses, cached, weight).double().sum())
    row, column = divmod(int(totals.argmin()), len(WEIGHTS))
    return CacheSettings(*shapes[row], WEIGHTS[column])


def _compared(
    model: LanguageModel, ids: np.ndarray, size: int
) -> Iterator[tuple[torch.Tensor, Comparison]]:
    """Block by block in order: the losses of the model, and the block beside what a cache holds."""
    before: Positions | None = None
    for losses, positions in _read(model, ids):
        before = positions.last(0) if before is None else before
        for start in range(0, len(losses), BLOCK):
            block = slice(start, start + BLOCK)
            now = Positions(positions.hidden[block], positions.tokens[block])
            yield losses[block], Comparison(before, now)
            before = before.then(now).last(size)


def _read(model: LanguageModel, ids: np.ndarray) -> Iterator[tuple[torch.Tensor, Positions]]:
    """The losses and the positions of some pieces of the text at a time, in its order."""
    training = model.training
    model.eval()
    for windows in pieces_of(ids, ROWS):
        positions = _positions(model, windows)
        weight, bias = model.output_weight, model.output_bias
        yield token_losses(positions.hidden, weight, bias, positions.tokens), positions
    model.train(training)


@torch.no_grad()
def _positions(model: LanguageModel, windows: Windows) -> Positions:
    """All that the windows score, row after row."""
    device = model.output_bias.device
    state = model.initial(windows.batch)
    outputs, wanted = [], []
    for inputs, targets in windows:
        hidden, state = model(torch.from_numpy(inputs).to(device), state)
        outputs.append(hidden)  # (B, T, H)
        wanted.append(torch.from_numpy(targets).to(device))
    targets_of_rows = torch.cat(wanted, dim=1)
    real = targets_of_rows >= 0
    return Positions(torch.cat(outputs, dim=1)[real], targets_of_rows[real])
