"""The classifier that reads with trained language models, and trains them further (G3).

Embedding and layers of each language model -> [last; max; mean] -> hidden layer -> scores -> head,
after Howard & Ruder 2018.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers.dropout import checked_rate
from seqkit.layers.pooling import LastState, Max, Mean
from seqkit.models.class_heads import ManyLabelsHead, OneClassHead
from seqkit.models.classifier import Texts
from seqkit.models.language import LanguageModel, LanguageModelConfig


@dataclass(frozen=True)
class FineTunedConfig:
    """The shape and the regularization of a classifier that reads with language models.

    The dropout within a body is that of its own config, which may differ from what it was trained
    with.
    """

    bodies: tuple[LanguageModelConfig, ...]  # one for each language model
    classes: int  # K
    many_labels: bool = False  # any number of labels a text, not one class
    hidden: int = 50  # units between what is pooled and the scores; 0: none
    dropout: float = 0.4  # on what is pooled
    dropout_hidden: float = 0.1  # on the hidden units

    def __post_init__(self) -> None:
        """Reject a classifier without bodies or classes, sizes below 0, rates outside [0, 1)."""
        if not self.bodies:
            raise ValueError("a fine-tuned classifier needs a language model to read with")
        if self.classes < (1 if self.many_labels else 2):
            raise ValueError(f"{self.classes} class is nothing to choose from: two are the least")
        if self.hidden < 0:
            raise ValueError(f"hidden must be 0 or more, got {self.hidden}")
        checked_rate(self.dropout)
        checked_rate(self.dropout_hidden)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FineTunedConfig":
        """Rebuild one from what `dataclasses.asdict` and JSON made of it."""
        bodies = tuple(LanguageModelConfig(**body) for body in value["bodies"])
        return cls(**{**value, "bodies": bodies})


class Readings(NamedTuple):
    """B texts as each of the bodies reads them, in its own order."""

    bodies: tuple[Texts, ...]

    def to(self, device: torch.device) -> "Readings":
        """The same on another device."""
        return Readings(tuple(texts.to(device) for texts in self.bodies))


class LabelledReadings(NamedTuple):
    """Texts and what they are."""

    texts: Readings
    labels: Tensor  # (B,) classes, or (B, K) of 0 and 1


class Body(nn.Module):
    """The embedding and the recurrent layers of a language model, and concat pooling on them.

    Texts come in the order in which the language model reads, so a model from right to left is a
    body like any other. Nothing that stands behind the end of a text is seen before it; so padding
    matters to the pooling alone, and the layers run without lengths, which is faster.
    """

    def __init__(self, config: LanguageModelConfig) -> None:
        super().__init__()
        self.config = config
        model = LanguageModel(config)  # of which the output layer is not wanted
        self.embedding, self.stack = model.embedding, model.stack
        self.dropout_words, self.dropout_input = model.dropout_words, model.dropout_input
        self.dropout_output = model.dropout_output
        width = config.widths[-1]
        self.poolings = nn.ModuleList(kind(width, width) for kind in (LastState, Max, Mean))
        self.output_size = len(self.poolings) * width

    def forward(self, texts: Texts, dtype: torch.dtype) -> Tensor:
        """B texts -> (B, 3 H), pooled in the type of the weights; the layers compute in `dtype`."""
        x = self.embedding(texts.ids).to(dtype)  # (B, T, D)
        x = self.dropout_input(self.dropout_words(x, texts.ids))
        x, _ = self.stack(x)  # (B, T, H)
        outputs = self.dropout_output(x).to(self.embedding.weight.dtype)
        return torch.cat([pool(outputs, texts.lengths) for pool in self.poolings], dim=1)

    @torch.no_grad()
    def begin_from(self, model: LanguageModel) -> None:
        """Take over the weights of a language model; ValueError for one of another shape."""
        own, other = _shape(self.config), _shape(model.config)
        if own != other:
            raise ValueError(
                f"a body of cell, embed, widths and words {own} cannot begin from a language model "
                f"of {other}: give it the same"
            )
        self.embedding.load_state_dict(model.embedding.state_dict())
        for layer, trained in zip(self.stack.layers, model.stack.layers, strict=True):
            layer.core.load_state_dict(trained.core.state_dict())  # type: ignore[union-attr]


class FineTunedClassifier(nn.Module):
    """P(y | x) of the class y, or of each label, from what language models make of a text (G3).

    `dtype` is the type that the bodies compute in (float32, or bfloat16 where that pays); the rest
    computes in that of the weights. `weights` (K,) say how dear errors are on each class.
    """

    def __init__(self, config: FineTunedConfig, weights: Tensor | None = None) -> None:
        super().__init__()
        self.config = config
        self.dtype = torch.float32
        self.bodies = nn.ModuleList(map(Body, config.bodies))
        width: int = sum(body.output_size for body in self._bodies())
        self.dropout = nn.Dropout(config.dropout)
        self.hidden = nn.Linear(width, config.hidden) if config.hidden else None
        self.dropout_hidden = nn.Dropout(config.dropout_hidden)
        self.output = nn.Linear(config.hidden or width, config.classes)
        head = ManyLabelsHead if config.many_labels else OneClassHead
        self.head = head(torch.ones(config.classes) if weights is None else weights)

    def begin_from(self, models: Sequence[LanguageModel]) -> None:
        """Take over the weights of a language model for each body, in their order.

        Raises ValueError where one has another shape, or where there are too many or too few.
        """
        if len(models) != len(self.bodies):
            raise ValueError(f"{len(self.bodies)} bodies cannot begin from {len(models)} models")
        for body, model in zip(self._bodies(), models, strict=True):
            body.begin_from(model)

    def forward(self, texts: Readings) -> Tensor:
        """The same B texts for each body -> the score of every class: (B, K)."""
        read = zip(self._bodies(), texts.bodies, strict=True)
        x = self.dropout(torch.cat([body(own, self.dtype) for body, own in read], dim=1))
        if self.hidden is not None:
            x = self.dropout_hidden(torch.relu(self.hidden(x)))  # (B, hidden)
        scores: Tensor = self.output(x)
        return scores

    def loss(self, batch: LabelledReadings, carry: None = None) -> tuple[Tensor, int, None]:
        """-log P(labels) summed over the batch, how many targets that were, nothing to carry."""
        total, count = self.head.loss(self(batch.texts), batch.labels)
        return total, count, None

    @torch.no_grad()
    def probabilities(self, texts: Readings) -> Tensor:
        """How likely each class or label is: (B, K)."""
        return self.head.probabilities(self(texts))

    @torch.no_grad()
    def scale_scores(self, factor: float) -> None:
        """Multiply all scores by a factor for good, to make the probabilities honest."""
        for parameter in self.output.parameters():
            parameter.mul_(factor)

    def layer_groups(self) -> list[list[nn.Parameter]]:
        """The parameters layer by layer, from the embeddings to what stands on the bodies.

        The top layers of all bodies are one group, so are those below them, and so on.
        """
        bodies = self._bodies()
        stacks = [reversed(list(body.stack.layers)) for body in bodies]
        levels = [list(filter(None, level)) for level in zip_longest(*stacks)]
        top = [self.output] if self.hidden is None else [self.hidden, self.output]
        groups = [[body.embedding for body in bodies], *reversed(levels), top]
        return [[p for module in group for p in module.parameters()] for group in groups]

    def _bodies(self) -> list[Body]:
        return list(self.bodies)  # type: ignore[arg-type]


def _shape(config: LanguageModelConfig) -> tuple[str, int, list[int], int]:
    return config.cell, config.embed, config.widths, config.vocabulary_size
