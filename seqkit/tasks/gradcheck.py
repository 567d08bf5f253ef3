"""The gradient check of every cell, layer and net (O10): what is checked, and how."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, GRU, LSTM, RNN, Bidirectional, Cell, Stack
from seqkit.layers.attention import ATTENTIONS
from seqkit.layers.dropout import LockedDropout, WordDropout
from seqkit.layers.embedding import INPUTS
from seqkit.layers.gradcheck import EPSILON, Difference, gradcheck
from seqkit.layers.softmax import linear_cross_entropy
from seqkit.layers.stack import Layer
from seqkit.layers.state import State
from seqkit.layers.unroll import unroll
from seqkit.layers.wrappers import LayerNorm, RecurrentDropout, WeightDrop, Wrapper, Zoneout
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks.gradcheck_numbers import Case, draw, drawn_parameters
from seqkit.tasks.gradcheck_vision import VISION_CASES

B, T, V, D, H = 2, 3, 5, 2, 3
LENGTHS = (3, 2)
RATE = 0.3  # of everything that drops something
MODEL = LanguageModelConfig(V, hidden=H, embed=D)

WRAPPERS: dict[str, Callable[[Cell], Wrapper]] = {
    "weight-drop": lambda cell: WeightDrop(cell, RATE),
    "recurrent-dropout": lambda cell: RecurrentDropout(cell, RATE),
    "layer-norm": LayerNorm,
    "zoneout": lambda cell: Zoneout(cell, *(RATE for _ in cell.initial(1))),
}


@dataclass(frozen=True)
class Checked:
    """A check that was made: the gradient of every tensor against its differences."""

    name: str
    differences: list[Difference]

    @property
    def worst(self) -> Difference:
        """The tensor with the largest error."""
        return max(self.differences, key=lambda difference: difference.error)


def choose(only: Iterable[str] = ()) -> list[str]:
    """The names of the checks, in order: all, or those with one of these names or parts of a name.

    A name such as lstm/zoneout has the parts lstm and zoneout. Raises ValueError for others.
    """
    names, wanted = list(CASES), list(only)
    parts = list(dict.fromkeys(part for name in names for part in name.split("/")))
    for name in wanted:
        if name not in {*names, *parts}:
            raise ValueError(f"there is no check {name!r}; there are: {', '.join(parts)}")
    return [name for name in names if not wanted or {name, *name.split("/")} & {*wanted}]


def check(name: str, epsilon: float = EPSILON, seed: int = 0) -> Checked:
    """Make one check of those that `choose` lists; the seed decides all numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        function, tensors = CASES[name]()
    return Checked(name, gradcheck(function, tensors, epsilon, seed))


def _unrolled(kind: type[Cell], lengths: tuple[int, ...] | None = None) -> Case:
    """A cell over a batch of sequences by the readable loop."""
    cell = kind(D, H)
    x, state, tensors = _parts(cell)
    real = None if lengths is None else torch.arange(T) < torch.tensor(lengths)[:, None]  # (B, T)

    def function() -> tuple[Tensor, ...]:
        outputs, last = unroll(cell, x, state, cell.weights(B), real)
        return (outputs, *last)

    return function, tensors


def _run(layer: Layer | Stack, lengths: tuple[int, ...] | None = None) -> Case:
    """A layer over a batch of sequences by the path that it picks: a compiled one where it can."""
    x, state, tensors = _parts(layer)
    real = None if lengths is None else torch.tensor(lengths)

    def function() -> tuple[Tensor, ...]:
        outputs, last = layer(x, state, real)
        return (outputs, *last)

    return function, tensors


def _cell(name: str, kind: type[Cell]) -> dict[str, Callable[[], Case]]:
    """A cell by both paths, with and without padding, in every wrapper, and in a whole model."""
    wrapped: dict[str, Callable[[], Case]] = {
        f"{name}/{wrapper}": lambda wrap=wrap: _run(wrap(kind(D, H)))  # type: ignore[misc]
        for wrapper, wrap in WRAPPERS.items()
    }
    return {
        f"{name}/unroll": lambda: _unrolled(kind),
        f"{name}/unroll/padded": lambda: _unrolled(kind, LENGTHS),
        f"{name}/run": lambda: _run(kind(D, H)),
        f"{name}/run/padded": lambda: _run(kind(D, H), LENGTHS),
        **wrapped,
        f"{name}/language-model": lambda: _language_model(replace(MODEL, cell=name)),
    }


