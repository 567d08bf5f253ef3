"""Using a trained language model: sampling novel text, scoring sentences, evaluating texts."""

import contextlib
import copy
import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from seqkit.decode.beam import beam_search
from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig, Hypothesis
from seqkit.decode.sampling import Sample, Stopping, Token, draw, sample
from seqkit.metrics.novelty import Novelty, novelty
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks.devices import choose_device
from seqkit.tasks.language.data import Source, read_tokens
from seqkit.tasks.language.evaluation import ROWS, evaluate_stream, ngram_perplexities
from seqkit.tasks.runs import Run
from seqkit.tasks.typed import from_json
from seqkit.text.backward import Backward
from seqkit.text.streams import TokenStream, encode, ids_of
from seqkit.text.tokenizers import Tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.windows import IGNORED


@dataclass(frozen=True)
class Score:
    """A line and its probability under the model (T4), in nats, `<eos>` included.

    The tokens stand in reading order, `<eos>` at the end. Where the model reads backward it stands
    at the beginning: there each token is predicted from those that follow it.
    """

    line: str
    tokens: list[str]
    log_probs: list[float]  # one a token

    @property
    def log_prob(self) -> float:
        """log P of the whole line."""
        return sum(self.log_probs)

    @property
    def perplexity(self) -> float:
        """exp of the mean loss a token."""
        return float(np.exp(-self.log_prob / len(self.log_probs)))


