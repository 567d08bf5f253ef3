"""Dynamic evaluation of a language model: its losses, and the choice of settings."""

import contextlib
import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from seqkit.layers.softmax import linear_cross_entropy, token_losses
from seqkit.layers.state import detach
from seqkit.models.language import LanguageModel
from seqkit.text.windows import Windows
from seqkit.train.dynamic import DynamicSettings, DynamicStep, restored, root_mean_squares

MEASURED, ROWS = 100_000, 16
"""Gradients are measured on so many tokens of another text at most, so many rows at a time."""
TUNED = 20_000
"""Settings are chosen on so many tokens at the end of a text at most, or on its second half."""

FIRST = DynamicSettings(rate=4e-4, decay=0.003, window=20)
"""Where the search for settings begins."""
RATES = (1e-4, 2e-4, 4e-4, 8e-4)
DECAYS = (0.001, 0.003, 0.01)
WINDOWS = (10, 20)


def dynamic_losses(
    model: LanguageModel, ids: np.ndarray, settings: DynamicSettings, other: np.ndarray
) -> np.ndarray:
    """-log P of every token given those before it, in nats: float32 (n,), in order.

    After each window the weights take a step, scaled by what the gradients on the beginning of the
    `other` text are like; at the end they are what they were.
    """
    with _adapting(model):
        return _losses(model, ids, settings, _rms(model, other, settings.window))


def choose_dynamic(model: LanguageModel, ids: np.ndarray) -> DynamicSettings:
    """The settings with the least loss on the end of a text, one sought after another.

    First the rate of RATES, then the decay of DECAYS, then the window of WINDOWS, along which rate
    and decay grow; each with the best so far of the others. Gradients are measured on what stands
    before: some words do not come there, as it will be with the text to score. ValueError for a
    text that cannot be halved.
    """
    if len(ids) < 2:
        raise ValueError("the text to choose settings on has a single token: give a longer one")
    place = max(len(ids) - TUNED, len(ids) // 2)
    measured, ids = ids[:place], ids[place:]
    with _adapting(model):
        rms = {window: _rms(model, measured, window) for window in WINDOWS}

        @functools.cache  # the best so far is among the next ones
        def total(settings: DynamicSettings) -> float:
            """The summed loss; infinite where the weights run away."""
            with restored(list(model.parameters())):
                losses = _losses(model, ids, settings, rms[settings.window])
            nats = float(losses.sum(dtype=np.float64))
            return nats if math.isfinite(nats) else math.inf

        best = min((DynamicSettings(r, FIRST.decay, FIRST.window) for r in RATES), key=total)
        best = min((DynamicSettings(best.rate, d, FIRST.window) for d in DECAYS), key=total)
        return min((_widened(best, window) for window in WINDOWS), key=total)


def _widened(settings: DynamicSettings, window: int) -> DynamicSettings:
    """The same speed of learning and of forgetting a token, with another window."""
    times = window / settings.window
    return DynamicSettings(settings.rate * times, settings.decay * times, window)


@contextlib.contextmanager
def _adapting(model: LanguageModel) -> Iterator[None]:
    """Without dropout and with gradients; the model is given back as it was."""
    training = model.training
    model.eval()
    try:
        with restored(list(model.parameters())), torch.enable_grad():
            yield
    finally:
        model.train(training)


def _rms(model: LanguageModel, ids: np.ndarray, window: int) -> list[torch.Tensor]:
    """The RMS of the gradient of each weight over windows of a text, ROWS rows side by side."""
    ids = ids[:MEASURED]
    rows = min(ROWS, len(ids))
    return root_mean_squares(list(model.parameters()), _windows(model, ids, window, rows))


def _losses(
    model: LanguageModel,
    ids: np.ndarray,
    settings: DynamicSettings,
    rms: Sequence[torch.Tensor],
) -> np.ndarray:
    """The losses (n,) of a text, each window before the step that it brings about."""
    step = DynamicStep(list(model.parameters()), rms, settings)
    found = []
    for losses in _windows(model, ids, settings.window):
        found.append(losses.float().cpu().numpy())
        step()
    return np.concatenate(found)


def _windows(
    model: LanguageModel, ids: np.ndarray, length: int, rows: int = 1
) -> Iterator[torch.Tensor]:
    """The losses of each window of a text; the gradients are then those of their mean.

    The state goes on from window to window.
    """
    weight, bias = model.output_weight, model.output_bias
    state = model.initial(rows)
    for window in Windows(ids, rows, length):
        inputs, targets = (torch.from_numpy(part).to(bias.device) for part in window)  # (B, T)
        model.zero_grad(set_to_none=True)
        hidden, state = model(inputs, state)
        real = targets >= 0  # (B, T)
        scored, wanted = hidden[real], targets[real]  # (N, H), (N,)
        loss = linear_cross_entropy(scored, weight, bias, wanted)
        (loss / len(wanted)).backward()  # type: ignore[no-untyped-call]
        yield token_losses(scored.detach(), weight, bias, wanted)
        state = detach(state)