def _parts(layer: Layer | Stack) -> tuple[Tensor, State, dict[str, Tensor]]:
    """Numbers for a layer: its input (B, T, D), a state, and these with all its parameters."""
    x = draw(B, T, D)
    state, states = _states(layer)
    return x, state, {"x": x, **states, **drawn_parameters(layer)}


def _states(layer: Layer | Stack) -> tuple[State, dict[str, Tensor]]:
    """A state for a layer, and its tensors by name."""
    state = tuple(draw(*tensor.shape) for tensor in layer.initial(B))
    return state, {f"state[{i}]": tensor for i, tensor in enumerate(state)}


def _module(module: nn.Module, x: Tensor, *others: Tensor) -> Case:
    """A layer of one input to be checked and others that have no gradient."""
    return lambda: module(x, *others), {"x": x}


def _embedding(name: str) -> Case:
    """One way from ids to vectors."""
    embedding, ids = INPUTS[name](V, D), _ids()
    return lambda: embedding(ids), drawn_parameters(embedding)


def _attention(name: str) -> Case:
    """T queries over the real positions of sources, and where they looked."""
    attention, queries, values = ATTENTIONS[name](H, D), draw(B, T, H), draw(B, T, D)
    tensors = {"queries": queries, "values": values, **drawn_parameters(attention)}
    real = torch.arange(T) < torch.tensor(LENGTHS)[:, None]  # (B, T)
    return lambda: attention(queries, attention.remember(values, real)), tensors


def _output(smoothing: float = 0.0) -> Case:
    """The output layer and its loss, times 0.7, so that its backward pass has to scale."""
    hidden, weight, bias = draw(B * T, H), draw(V, H), draw(V)
    targets = torch.arange(B * T) % V
    tensors = {"hidden": hidden, "weight": weight, "bias": bias}
    return lambda: 0.7 * linear_cross_entropy(hidden, weight, bias, targets, smoothing), tensors


def _language_model(config: LanguageModelConfig) -> Case:
    """A whole model from a carried state to the loss of a window, one target of it padding."""
    model = LanguageModel(config)
    model.dtype = torch.float64
    state, tensors = _states(model.stack)
    tensors |= drawn_parameters(model)
    inputs, targets = _ids(), torch.tensor([[2, 1, 4], [3, 2, -1]])
    return lambda: model.loss((inputs, targets), state)[0], tensors


def _ids() -> Tensor:
    """Ids (B, T): some words twice, one not at all."""
    return torch.tensor([[1, 2, 1], [0, 3, 2]])


CASES: dict[str, Callable[[], Case]] = {
    **{name: case for cell in CELLS.items() for name, case in _cell(*cell).items()},
    "bidirectional": lambda: _run(Bidirectional(LSTM(D, H), GRU(D, H)), LENGTHS),
    "stack": lambda: _run(Stack([Bidirectional(RNN(D, 2), GRU(D, 2)), LSTM(4, H)], RATE), LENGTHS),
    "embedding": lambda: _embedding("embedding"),
    "one-hot": lambda: _embedding("one-hot"),
    "locked-dropout": lambda: _module(LockedDropout(RATE), draw(B, T, D)),
    "word-dropout": lambda: _module(WordDropout(V, RATE), draw(B, T, D), _ids()),
    **{f"attention/{name}": lambda name=name: _attention(name) for name in ATTENTIONS},  # type: ignore[misc]
    "linear-cross-entropy": _output,
    "linear-cross-entropy/smoothed": lambda: _output(RATE),
    "language-model/one-hot": lambda: _language_model(replace(MODEL, input="one-hot", tie=False)),
    "language-model/dropout": lambda: _language_model(
        replace(
            MODEL,
            dropout_input=RATE,
            dropout_layers=RATE,
            dropout_output=RATE,
            dropout_words=RATE,
            weight_drop=RATE,
            reset_state=RATE,
        )
    ),
    **VISION_CASES,
}
"""How each check is made ready, by its name."""