class TrainedLanguageModel:
    """A language model with its words; the state of every call starts afresh from `<eos>`."""

    def __init__(self, model: LanguageModel, tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
        self.model, self.tokenizer, self.vocabulary = model.eval(), tokenizer, vocabulary

    @property
    def backward(self) -> bool:
        """Whether it reads and writes each line from its end."""
        return isinstance(self.tokenizer, Backward)

    def in_float64(self) -> "TrainedLanguageModel":
        """A copy that computes in float64, in which a row of a batch does not feel the others."""
        model = copy.deepcopy(self.model).double()
        model.dtype = torch.float64
        return TrainedLanguageModel(model, self.tokenizer, self.vocabulary)

    def ids(self, text: str) -> list[int]:
        """The ids of a piece of text, without `<eos>` at its end."""
        lines = text.split("\n")
        tokens = [id_ for line in lines for id_ in ids_of(line, self.tokenizer, self.vocabulary)]
        return tokens[:-1]

    def text(self, ids: Sequence[int]) -> str:
        """Readable text of ids; each `<eos>` ends a line."""
        lines: list[list[str]] = [[]]
        for token, id_ in zip(self.vocabulary.tokens(ids), ids, strict=True):
            if id_ == self.vocabulary.eos:
                lines.append([])
            else:
                lines[-1].append(token)
        return "\n".join(self.tokenizer.join(line) for line in lines)

    def prime(
        self, prompt: Sequence[int], rows: int
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """Read `<eos>` and a prompt: the last id (B,) still to be stepped over, and the state."""
        device = self.model.output_bias.device
        read = torch.tensor([[self.vocabulary.eos, *prompt]], device=device)  # (1, T)
        state = self.model.initial(1)
        if read.shape[1] > 1:
            with torch.no_grad():
                _, state = self.model(read[:, :-1], state)
        state = tuple(tensor.expand(rows, -1).contiguous() for tensor in state)  # (B, H)
        return read[0, -1:].expand(rows), state

    def stream(
        self,
        prompt: Sequence[int],
        rows: int,
        config: SamplingConfig,
        stopping: Stopping,
        first: int = 0,
    ) -> Iterator[Token]:
        """Sample `rows` continuations of a prompt side by side, token by token (L3).

        `first` is the number of samples of this seed drawn before.
        """
        last, state = self.prime(prompt, rows)
        return sample(self.model.step, state, last, config, stopping, first)

    def sample(
        self, prompt: Sequence[int], rows: int, config: SamplingConfig, stopping: Stopping
    ) -> list[Sample]:
        """Sample `rows` continuations of a prompt (L3)."""
        last, state = self.prime(prompt, rows)
        return draw(self.model.step, state, last, config, stopping)

    def sample_text(self, max_tokens: int, seed: int = 0) -> str:
        """One sampled line, `<unk>` left out (L3)."""
        config = SamplingConfig(max_tokens=max_tokens, banned=(self.vocabulary.unk,), seed=seed)
        stopping = Stopping(eos=(self.vocabulary.eos,))
        return self.text(self.sample([], 1, config, stopping)[0].ids)

    def beam(self, prompt: Sequence[int], config: BeamConfig) -> list[Hypothesis]:
        """The likeliest continuations of a prompt by beam search, the best first."""
        last, state = self.prime(prompt, 1)
        return beam_search(self.model.step, state, last, config, self.vocabulary.eos)[0]

    def score(self, lines: Iterable[str], batch_size: int = 64) -> Iterator[Score]:
        """log P of each line by itself, `<eos>` included (T4, L4), in the order of the lines."""
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == batch_size:
                yield from self._score_batch(batch)
                batch = []
        if batch:
            yield from self._score_batch(batch)

    def evaluate(self, source: Source, rows: int = ROWS) -> dict[str, Any]:
        """The metrics of a whole text, read as one stream (L1)."""
        with self.encoded(source) as stream:
            return evaluate_stream(self.model, stream, self.vocabulary, rows)

    def baselines(self, source: Source, training_text: Source) -> dict[str, float]:
        """Perplexity on a text of n-gram models of the training text, over the same vocabulary."""
        with self.encoded(training_text) as train, self.encoded(source) as stream:
            return ngram_perplexities(train, {"": stream}, self.vocabulary)[""]

    def novelty(self, samples: Sequence[Sequence[int]], training_text: Source) -> Novelty:
        """How much of the samples is copied from the training text."""
        with self.encoded(training_text) as stream:
            return novelty(stream.ids, [np.array(ids, np.int64) for ids in samples])

    @contextlib.contextmanager
    def encoded(self, source: Source) -> Iterator[TokenStream]:
        """A text as a token stream that lies in a temporary folder."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "text.tokens"
            yield encode(source.blocks(), self.tokenizer, self.vocabulary, path)

    def _score_batch(self, lines: list[str]) -> Iterator[Score]:
        rows = [ids_of(line, self.tokenizer, self.vocabulary) for line in lines]
        width = max(map(len, rows))
        targets = torch.tensor([row + [IGNORED] * (width - len(row)) for row in rows])  # (B, T)
        inputs = targets.clamp_min(0).roll(1, dims=1)  # (B, T)
        inputs[:, 0] = self.vocabulary.eos
        device = self.model.output_bias.device
        state = self.model.initial(len(rows))
        losses, _ = self.model.losses(inputs.to(device), targets.to(device), state)
        reading_order = slice(None, None, -1 if self.backward else 1)
        for line, row, loss in zip(lines, rows, losses.tolist(), strict=True):
            tokens, log_probs = self.vocabulary.tokens(row), [-nats for nats in loss[: len(row)]]
            yield Score(line, tokens[reading_order], log_probs[reading_order])


def load(path: str | os.PathLike[str], device: str = "auto") -> TrainedLanguageModel:
    """A trained language model from its run folder, computing in float32.

    ValueError for a folder that is no run, is damaged, or holds a run of another task.
    """
    run = Run(path)
    config, tokenizer, vocabulary = read_without_weights(run)
    model = run.build(lambda: LanguageModel(config))
    return TrainedLanguageModel(model.to(choose_device(device)), tokenizer, vocabulary)


def read_without_weights(run: Run) -> tuple[LanguageModelConfig, Tokenizer, Vocabulary]:
    """The shape of a language model and how it reads; errors as in `load`."""
    values = run.read_config("language")["model"]
    try:
        config = from_json(LanguageModelConfig, values)
    except ValueError as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error
    tokenizer, vocabulary = read_tokens(run)
    if len(vocabulary) != config.vocabulary_size:
        raise ValueError(
            f"{run.path / 'vocabulary.json'}: {len(vocabulary)} types, config.json says "
            f"{config.vocabulary_size}"
        )
    return config, tokenizer, vocabulary
